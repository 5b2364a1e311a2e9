//! The people whose CVs are made into documents and read back: those of `tests/corpus/people`, and further folders like it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;
use vitae_resume::Resume;

/// A person's CV.
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) resume: Resume,
}

/// The people that come with the project.
pub(crate) fn of_the_project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/people")
}

/// The fonts of the function and, out of a folder, those of Chinese, Japanese and Korean.
pub(crate) fn fonts(folder: &Path) -> anyhow::Result<ats::Fonts> {
    let read = |face| {
        let path = folder.join(format!("NotoSansCJKtc-{face}.otf"));
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    Ok(ats::Fonts::with_east_asian([read("Regular")?, read("Bold")?])?)
}

/// Reads a folder of résumés. Beside JSON Resume they may say their `language`, and the country by the name `country`.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Vec<Made>> {
    let files = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let mut json: Value = serde_json::from_slice(&fs::read(path)?)?;
            let stated = json.pointer("/meta/language").cloned();
            let language = json.as_object_mut().and_then(|members| members.remove("language")).or(stated);
            json["meta"] = serde_json::json!({});
            if let Some(location) = json.pointer_mut("/basics/location").and_then(Value::as_object_mut)
                && let Some(country) = location.remove("country")
            {
                location.insert("countryCode".to_owned(), country);
            }
            if let Some(language) = language {
                json["meta"] = serde_json::json!({"vitae": {"language": language}});
            }
            let resume = serde_json::from_value(json).with_context(|| format!("{} is no résumé", path.display()))?;
            Ok(Made { name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), resume })
        })
        .collect()
}
