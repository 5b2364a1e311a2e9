//! Text recognition on page images through Amazon Textract.
//!
//! A reading of a document brings pictures of the pages that have no text of their own. [`recognise`] asks Textract for
//! the words of each (`DetectDocumentText`, which takes one page a call), turns its boxes into words in page points, and
//! hands them to the same layout code that orders the words of a text layer.
//!
//! Textract is reached through the client that the caller built; where `AWS_ENDPOINT_URL_TEXTRACT` points at the local
//! stand-in (`infra/local/recogniser.py`), this code does not notice.
//!
//! **Architecture invariant:** nothing here knows columns or reading order; that is `vitae_document::layout`.

mod error;
mod page;
mod size;

use aws_sdk_textract::Client;
use aws_sdk_textract::primitives::Blob;
use aws_sdk_textract::types::Document as Input;
use futures::{StreamExt, stream};
use vitae_document::{Document, Page, PageImage, Reading, layout};

pub use error::RecognitionError;
pub use page::{RecognisedPage, words};

/// Textract takes at most this many bytes in a synchronous call.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Pages of one document that are recognised at the same time. A region admits one to twenty-five calls a second.
const PAGES_AT_ONCE: usize = 4;

/// Recognises every page of the reading that needs it and answers with the whole document.
///
/// A page that Textract refuses keeps what the file itself says of it (an invisible text layer, or nothing) and stays
/// marked [`Page::needs_recognition`], as long as another page has words.
///
/// # Errors
/// A retryable [`RecognitionError`] as soon as one page met one; a final one if no page has any word without the pages
/// that were refused.
pub async fn recognise(client: &Client, reading: Reading) -> Result<Document, RecognitionError> {
    let Reading { mut document, images } = reading;
    let sizes: Vec<(f32, f32)> = images
        .iter()
        .map(|image| document.pages.get(image.page).map_or((0.0, 0.0), |page| (page.width, page.height)))
        .collect();
    let mut answers = stream::iter(images.into_iter().zip(sizes))
        .map(|(image, (width, height))| async move { (image.page, recognise_page(client, image, width, height).await) })
        .buffered(PAGES_AT_ONCE);

    let mut refused = None;
    while let Some((index, answer)) = answers.next().await {
        match answer {
            Ok(recognised) => {
                if let Some(page) = document.pages.get_mut(index) {
                    fill(page, recognised);
                }
            }
            Err(error) if error.is_final() => {
                tracing::warn!(page = index, error = %error, "a page was refused by recognition");
                refused = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    drop(answers);
    match refused {
        Some(error) if document.words().next().is_none() => Err(error),
        _ => Ok(document),
    }
}

/// Recognises one page whose size in points is `width` by `height`.
///
/// # Errors
/// [`RecognitionError`].
pub async fn recognise_page(
    client: &Client,
    image: PageImage,
    width: f32,
    height: f32,
) -> Result<RecognisedPage, RecognitionError> {
    if image.bytes.is_empty() || image.bytes.len() > MAX_BYTES {
        return Err(RecognitionError::Refused { reason: format!("its picture has {} bytes", image.bytes.len()) });
    }
    let input = Input::builder().bytes(Blob::new(image.bytes)).build();
    let output = client.detect_document_text().document(input).send().await.map_err(RecognitionError::from_sdk)?;
    Ok(words(output.blocks(), width, height))
}

/// Puts the recognised words on the page, in the order in which a person reads them.
fn fill(page: &mut Page, recognised: RecognisedPage) {
    page.width = recognised.width;
    page.height = recognised.height;
    page.blocks = layout::blocks(recognised.words, page.width, page.height);
    page.needs_recognition = false;
}
