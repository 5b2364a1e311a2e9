//! Writes the sites of every fixture person in every template, light and dark, as they would be published, for
//! `tests/browser` to look at: `cargo run --example sites -- target/sites http://127.0.0.1:8082`.

use std::fs;
use std::path::PathBuf;

use generate::content::Content;
use generate::customizations::Customizations;
use generate::site::{self, Place};
use generate::templates;
use serde_json::json;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let out = PathBuf::from(arguments.next().ok_or_else(|| anyhow::anyhow!("give a folder to write to"))?);
    let address = arguments.next().ok_or_else(|| anyhow::anyhow!("give the address that the folder is served at"))?;
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"))? {
        let path = entry?.path();
        let person = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let content = Content::from_resume(&serde_json::from_slice(&fs::read(&path)?)?);
        for template in templates::all() {
            for mode in ["light", "dark"] {
                let choices = json!({"dark_mode": mode, "contact": {"phone": true}, "sections": {"hidden": []}});
                let customizations =
                    Customizations::from_json(&choices).map_err(|violations| anyhow::anyhow!("{violations:?}"))?;
                let slug = format!("{}-{person}-{mode}", template.manifest.id);
                let place = Place::Live { slug: &slug, sites_url: &address, app_url: &address, indexable: true };
                let folder = out.join("p").join(&slug);
                fs::create_dir_all(&folder)?;
                for file in site::files(&content, template, &customizations, &place)? {
                    fs::write(folder.join(file.name), file.bytes)?;
                }
            }
        }
    }
    Ok(())
}
