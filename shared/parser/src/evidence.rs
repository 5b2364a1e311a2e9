//! Where each field was read and how surely.

use std::collections::BTreeMap;

use vitae_document::Source;
use vitae_resume::{BoundingBox, PartialDate, Span};

use crate::lines::Pages;
use crate::piece::Piece;
use crate::text::clean;

/// Confidences and places, by JSON pointer into the résumé.
pub(crate) struct Evidence<'a> {
    pages: &'a Pages<'a>,
    pub confidence: BTreeMap<String, f32>,
    pub spans: BTreeMap<String, Vec<Span>>,
}

impl<'a> Evidence<'a> {
    pub(crate) fn new(pages: &'a Pages<'a>) -> Self {
        Self { pages, confidence: BTreeMap::new(), spans: BTreeMap::new() }
    }

    /// The piece's text as it is handed out, with its evidence; `None` where nothing is left of it.
    pub(crate) fn text(&mut self, pointer: &str, piece: &Piece, sure: f32) -> Option<String> {
        let text = clean(piece.text());
        if text.is_empty() {
            return None;
        }
        self.note(pointer, piece, sure);
        Some(text)
    }

    /// A date with its evidence.
    pub(crate) fn date(
        &mut self,
        pointer: &str,
        date: Option<PartialDate>,
        piece: &Piece,
        sure: f32,
    ) -> Option<PartialDate> {
        let date = date?;
        self.note(pointer, piece, sure);
        Some(date)
    }

    /// Notes where a field was read. What a recogniser doubted, the field cannot be sure of.
    pub(crate) fn note(&mut self, pointer: &str, piece: &Piece, sure: f32) {
        let mut recognised = 1.0_f32;
        let mut spans: Vec<(usize, vitae_document::Rect, [usize; 2])> = Vec::new();
        for number in piece.words() {
            let Some((word, page)) = self.pages.words.get(number as usize) else { continue };
            if let Source::Recognised { confidence } = word.source {
                recognised = recognised.min(confidence.clamp(0.0, 1.0));
            }
            if word.bbox.width <= 0.0 || word.bbox.height <= 0.0 {
                continue;
            }
            let from = self.pages.offsets.get(number as usize).copied().unwrap_or_default();
            let to = from + word.text.chars().count();
            // Words of one line make one span.
            match spans.last_mut() {
                Some((last_page, rect, text))
                    if *last_page == *page && (rect.y - word.bbox.y).abs() < rect.height * 0.6 =>
                {
                    *rect = rect.union(word.bbox);
                    *text = [text[0].min(from), text[1].max(to)];
                }
                _ => spans.push((*page, word.bbox, [from, to])),
            }
        }
        let rounded = |value: f32| (value * 100.0).round() / 100.0;
        // The weakest word weighs, but one doubtful comma does not sink a sentence.
        let sure = sure.clamp(0.05, 0.99) * (0.4 + 0.6 * recognised);
        self.confidence.insert(pointer.to_owned(), rounded(sure));
        if !spans.is_empty() {
            let to_span = |(page, rect, text): (usize, vitae_document::Rect, [usize; 2])| Span {
                page: page + 1,
                bbox: BoundingBox {
                    x: rounded(rect.x),
                    y: rounded(rect.y),
                    width: rounded(rect.width),
                    height: rounded(rect.height),
                },
                text: Some(text),
            };
            self.spans.insert(pointer.to_owned(), spans.into_iter().map(to_span).collect());
        }
    }
}
