//! The fonts that are too large to lie in the function, in the assets bucket.

use std::sync::Arc;

use tokio::sync::OnceCell;
use vitae_blobs::{BlobError, Bucket, keys};
use vitae_resume::Resume;

use crate::fonts::{EAST_ASIAN_FILES, Fonts};
use crate::sheet::Sheet;
use crate::template::Template;

/// Most bytes of a font.
const LARGEST_FONT: u64 = 32 * 1024 * 1024;

/// Fonts that are read once per environment, when the first document needs them. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct LargeFonts {
    assets: Bucket,
    loaded: Arc<OnceCell<Fonts>>,
}

impl LargeFonts {
    pub(crate) fn new(assets: Bucket) -> Self {
        Self { assets, loaded: Arc::default() }
    }

    /// What to set this résumé in, perhaps under another headline. Where nobody placed the large fonts, those of the
    /// function: then typesetting refuses, or leaves marks, and says so.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub(crate) async fn for_resume(&self, resume: &Resume, headline: Option<&str>) -> Result<Fonts, BlobError> {
        let own = Fonts::default();
        let mut sheet = Sheet::of(resume, &Template::usual().order);
        sheet.label = headline.map(str::to_owned).or(sheet.label);
        if !own.lack_east_asian(&mut sheet) {
            return Ok(own);
        }
        match self.loaded.get_or_try_init(|| self.load()).await {
            Ok(fonts) => Ok(fonts.clone()),
            Err(BlobError::NotFound) => {
                tracing::warn!("a document needs fonts that nobody has put into the assets bucket");
                Ok(own)
            }
            Err(error) => Err(error),
        }
    }

    async fn load(&self) -> Result<Fonts, BlobError> {
        let [regular, bold] = EAST_ASIAN_FILES.map(keys::font);
        let (regular, bold) =
            tokio::try_join!(self.assets.get(&regular, LARGEST_FONT), self.assets.get(&bold, LARGEST_FONT))?;
        let unusable = |reason: String| BlobError::Unavailable(reason);
        tokio::task::spawn_blocking(|| Fonts::with_east_asian([regular, bold]))
            .await
            .map_err(|_| unusable("reading the fonts broke off".to_owned()))?
            .map_err(|error| unusable(error.to_string()))
    }
}
