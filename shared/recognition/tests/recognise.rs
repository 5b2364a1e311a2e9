//! Whole documents through a recogniser that answers in Textract's protocol.

use serde_json::{Value, json};
use vitae_document::{Block, Document, Line, Page, PageImage, Reading, Source, Word};
use vitae_recognition::{MAX_BYTES, RecognitionError, recognise};
use vitae_runtime::Aws;
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A recogniser that answers every page in the same way.
async fn recogniser(status: u16, body: Value) -> (MockServer, aws_sdk_textract::Client) {
    let server = MockServer::start().await;
    let mut answer = ResponseTemplate::new(status).set_body_json(&body);
    if let Some(name) = body["__type"].as_str() {
        answer = answer.insert_header("x-amzn-errortype", name);
    }
    Mock::given(method("POST"))
        .and(header("x-amz-target", "Textract.DetectDocumentText"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let client = Aws::at_local_endpoint(&server.uri()).textract();
    (server, client)
}

/// One word in the middle of the page.
fn answer() -> Value {
    let geometry = json!({
        "BoundingBox": {"Left": 0.4, "Top": 0.5, "Width": 0.2, "Height": 0.01},
        "Polygon": [{"X": 0.4, "Y": 0.5}, {"X": 0.6, "Y": 0.5}, {"X": 0.6, "Y": 0.51}, {"X": 0.4, "Y": 0.51}],
    });
    json!({"DocumentMetadata": {"Pages": 1}, "Blocks": [
        {"BlockType": "PAGE", "Id": "p", "Relationships": [{"Type": "CHILD", "Ids": ["l"]}]},
        {"BlockType": "LINE", "Id": "l", "Text": "Engineer", "Confidence": 98.0, "Geometry": geometry,
         "Relationships": [{"Type": "CHILD", "Ids": ["w"]}]},
        {"BlockType": "WORD", "Id": "w", "Text": "Engineer", "Confidence": 98.0, "Geometry": geometry},
    ]})
}

fn picture(page: usize) -> PageImage {
    PageImage { page, media_type: "image/png".to_owned(), bytes: b"\x89PNG\r\n\x1a\n".to_vec() }
}

/// A scanned page; `invisible` is what an earlier recognition left in the file.
fn scanned(invisible: Option<&str>) -> Page {
    let words = invisible.map(|text| Word { text: text.to_owned(), ..Word::default() });
    let blocks = words
        .map(|word| Block { lines: vec![Line { words: vec![word], ..Line::default() }], column: 0 })
        .into_iter()
        .collect();
    Page { width: 600.0, height: 800.0, needs_recognition: true, blocks, ..Page::default() }
}

fn reading(pages: Vec<Page>) -> Reading {
    let images = (0..pages.len()).map(picture).collect();
    Reading { document: Document { pages, ..Document::default() }, images }
}

#[tokio::test]
async fn a_scanned_page_gets_the_words_of_its_picture() {
    let (_server, client) = recogniser(200, answer()).await;
    let document = recognise(&client, reading(vec![scanned(Some("Englneer"))])).await.unwrap();
    assert_eq!(document.text().trim(), "Engineer", "what the picture shows replaces an invisible layer");
    assert!(!document.pages[0].needs_recognition);
    let word = document.words().next().unwrap();
    assert_eq!(word.source, Source::Recognised { confidence: 0.98 });
    assert!((word.bbox.x - 240.0).abs() < 0.1 && (word.bbox.width - 120.0).abs() < 0.1, "{:?}", word.bbox);
}

#[tokio::test]
async fn each_picture_goes_to_its_own_page() {
    let (_server, client) = recogniser(200, answer()).await;
    let mut read = reading(vec![scanned(None), scanned(None), scanned(None)]);
    read.document.pages[1] = Page { width: 600.0, height: 800.0, ..Page::default() };
    read.images = vec![picture(2), picture(0)];
    let document = recognise(&client, read).await.unwrap();
    let words: Vec<usize> = document.pages.iter().map(|page| page.blocks.len()).collect();
    assert_eq!(words, [1, 0, 1]);
}

#[tokio::test]
async fn a_refused_picture_fails_a_document_that_has_nothing_else_and_for_good() {
    for name in ["BadDocumentException", "UnsupportedDocumentException", "DocumentTooLargeException"] {
        let (_server, client) = recogniser(400, json!({"__type": name, "message": "no"})).await;
        let error = recognise(&client, reading(vec![scanned(None)])).await.unwrap_err();
        assert_eq!(error, RecognitionError::Refused { reason: name.to_owned() });
        assert!(error.is_final());
    }
}

#[tokio::test]
async fn a_refused_picture_leaves_what_the_file_itself_says() {
    let (_server, client) = recogniser(400, json!({"__type": "BadDocumentException", "message": "no"})).await;
    let document = recognise(&client, reading(vec![scanned(Some("Engineer")), scanned(None)])).await.unwrap();
    assert_eq!(document.text().trim(), "Engineer");
    assert!(document.pages.iter().all(|page| page.needs_recognition));
}

#[tokio::test]
async fn a_throttled_recogniser_is_worth_another_try() {
    let body = json!({"__type": "ProvisionedThroughputExceededException", "message": "Provisioned rate exceeded"});
    let (server, client) = recogniser(400, body).await;
    let error = recognise(&client, reading(vec![scanned(Some("Engineer"))])).await.unwrap_err();
    assert!(!error.is_final(), "{error}");
    assert!(server.received_requests().await.unwrap().len() > 1, "the client itself tries again first");
}

#[tokio::test]
async fn a_recogniser_that_is_down_is_worth_another_try() {
    let client = Aws::at_local_endpoint("http://127.0.0.1:9").textract();
    let error = recognise(&client, reading(vec![scanned(None)])).await.unwrap_err();
    assert!(!error.is_final(), "{error}");
}

#[tokio::test]
async fn a_picture_above_the_limit_is_never_sent() {
    let (server, client) = recogniser(200, answer()).await;
    let mut read = reading(vec![scanned(None)]);
    read.images[0].bytes = vec![0; MAX_BYTES + 1];
    let error = recognise(&client, read).await.unwrap_err();
    assert!(error.is_final());
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_document_without_pictures_asks_nobody() {
    let (server, client) = recogniser(500, json!({})).await;
    let read =
        Reading { document: Document { pages: vec![scanned(Some("Text"))], ..Document::default() }, images: vec![] };
    let document = recognise(&client, read.clone()).await.unwrap();
    assert_eq!(document, read.document);
    assert!(server.received_requests().await.unwrap().is_empty());
}
