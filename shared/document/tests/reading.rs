//! What is read of documents made for one question each.

mod fixtures;

use fixtures::{Docx, Pdf, archive, at, encoded, exponential_forms, lines, odt, page_picture, paragraph};
use image::ImageFormat;
use vitae_document::{Document, Format, Limits, Line, ReadError, Reading, read, sniff};

#[allow(clippy::unwrap_used, reason = "a helper of tests")]
fn reading(bytes: &[u8]) -> Reading {
    read(bytes, &Limits::default()).unwrap()
}

fn document(bytes: &[u8]) -> Document {
    reading(bytes).document
}

fn pdf(content: &str) -> Document {
    document(&Pdf::new().page(content).bytes())
}

fn texts(document: &Document) -> Vec<String> {
    all_lines(document).map(Line::text).collect()
}

fn all_lines(document: &Document) -> impl Iterator<Item = &Line> {
    document.pages.iter().flat_map(|page| &page.blocks).flat_map(|block| &block.lines)
}

/// One page each, made with `pikepdf.Pdf.save`: encrypted with an empty user password as PDF 1.4 (RC4), 1.6 and 2.0 (AES) do
/// it, and with its objects in compressed streams.
#[test]
fn what_is_encrypted_without_a_password_or_packed_into_streams_is_read() {
    for bytes in [
        &include_bytes!("fixtures/rc4-128.pdf")[..],
        include_bytes!("fixtures/aes-128.pdf"),
        include_bytes!("fixtures/aes-256.pdf"),
        include_bytes!("fixtures/object-streams.pdf"),
    ] {
        assert_eq!(texts(&document(bytes)), ["Ada Byron", "Reads what is encrypted without a password"]);
    }
}

mod open_document {
    use super::*;

    const STYLES: &str = r#"<style:style style:name="Strong" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
        <style:style style:name="Gone" style:family="text"><style:text-properties text:display="none"/></style:style>
        <style:style style:name="Next" style:family="paragraph" style:parent-style-name="Large"><style:paragraph-properties fo:break-before="page"/></style:style>
        <style:style style:name="Large" style:family="paragraph"><style:text-properties fo:font-size="18pt"/></style:style>"#;

    #[test]
    fn paragraphs_tabs_spans_lists_and_links_keep_what_they_are() {
        let body = r#"<text:h text:outline-level="1">Work</text:h>
            <text:p><text:span text:style-name="Strong">Acme Ltd</text:span>, Te<text:span>ster</text:span><text:tab/>2019 – 2021</text:p>
            <text:list><text:list-item><text:p>Wrote  <text:s/>tests</text:p></text:list-item></text:list>
            <text:p><text:a xlink:href="https://ada.example.org">My site</text:a><text:line-break/>Below</text:p>"#;
        let document = document(&odt(body, STYLES));
        assert_eq!(document.format, Format::Odt);
        assert_eq!(texts(&document), ["Work", "Acme Ltd, Tester\t2019 – 2021", "Wrote tests", "My site", "Below"]);
        let lines: Vec<&Line> = all_lines(&document).collect();
        assert!(lines[0].heading && lines[2].bullet && !lines[1].bullet);
        assert!(lines[1].words[0].bold && !lines[1].words[2].bold);
        assert_eq!(lines[3].words[0].link.as_deref(), Some("https://ada.example.org"));
    }

    #[test]
    fn tables_frames_and_pages_are_read_in_order() {
        let body = r#"<table:table><table:table-column table:number-columns-repeated="2"/>
            <table:table-row><table:table-cell><text:p>2019</text:p></table:table-cell><table:table-cell><text:p>Tester</text:p></table:table-cell></table:table-row></table:table>
            <text:p><draw:frame><draw:text-box><text:p>In a box</text:p></draw:text-box></draw:frame></text:p>
            <text:p text:style-name="Next">On the next page</text:p>"#;
        let document = document(&odt(body, STYLES));
        assert_eq!(texts(&document), ["2019\tTester", "In a box", "On the next page"]);
        assert_eq!(document.pages.len(), 2);
        assert_eq!(document.pages[1].blocks[0].lines[0].words[0].size, 18.0);
    }

    #[test]
    fn hidden_text_is_kept_apart_and_a_password_is_said() {
        let hidden =
            document(&odt(r#"<text:p>Seen<text:span text:style-name="Gone">Unseen</text:span></text:p>"#, STYLES));
        assert_eq!(texts(&hidden), ["Seen"]);
        assert_eq!(hidden.pages[0].hidden[0].text, "Unseen");
        let locked = archive(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("content.xml", b"\x01\x02"),
            (
                "META-INF/manifest.xml",
                b"<m:manifest xmlns:m='m'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>",
            ),
        ]);
        assert_eq!(read(&locked, &Limits::default()), Err(ReadError::PasswordProtected));
    }
}

mod formats {
    use super::*;

    #[test]
    fn the_format_is_what_the_bytes_are() {
        let page = page_picture(100, 100);
        assert_eq!(sniff(&Pdf::new().page("").bytes()), Some(Format::Pdf));
        assert_eq!(sniff(b"\n\nsome gateway's line\n%PDF-1.4\n"), Some(Format::Pdf));
        assert_eq!(sniff(&Docx::new("").bytes()), Some(Format::Docx));
        assert_eq!(sniff(&odt("", "")), Some(Format::Odt));
        assert_eq!(sniff(&encoded(&page, ImageFormat::Png)), Some(Format::Png));
        assert_eq!(sniff(&encoded(&page, ImageFormat::Jpeg)), Some(Format::Jpeg));
        assert_eq!(sniff(&encoded(&page, ImageFormat::Tiff)), Some(Format::Tiff));
        assert_eq!(sniff("Zoë Müller\nzoe@example.org".as_bytes()), Some(Format::Text));
        assert_eq!(Format::Docx.media_type().rsplit('.').next(), Some("document"));
    }

    #[test]
    fn what_is_not_read_is_refused_with_what_it_is() {
        let encrypted: Vec<u8> = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            .iter()
            .copied()
            .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let cases: [(&[u8], &str); 8] = [
            (b"  <!DOCTYPE html><html><body>Ada</body></html>", "an HTML page"),
            (b"{\\rtf1\\ansi Ada}", "an RTF file"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "an old Word file"),
            (&encrypted, "protected with a password"),
            (&archive(&[("xl/workbook.xml", b"<x/>")]), "a spreadsheet"),
            (&archive(&[("holiday.jpg", b"...")]), "a ZIP archive"),
            (b"GIF89a....", "a GIF picture"),
            (b"\x7fELF\x02\x01\x01\x00\x00\x00", "a program"),
        ];
        for (bytes, expected) in cases {
            let error = read(bytes, &Limits::default()).unwrap_err();
            assert!(matches!(error, ReadError::Unsupported { .. }), "{error}");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn nothing_to_read_says_so() {
        assert_eq!(read(b"", &Limits::default()), Err(ReadError::Empty));
        assert_eq!(read(b" \n\t\n", &Limits::default()).map_err(|e| e.code()), Err("document-unsupported"));
        assert_eq!(read(&Pdf::new().page("").bytes(), &Limits::default()), Err(ReadError::Empty));
        assert_eq!(read(&Docx::new("<w:p/>").bytes(), &Limits::default()), Err(ReadError::Empty));
    }

    #[test]
    fn more_bytes_or_pages_than_allowed_are_refused() {
        let mut pdf = Pdf::new();
        for _ in 0..3 {
            pdf.page(&at(50.0, 700.0, "R", 10.0, "Text"));
        }
        let bytes = pdf.bytes();
        let limits = Limits { pages: 2, ..Limits::default() };
        assert_eq!(read(&bytes, &limits), Err(ReadError::TooManyPages { pages: 3, limit: 2 }));
        let limits = Limits { bytes: 100, ..Limits::default() };
        assert!(matches!(read(&bytes, &limits), Err(ReadError::OverLimit { .. })));
    }

    #[test]
    fn a_password_is_asked_for_and_damage_is_named() {
        let mut pdf = Pdf::new();
        pdf.page(&at(50.0, 700.0, "R", 10.0, "Secret"));
        let hex = "41".repeat(32);
        pdf.trailer(&format!(
            "/ID [<{hex}> <{hex}>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{hex}> /U <{hex}> >>"
        ));
        assert_eq!(read(&pdf.bytes(), &Limits::default()), Err(ReadError::PasswordProtected));
        let error = read(b"%PDF-1.7\nand nothing that a PDF has", &Limits::default()).unwrap_err();
        assert!(matches!(error, ReadError::Damaged { .. }), "{error}");
    }

    #[test]
    fn the_same_bytes_read_the_same() {
        let bytes = Pdf::new().page(&lines(50.0, 700.0, 10.0, &["Ada Example", "Engineer", "Anywhere"])).bytes();
        assert_eq!(reading(&bytes), reading(&bytes));
    }
}

mod pdf_words {
    use super::*;

    #[test]
    fn weight_and_slant_come_from_the_font() {
        let document = pdf(&(at(50.0, 700.0, "B", 12.0, "Heavy")
            + &at(50.0, 680.0, "I", 12.0, "Slanted")
            + &at(50.0, 660.0, "R", 12.0, "Plain")));
        let looks: Vec<(bool, bool)> = document.words().map(|word| (word.bold, word.italic)).collect();
        assert_eq!(looks, [(true, false), (false, true), (false, false)]);
        assert!(document.words().all(|word| (word.size - 12.0).abs() < 0.01));
    }

    #[test]
    fn a_text_struck_twice_or_stroked_is_bold_and_read_once() {
        let twice = at(50.0, 700.0, "R", 12.0, "Twice") + &at(50.3, 700.0, "R", 12.0, "Twice");
        let stroked = "2 Tr 0.5 w ".to_owned() + &at(50.0, 680.0, "R", 12.0, "Stroked") + "0 Tr ";
        let document = pdf(&(twice + &stroked));
        assert_eq!(texts(&document), ["Twice", "Stroked"]);
        assert!(document.words().all(|word| word.bold));
    }

    #[test]
    fn a_drawn_font_with_the_name_of_another_is_its_bold() {
        // What Chromium writes for bold text in a face without a bold cut.
        let mut pdf = Pdf::new();
        let glyph = pdf.stream("", b"600 0 0 0 500 700 d1 0 0 500 700 re f");
        let map = pdf.stream(
            "",
            b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
              2 beginbfchar <41> <0048> <42> <0069> endbfchar endcmap",
        );
        let drawn = pdf.object(format!(
            "<< /Type /Font /Subtype /Type3 /FontMatrix [.001 0 0 .001 0 0] /FontBBox [0 0 500 700] /FirstChar 65 \
             /LastChar 66 /Widths [600 600] /CharProcs << /g1 {glyph} 0 R /g2 {glyph} 0 R >> /ToUnicode {map} 0 R \
             /Encoding << /Type /Encoding /Differences [65 /g1 /g2] >> \
             /FontDescriptor << /Type /FontDescriptor /FontName /AAAAAA+Helvetica /FontWeight 400 /Flags 4 >> >>"
        ));
        let content = at(50.0, 700.0, "D", 12.0, "AB") + &at(50.0, 680.0, "R", 12.0, "Plain");
        let content = pdf.stream("", content.as_bytes());
        let page = pdf.object(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R /Resources << /Font << \
             /D {drawn} 0 R /R << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ));
        let bytes = pdf.bytes_with_pages(&format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>"));
        let document = document(&bytes);
        assert_eq!(texts(&document), ["Hi", "Plain"]);
        assert_eq!(document.words().map(|word| word.bold).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn kerning_parts_no_word_and_gaps_part_words_without_spaces() {
        let kerned = "BT /R 12 Tf 50 700 Td [(K) 70 (er) -60 (ning) -300 (parts) -350 (words)] TJ ET\n";
        assert_eq!(texts(&pdf(kerned)), ["Kerning parts words"]);
    }

    #[test]
    fn letters_set_apart_are_one_word() {
        let tracked = "BT /B 14 Tf 4 Tc 50 700 Td (SKILLS) Tj 0 Tc ET\n";
        let typed = at(50.0, 660.0, "B", 14.0, "E D U C A T I O N");
        assert_eq!(texts(&pdf(&(tracked.to_owned() + &typed))), ["SKILLS", "EDUCATION"]);
    }

    #[test]
    fn accents_and_ligatures_become_the_letters_they_show() {
        // An accent drawn over the letter after it; a dotless i under another; a ligature from its glyph's name.
        let content = "BT /T 12 Tf 50 700 Td [(Caf) (\\002) 444 (e) -400 (de) -300 (\\001) (n) -300 (as) (\\002) 306 (\\003)] TJ ET\n";
        assert_eq!(texts(&pdf(content)), ["Café de fin así"]);
    }

    #[test]
    fn a_word_in_two_weights_is_marked_as_glued() {
        let content = "BT 50 700 Td /B 12 Tf (Acme) Tj /R 12 Tf (, London) Tj ET\n";
        let document = pdf(content);
        assert_eq!(texts(&document), ["Acme, London"]);
        let words: Vec<(&str, bool, bool)> = document.words().map(|w| (&*w.text, w.bold, w.glued)).collect();
        assert_eq!(words, [("Acme", true, false), (",", false, true), ("London", false, false)]);
    }

    #[test]
    fn a_link_belongs_to_the_words_under_it() {
        let link = "/Annots [<< /Type /Annot /Subtype /Link /Rect [48 696 110 714] /A << /S /URI /URI (https://example.org/ada) >> >>]";
        let content = at(50.0, 700.0, "R", 12.0, "Portfolio") + &at(200.0, 700.0, "R", 12.0, "elsewhere");
        let document = document(&Pdf::new().page_with(&content, "", link).bytes());
        let links: Vec<Option<&str>> = document.words().map(|word| word.link.as_deref()).collect();
        assert_eq!(links, [Some("https://example.org/ada"), None]);
    }

    #[test]
    fn text_up_the_margin_is_a_block_of_its_own() {
        let content = lines(100.0, 700.0, 10.0, &["First line of text here", "Second line of text here", "Third line"])
            + "BT /R 14 Tf 0 1 -1 0 40 500 Tm (Curriculum Vitae) Tj ET\n";
        let document = pdf(&content);
        assert_eq!(texts(&document)[3], "Curriculum Vitae");
        let turned = &document.pages[0].blocks.last().unwrap().lines[0].bbox;
        assert!(turned.height > 3.0 * turned.width, "it stands where it is painted: {turned:?}");
    }

    #[test]
    fn a_page_that_is_turned_as_a_whole_reads_in_its_own_direction() {
        let line = |x: u32, text: &str| format!("BT /R 12 Tf 0 1 -1 0 {x} 100 Tm ({text}) Tj ET\n");
        let content = line(100, "Ada Example") + &line(120, "Engineer at Acme") + &line(140, "since 2019");
        assert_eq!(texts(&pdf(&content)), ["Ada Example", "Engineer at Acme", "since 2019"]);
    }

    #[test]
    fn right_to_left_words_read_in_logical_order() {
        // Hebrew in the visual order that most producers write: the last letter first.
        let mut pdf = Pdf::new();
        let map = pdf.stream(
            "",
            b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
              4 beginbfchar <41> <05DD> <42> <05D5> <43> <05DC> <44> <05E9> endbfchar endcmap",
        );
        let font = pdf.object(format!(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode {map} 0 R >>"
        ));
        let content = pdf.stream("", b"BT /H 12 Tf 50 700 Td (ABCD) Tj ET");
        let page = pdf.object(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
             /Resources << /Font << /H {font} 0 R >> >> >>"
        ));
        let bytes = pdf.bytes_with_pages(&format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>"));
        assert_eq!(texts(&document(&bytes)), ["שלום"]);
    }
}

mod hidden_text {
    use super::*;

    fn hidden(content: &str) -> (Vec<String>, Vec<(String, String)>) {
        let document = pdf(&(at(50.0, 780.0, "R", 10.0, "Seen") + content));
        let hidden = document.pages[0].hidden.iter().map(|h| (h.reason.clone(), h.text.clone())).collect();
        (texts(&document), hidden)
    }

    #[test]
    fn what_a_reader_cannot_see_is_kept_apart_with_the_reason() {
        let cases = [
            ("invisible_mode", "3 Tr ".to_owned() + &at(50.0, 700.0, "R", 10.0, "python java")),
            ("no_contrast", "1 1 1 rg ".to_owned() + &at(50.0, 700.0, "R", 10.0, "python java")),
            ("zero_size", at(50.0, 700.0, "R", 0.5, "python java")),
            ("off_page", at(50.0, -200.0, "R", 10.0, "python java")),
            ("covered", at(50.0, 700.0, "R", 10.0, "python java") + "1 1 1 rg 40 690 200 30 re f "),
            ("clipped", "q 0 0 10 10 re W n ".to_owned() + &at(50.0, 700.0, "R", 10.0, "python java") + "Q "),
        ];
        for (reason, content) in cases {
            let (seen, hidden) = hidden(&content);
            assert_eq!(seen, ["Seen"], "{reason}");
            assert_eq!(hidden, [(reason.to_owned(), "python java".to_owned())]);
        }
    }

    #[test]
    fn light_text_on_a_dark_band_is_seen() {
        let band = "0.1 0.1 0.3 rg 0 680 595 60 re f 1 1 1 rg ".to_owned() + &at(50.0, 700.0, "R", 20.0, "Ada");
        let document = pdf(&band);
        assert_eq!(texts(&document), ["Ada"]);
        let contrast = document.words().next().unwrap().contrast;
        assert!((10.0..21.0).contains(&contrast), "{contrast}");
    }

    #[test]
    fn white_text_on_artwork_is_taken_to_be_seen() {
        // A wavy band of more corners than anybody follows: it is filled, but with what behind the text is not said.
        let wave: String = (0..200).map(|i| format!("{} {} l ", i * 3, 740 + i % 2)).collect();
        let art = format!("0.1 0.2 0.5 rg 0 640 m {wave} 600 640 l h f 1 1 1 rg ") + &at(50.0, 700.0, "R", 20.0, "Ada");
        let big: String = (0..120).map(|i| format!("{} 650 l {} 645 l ", 600 - i * 5, 598 - i * 5)).collect();
        let art = art.replace("600 640 l h f", &format!("{big} h f"));
        assert_eq!(texts(&pdf(&art)), ["Ada"]);
    }

    #[test]
    fn a_frame_around_text_does_not_cover_it() {
        let framed = at(50.0, 700.0, "R", 10.0, "Framed") + "0 g 40 690 200 30 re 42 692 196 26 re f* ";
        assert_eq!(hidden(&framed).0, ["Seen", "Framed"]);
    }
}

mod reading_order {
    use super::*;

    #[test]
    fn columns_under_a_full_width_heading_are_read_one_after_the_other() {
        let mut content = at(150.0, 800.0, "B", 22.0, "Ada Example, Software Engineer");
        content += &lines(50.0, 740.0, 10.0, &["Contact", "ada@example.org", "Berlin", "Skills", "Rust", "SQL"]);
        content += &lines(
            230.0,
            737.0,
            10.0,
            &[
                "Experience",
                "Engineer at Acme in the city of London since the year 2019",
                "Built a ledger that closes the month in an hour",
                "Developer at Example in the city of Berlin until 2018",
                "Wrote the search that everyone uses",
                "Education",
                "Bachelor of Science",
            ],
        );
        let document = pdf(&content);
        let texts = texts(&document);
        assert_eq!(texts[0], "Ada Example, Software Engineer");
        assert_eq!(texts[1..7], ["Contact", "ada@example.org", "Berlin", "Skills", "Rust", "SQL"]);
        assert_eq!(texts[7], "Experience");
        let columns: Vec<usize> = document.pages[0].blocks.iter().map(|block| block.column).collect();
        assert_eq!((columns[0], columns.last()), (0, Some(&1)));
    }

    #[test]
    fn a_heading_under_two_columns_stays_with_the_text_that_it_heads() {
        let mut content = lines(50.0, 780.0, 10.0, &["Rust", "Python", "SQL", "Go"]);
        content += &lines(300.0, 777.0, 10.0, &["English, native", "German, fluent", "French, basic"]);
        content += &at(50.0, 690.0, "B", 12.0, "Experience");
        content += &lines(
            50.0,
            674.0,
            10.0,
            &["A long line of text that runs over the whole width of the page, over both columns above it"],
        );
        let texts = texts(&pdf(&content));
        let place = |wanted: &str| texts.iter().position(|text| text.starts_with(wanted)).unwrap();
        assert!(place("French") < place("Experience"), "{texts:?}");
        assert_eq!(place("Experience") + 1, place("A long line"));
    }

    #[test]
    fn dates_at_the_left_stand_with_their_entries() {
        let mut content = String::new();
        for (i, (date, title)) in [
            ("2019 – today", "Engineer, Acme"),
            ("2015 – 2019", "Developer, Example"),
            ("2012 – 2015", "Trainee, Sample"),
        ]
        .iter()
        .enumerate()
        {
            let y = 760.0 - 70.0 * i as f32;
            content += &at(50.0, y, "R", 10.0, &date.replace('–', "-"));
            content += &at(150.0, y, "B", 10.0, title);
            content += &lines(150.0, y - 14.0, 10.0, &["Did this and that for some time", "And more of it"]);
        }
        let document = pdf(&content);
        let texts = texts(&document);
        assert_eq!(texts[0], "2019 - today\tEngineer, Acme");
        assert_eq!(texts[3], "2015 - 2019\tDeveloper, Example");
        assert!(document.pages[0].blocks.iter().all(|block| block.column == 0));
    }

    #[test]
    fn a_date_over_two_lines_beside_an_entry_is_one_date() {
        let mut content = String::new();
        for (i, (from, to, title)) in [
            ("Jan 2019 -", "today", "Engineer"),
            ("Mar 2015 -", "Dec 2018", "Developer"),
            ("May 2012 -", "Feb 2015", "Trainee"),
        ]
        .iter()
        .enumerate()
        {
            let y = 760.0 - 70.0 * i as f32;
            content += &lines(50.0, y, 10.0, &[from, to]);
            content += &lines(150.0, y, 10.0, &[title, "A company somewhere in the world", "Did this and that"]);
        }
        let texts = texts(&pdf(&content));
        assert_eq!(texts[0], "Jan 2019 - today\tEngineer");
        assert_eq!(texts[4], "A company somewhere in the world");
    }

    #[test]
    fn dates_at_the_right_stand_after_a_gap() {
        let mut content = String::new();
        for (i, (title, date)) in [("Engineer, Acme", "2019"), ("Developer, Example", "2015")].iter().enumerate() {
            let y = 760.0 - 50.0 * i as f32;
            content += &at(50.0, y, "R", 10.0, title);
            content += &at(510.0, y, "R", 10.0, date);
            content += &at(50.0, y - 14.0, "R", 10.0, "A sentence about what was done there, long enough to be one");
        }
        assert_eq!(texts(&pdf(&content))[0], "Engineer, Acme\t2019");
    }

    #[test]
    fn labels_with_their_texts_below_are_read_label_by_label() {
        let mut content = at(50.0, 760.0, "B", 12.0, "Skills");
        for (x, label, text) in [(50.0, "Languages", "Rust"), (220.0, "Tools", "Docker"), (390.0, "Stores", "Postgres")]
        {
            content += &at(x, 740.0, "R", 10.0, label);
            content += &at(x + 4.0, 720.0, "R", 10.0, text);
        }
        assert_eq!(texts(&pdf(&content)), ["Skills", "Languages", "Rust", "Tools", "Docker", "Stores", "Postgres"]);
    }

    /// A grid of lines: the edges of its columns, and of its rows.
    fn grid(columns: &[f32], rows: &[f32]) -> String {
        let (left, right) = (columns[0], columns[columns.len() - 1]);
        let (bottom, top) = (rows[rows.len() - 1], rows[0]);
        let across: String = rows.iter().map(|y| format!("{left} {y} m {right} {y} l S ")).collect();
        let down: String = columns.iter().map(|x| format!("{x} {bottom} 0.5 {} re f ", top - bottom)).collect();
        across + &down
    }

    #[test]
    fn the_cells_of_a_ruled_table_are_read_whole_though_all_of_them_wrap() {
        let mut content = at(50.0, 760.0, "B", 12.0, "Work");
        content += &grid(&[48.0, 140.0, 300.0, 540.0], &[748.0, 730.0, 690.0, 650.0]);
        for (x, heading) in [(50.0, "Time"), (145.0, "Employer"), (305.0, "Position")] {
            content += &at(x, 735.0, "B", 10.0, heading);
        }
        for (y, cells) in [
            (
                718.0,
                ["01.04.2016", "until today", "Northern Power", "Company, Hull", "Electrician for plants", "on roofs"],
            ),
            (678.0, ["15.08.2009", "to 2016", "Harbour Grid", "Limited, Goole", "Fitter on duty for", "cables"]),
        ] {
            for (x, pair) in [50.0, 145.0, 305.0].into_iter().zip(cells.chunks(2)) {
                content += &at(x, y, "R", 10.0, pair[0]);
                content += &at(x, y - 12.0, "R", 10.0, pair[1]);
            }
        }
        assert_eq!(
            texts(&pdf(&content)),
            [
                "Work",
                "Time\tEmployer\tPosition",
                "01.04.2016 until today\tNorthern Power Company, Hull\tElectrician for plants on roofs",
                "15.08.2009 to 2016\tHarbour Grid Limited, Goole\tFitter on duty for cables",
            ]
        );
    }

    #[test]
    fn a_grid_around_columns_of_text_is_no_table() {
        let mut content = grid(&[40.0, 200.0, 560.0], &[780.0, 700.0, 400.0]);
        content += &at(45.0, 740.0, "B", 14.0, "Ada Byron");
        content += &at(205.0, 740.0, "R", 10.0, "ada@example.org");
        for i in 0..12 {
            let y = 685.0 - 14.0 * i as f32;
            content += &at(45.0, y, "R", 10.0, &format!("skill {i}"));
            content += &at(205.0, y - 5.0, "R", 10.0, &format!("a longer line of text about the work, number {i}"));
        }
        let texts = texts(&pdf(&content));
        let skills: Vec<usize> = (0..texts.len()).filter(|i| texts[*i].starts_with("skill")).collect();
        assert_eq!(skills.len(), 12, "{texts:?}");
        assert!(skills.windows(2).all(|pair| pair[1] == pair[0] + 1), "{texts:?}");
    }

    #[test]
    fn labels_that_end_where_their_values_begin_stay_beside_them() {
        let rows = [
            ("Dates", "03/2014 to today"),
            ("Occupation or position held", "Restorer of paintings on wood"),
            ("Main activities and duties", "Restored works of three centuries for a museum"),
            ("Name and address of employer", "Tuscan Works, Florence"),
            ("Type of business", "Culture"),
            ("Dates", "09/2009 to 02/2014"),
            ("Occupation or position held", "Assistant"),
        ];
        let content: String = rows
            .iter()
            .enumerate()
            .map(|(i, (label, value))| {
                let y = 700.0 - 14.0 * i as f32;
                // Every letter of Courier is 0.6 of its size wide.
                at(220.0 - 6.0 * label.len() as f32, y, "C", 10.0, label) + &at(235.0, y, "R", 10.0, value)
            })
            .collect();
        let texts = texts(&pdf(&content));
        assert_eq!(texts.len(), rows.len(), "{texts:?}");
        assert_eq!(texts[3], "Name and address of employer\tTuscan Works, Florence");
    }

    #[test]
    fn bullets_are_marked_and_taken_off_whether_written_or_drawn() {
        let written = "BT /R 10 Tf 50 700 Td (\\225  Built things) Tj ET\n";
        let drawn = at(60.0, 680.0, "R", 10.0, "Ran things") + "52 682 3 3 re f ";
        let dashed = at(50.0, 660.0, "R", 10.0, "- Led things");
        let plain = at(50.0, 640.0, "R", 10.0, "No list here");
        let document = pdf(&(written.to_owned() + &drawn + &dashed + &plain));
        assert_eq!(texts(&document), ["Built things", "Ran things", "Led things", "No list here"]);
        let bullets: Vec<bool> = all_lines(&document).map(|line| line.bullet).collect();
        assert_eq!(bullets, [true, true, true, false]);
    }

    #[test]
    fn a_footer_that_counts_pages_is_dropped_from_a_single_page_too() {
        let content = at(50.0, 700.0, "R", 10.0, "Ada Byron") + &at(200.0, 30.0, "R", 8.0, "Ada Byron - page 1 of 1");
        assert_eq!(texts(&pdf(&content)), ["Ada Byron"]);
    }

    #[test]
    fn page_numbers_and_running_titles_are_dropped_and_the_first_title_stays() {
        let mut pdf = Pdf::new();
        for number in 1..=3 {
            pdf.page(
                &(at(50.0, 820.0, "R", 9.0, "Ada Example")
                    + &at(280.0, 20.0, "R", 9.0, &format!("Page {number} of 3"))
                    + &at(50.0, 700.0, "R", 10.0, &format!("Text number {number}"))),
            );
        }
        let texts = texts(&document(&pdf.bytes()));
        assert_eq!(texts, ["Ada Example", "Text number 1", "Text number 2", "Text number 3"]);
    }
}

mod pictures_of_pages {
    use super::*;

    /// A page that is one picture, with or without the layer that recognition left.
    fn scan(layer: &str) -> Vec<u8> {
        let mut pdf = Pdf::new();
        let picture = pdf.stream(
            "/Type /XObject /Subtype /Image /Width 60 /Height 80 /BitsPerComponent 8 /ColorSpace /DeviceGray",
            &vec![200; 60 * 80],
        );
        pdf.page_with(
            &format!("q 595 0 0 842 0 0 cm /P Do Q {layer}"),
            &format!("/XObject << /P {picture} 0 R >>"),
            "",
        );
        pdf.bytes()
    }

    #[test]
    fn a_scanned_page_is_painted_for_recognition() {
        let reading = reading(&scan(""));
        assert!(reading.document.pages[0].needs_recognition);
        let picture = &reading.images[0];
        assert_eq!((picture.page, picture.media_type.as_str()), (0, "image/png"));
        let picture = image::load_from_memory(&picture.bytes).unwrap();
        // 200 dots per inch of A4.
        assert!((1640..=1660).contains(&picture.width()), "{}", picture.width());
    }

    #[test]
    fn the_layer_of_an_earlier_recognition_is_a_last_resort_and_not_hidden_text() {
        let layer = "3 Tr ".to_owned() + &at(50.0, 700.0, "R", 10.0, "Ada Example");
        let page = &reading(&scan(&layer)).document.pages[0];
        assert!(page.needs_recognition);
        assert!(page.hidden.is_empty());
        assert_eq!(page.blocks[0].lines[0].text(), "Ada Example");
    }

    #[test]
    fn a_text_layer_without_meaning_is_recognised_instead() {
        let mut pdf = Pdf::new();
        let font = pdf.object(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences \
             [65 /g001 /g002 /g003 /g004 /g005] >> >>",
        );
        let text: String = (0..10).map(|i| format!("1 0 0 1 50 {} Tm (ABCDE EDCBA ABDCE) Tj ", 700 - 14 * i)).collect();
        let content = pdf.stream("", format!("BT /G 10 Tf {text} ET").as_bytes());
        let page = pdf.object(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
             /Resources << /Font << /G {font} 0 R >> >> >>"
        ));
        let bytes = pdf.bytes_with_pages(&format!("<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>"));
        assert!(document(&bytes).pages[0].needs_recognition);
    }

    #[test]
    fn a_picture_is_a_page_and_goes_on_as_it_came() {
        let bytes = encoded(&page_picture(600, 800), ImageFormat::Png);
        let reading = reading(&bytes);
        assert_eq!(reading.images[0].bytes, bytes);
        let page = &reading.document.pages[0];
        assert!(page.needs_recognition && page.height > page.width);
    }

    #[test]
    fn a_photo_taken_sideways_is_turned_upright() {
        let jpeg = encoded(&page_picture(800, 600), ImageFormat::Jpeg);
        // An Exif segment that says: turn by a quarter (orientation 6).
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut turned = jpeg[..2].to_vec();
        turned.extend_from_slice(&[0xff, 0xe1]);
        turned.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
        turned.extend_from_slice(exif);
        turned.extend_from_slice(&jpeg[2..]);
        let reading = reading(&turned);
        let picture = image::load_from_memory(&reading.images[0].bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (600, 800));
        assert!(reading.document.pages[0].height > reading.document.pages[0].width);
    }

    #[test]
    fn every_page_of_a_tiff_is_a_page() {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
        for shade in [250_u8, 200] {
            encoder.write_image::<tiff::encoder::colortype::Gray8>(120, 160, &vec![shade; 120 * 160]).unwrap();
        }
        let reading = reading(&bytes.into_inner());
        assert_eq!(reading.document.format, Format::Tiff);
        assert_eq!(reading.images.iter().map(|image| image.page).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn the_size_that_a_picture_claims_is_checked_before_it_is_decoded() {
        let mut bytes = encoded(&page_picture(100, 100), ImageFormat::Png);
        // The header's width and height, with the checksum that makes them true.
        bytes[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        let error = read(&bytes, &Limits::default()).unwrap_err();
        assert!(matches!(error, ReadError::OverLimit { .. } | ReadError::Damaged { .. }), "{error}");
    }
}

mod docx {
    use super::*;

    const STYLES: &str = "<w:styles NAMESPACES><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val=\"20\"/></w:rPr></w:rPrDefault></w:docDefaults>\
        <w:style w:type=\"paragraph\" w:styleId=\"Base\"><w:name w:val=\"Base\"/><w:rPr><w:b/><w:sz w:val=\"28\"/></w:rPr></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"H1\"><w:name w:val=\"heading 1\"/><w:basedOn w:val=\"Base\"/></w:style>\
        <w:style w:type=\"paragraph\" w:styleId=\"LB\"><w:name w:val=\"List Bullet\"/><w:pPr><w:numPr><w:numId w:val=\"3\"/></w:numPr></w:pPr></w:style>\
        </w:styles>";

    fn styled(style: &str, text: &str) -> String {
        format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    fn cell(paragraphs: &[&str]) -> String {
        format!("<w:tc>{}</w:tc>", paragraphs.iter().map(|text| paragraph(text)).collect::<String>())
    }

    fn table(rows: &[&[&[&str]]]) -> String {
        let rows: String = rows
            .iter()
            .map(|row| format!("<w:tr>{}</w:tr>", row.iter().map(|c| cell(c)).collect::<String>()))
            .collect();
        format!("<w:tbl><w:tblGrid><w:gridCol w:w=\"3000\"/><w:gridCol w:w=\"6000\"/></w:tblGrid>{rows}</w:tbl>")
    }

    #[test]
    fn styles_make_headings_lists_and_looks_through_what_they_are_based_on() {
        let body = styled("H1", "Experience") + &styled("LB", "Built things") + &paragraph("Plain");
        let document = document(&Docx::new(&body).part("s", "styles", "styles.xml", STYLES).bytes());
        let lines: Vec<(String, bool, bool)> =
            all_lines(&document).map(|line| (line.text(), line.heading, line.bullet)).collect();
        assert_eq!(
            lines,
            [
                ("Experience".to_owned(), true, false),
                ("Built things".to_owned(), false, true),
                ("Plain".to_owned(), false, false)
            ]
        );
        let looks: Vec<(f32, bool)> = document.words().map(|word| (word.size, word.bold)).take(2).collect();
        assert_eq!(looks, [(14.0, true), (10.0, false)]);
    }

    #[test]
    fn runs_split_within_a_word_are_joined_and_tabs_are_gaps() {
        let body = "<w:p><w:r><w:t>Soft</w:t></w:r><w:r><w:t xml:space=\"preserve\">ware </w:t></w:r><w:r><w:t>Engineer</w:t></w:r>\
                    <w:r><w:tab/><w:t>2019</w:t></w:r><w:r><w:br/><w:t>Berlin</w:t></w:r></w:p>";
        assert_eq!(texts(&document(&Docx::new(body).bytes())), ["Software Engineer\t2019", "Berlin"]);
    }

    #[test]
    fn contacts_in_the_header_and_links_are_read() {
        let header = "<w:hdr NAMESPACES><w:p><w:r><w:t>ada@example.org</w:t></w:r></w:p></w:hdr>";
        let footer = "<w:ftr NAMESPACES><w:p><w:r><w:t xml:space=\"preserve\">Page </w:t></w:r><w:fldSimple w:instr=\" PAGE \"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>";
        let body = "<w:p><w:hyperlink r:id=\"l\"><w:r><w:t>Profile</w:t></w:r></w:hyperlink></w:p>";
        let docx = Docx::new(body)
            .part("h", "header", "header1.xml", header)
            .part("f", "footer", "footer1.xml", footer)
            .link("l", "https://example.org/ada");
        let document = document(&docx.bytes());
        assert_eq!(texts(&document), ["ada@example.org", "Profile"]);
        assert_eq!(document.words().nth(1).unwrap().link.as_deref(), Some("https://example.org/ada"));
    }

    #[test]
    fn a_table_of_columns_is_read_column_by_column() {
        let left: &[&str] = &["Contact", "ada@example.org", "Berlin", "Skills", "Rust", "SQL"];
        let right: &[&str] =
            &["Experience", "Engineer at Acme, in charge of the ledger", "Since 2019", "Education", "BSc"];
        let document = document(&Docx::new(&table(&[&[left, right]])).bytes());
        assert_eq!(texts(&document), [left, right].concat());
        let columns: Vec<usize> = document.pages[0].blocks.iter().map(|block| block.column).collect();
        assert_eq!(columns, [0, 1]);
    }

    #[test]
    fn a_table_of_dates_and_entries_is_read_row_by_row() {
        let rows = table(&[
            &[&["2019 – today"], &["Engineer", "Acme, London", "Built things"]],
            &[&["2015 – 2019"], &["Developer", "Example, Berlin"]],
        ]);
        let texts = texts(&document(&Docx::new(&rows).bytes()));
        assert_eq!(
            texts,
            ["2019 – today\tEngineer", "Acme, London", "Built things", "2015 – 2019\tDeveloper", "Example, Berlin"]
        );
    }

    #[test]
    fn text_boxes_are_read_once() {
        let inner = format!("<w:txbxContent>{}</w:txbxContent>", paragraph("In a box"));
        let body = format!(
            "<w:p><w:r><mc:AlternateContent xmlns:mc=\"m\"><mc:Choice><w:drawing>{inner}</w:drawing></mc:Choice>\
             <mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>{}",
            paragraph("Beside it")
        );
        assert_eq!(texts(&document(&Docx::new(&body).bytes())), ["In a box", "Beside it"]);
    }

    #[test]
    fn hidden_and_white_text_is_kept_apart() {
        let body = "<w:p><w:r><w:t xml:space=\"preserve\">Seen </w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t xml:space=\"preserve\">python </w:t></w:r>\
                    <w:r><w:rPr><w:color w:val=\"FFFFFF\"/></w:rPr><w:t>java</w:t></w:r></w:p>";
        let document = document(&Docx::new(body).bytes());
        assert_eq!(texts(&document), ["Seen"]);
        let reasons: Vec<&str> = document.pages[0].hidden.iter().map(|hidden| hidden.reason.as_str()).collect();
        assert_eq!(reasons, ["invisible_mode", "no_contrast"]);
    }

    #[test]
    fn deleted_text_is_not_read_and_inserted_text_is() {
        let body =
            "<w:p><w:del><w:r><w:delText>Old</w:delText></w:r></w:del><w:ins><w:r><w:t>New</w:t></w:r></w:ins></w:p>";
        assert_eq!(texts(&document(&Docx::new(body).bytes())), ["New"]);
    }

    #[test]
    fn a_break_makes_a_page() {
        let body = paragraph("One") + "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>" + &paragraph("Two");
        assert_eq!(document(&Docx::new(&body).bytes()).pages.len(), 2);
    }

    #[test]
    fn an_archive_bomb_is_refused_by_what_comes_out_of_it() {
        let body = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "a".repeat(3_000_000));
        let bytes = Docx::new(&body).bytes();
        assert!(bytes.len() < 20_000, "{}", bytes.len());
        let limits = Limits { inflated: 1_000_000, ..Limits::default() };
        assert!(matches!(read(&bytes, &limits), Err(ReadError::OverLimit { .. })));
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let body = "<w:sdt><w:sdtContent>".repeat(400) + &"</w:sdtContent></w:sdt>".repeat(400);
        assert!(matches!(read(&Docx::new(&body).bytes(), &Limits::default()), Err(ReadError::OverLimit { .. })));
    }
}

mod plain_text {
    use super::*;

    #[test]
    fn encodings_are_told_from_the_bytes() {
        let text = "Zoë Müller\nCafé – 2019";
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let windows = b"Zo\xeb M\xfcller\nCaf\xe9 \x96 2019";
        for bytes in [text.as_bytes(), &utf16, windows] {
            assert_eq!(texts(&document(bytes)), ["Zoë Müller", "Café – 2019"]);
        }
    }

    #[test]
    fn wide_gaps_bullets_and_rules_are_seen() {
        let document = document(b"EXPERIENCE\n==========\nEngineer, Acme        2019\n- Built things\n* Ran things\n");
        assert_eq!(texts(&document), ["EXPERIENCE", "Engineer, Acme\t2019", "Built things", "Ran things"]);
        let marks: Vec<(bool, bool)> = all_lines(&document).map(|line| (line.heading, line.bullet)).collect();
        assert_eq!(marks, [(true, false), (false, false), (false, true), (false, true)]);
    }

    #[test]
    fn markdown_marks_become_looks() {
        let document =
            document(b"# Ada Example\n\n**Engineer**, *Acme* and [her site](https://example.org)\n- C++ and C#\n");
        assert_eq!(texts(&document), ["Ada Example", "Engineer, Acme and her site", "C++ and C#"]);
        let heading: Vec<bool> = all_lines(&document).map(|line| line.heading).collect();
        assert_eq!(heading, [true, false, false]);
        let words: Vec<_> = document.words().collect();
        assert!(words[2].bold && words[2].text == "Engineer");
        assert_eq!(words.iter().filter(|word| word.link.is_some()).count(), 2);
    }
}

mod limits {
    use super::*;

    #[test]
    fn forms_that_multiply_are_stopped_by_the_count_of_operations() {
        let error = read(&exponential_forms(9), &Limits::default()).unwrap_err();
        assert!(matches!(&error, ReadError::OverLimit { what, .. } if what == "drawing operations"), "{error}");
    }

    #[test]
    fn a_form_that_draws_itself_ends() {
        let mut pdf = Pdf::new();
        let number = 3;
        let form = pdf.stream(
            &format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /F {number} 0 R >> >>"
            ),
            b"/F Do",
        );
        assert_eq!(form, number);
        let content = "/F Do ".to_owned() + &at(50.0, 700.0, "R", 10.0, "Text");
        let bytes = pdf.page_with(&content, &format!("/XObject << /F {form} 0 R >>"), "").bytes();
        assert_eq!(texts(&document(&bytes)), ["Text"]);
    }

    #[test]
    fn a_tree_of_pages_that_is_a_ring_ends() {
        let mut pdf = Pdf::new();
        pdf.page(&at(50.0, 700.0, "R", 10.0, "Text"));
        let bytes = pdf.bytes_with_pages("<< /Type /Pages /Kids [2 0 R 4 0 R 2 0 R] /Count 3 >>");
        assert_eq!(document(&bytes).pages.len(), 1);
    }

    #[test]
    fn more_glyphs_than_allowed_are_refused() {
        let content = at(50.0, 700.0, "R", 10.0, &"word ".repeat(300));
        let limits = Limits { glyphs: 1_000, ..Limits::default() };
        let error = read(&Pdf::new().page(&content).bytes(), &limits).unwrap_err();
        assert!(matches!(&error, ReadError::OverLimit { what, .. } if what == "glyphs"), "{error}");
    }
}
