//! Embeds every folder of `templates/`: a new template is a new folder and nothing else.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let root = manifest.join("templates");
    println!("cargo::rerun-if-changed={}", root.display());

    let mut folders: Vec<PathBuf> =
        fs::read_dir(&root)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    folders.retain(|path| path.is_dir());
    folders.sort();

    let mut code = String::from("&[\n");
    for folder in &folders {
        println!("cargo::rerun-if-changed={}", folder.display());
        let path = |name: &str| -> io::Result<String> {
            let path = folder.join(name);
            println!("cargo::rerun-if-changed={}", path.display());
            if path.is_file() {
                Ok(literal(&path))
            } else {
                Err(io::Error::other(format!("{} is missing", path.display())))
            }
        };
        let id = folder.file_name().unwrap_or_default().to_string_lossy();
        code.push_str(&format!(
            "    Folder {{ id: {id:?}, manifest: include_str!({}), page: include_str!({}), style: include_str!({}), thumbnail: include_bytes!({}) }},\n",
            path("template.json")?,
            path("page.html")?,
            path("style.css")?,
            path("thumbnail.png")?,
        ));
    }
    code.push(']');

    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(out.join("folders.rs"), code)
}

fn literal(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}
