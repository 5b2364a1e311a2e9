//! Makes every document of some people, reads each back with our own parser, and prints how much came back:
//! `cargo run --example round_trip -- [--save FOLDER] [--fonts FOLDER] [--details] [PEOPLE...]`.
//!
//! `--fonts` is where the two faces of Chinese, Japanese and Korean lie, such as `cargo local fonts` brings.
//! PEOPLE are folders of JSON Resume files or such files' folder; without any, those of `tests/corpus/people`.

mod people;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use ats::{FieldState, Fonts, Format, PageSize, Template, Wish, make};

fn main() -> anyhow::Result<()> {
    let (mut save, mut details, mut folders, mut fonts) = (None, false, Vec::new(), Fonts::default());
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--save") => save = arguments.next().map(PathBuf::from),
            Some("--fonts") => fonts = people::fonts(&PathBuf::from(arguments.next().unwrap_or_default()))?,
            Some("--details") => details = true,
            _ => folders.push(PathBuf::from(argument)),
        }
    }
    if folders.is_empty() {
        folders.push(people::of_the_project());
    }
    let mut out = std::io::stdout().lock();
    let mut scores: BTreeMap<(usize, Format), Vec<f64>> = BTreeMap::new();
    let (mut documents, mut fields, mut lost, mut changed, mut added) = (0, 0, 0, 0, 0);
    for folder in &folders {
        for person in people::read(folder)? {
            for (at, template) in Template::all().iter().enumerate() {
                for format in FORMATS {
                    let wish = Wish {
                        template,
                        format,
                        sections: None,
                        job_description: None,
                        target_job_title: None,
                        fonts: fonts.clone(),
                        page_size: PageSize::A4,
                        font_size: None,
                        now: "2026-11-21T12:00:00Z".parse()?,
                    };
                    let made = match make(&person.resume, &wish) {
                        Ok(made) => made,
                        Err(error) => {
                            writeln!(out, "{} {} {format:?}: {error}", person.name, template.id)?;
                            continue;
                        }
                    };
                    if let Some(folder) = &save {
                        fs::create_dir_all(folder)?;
                        let name = format!("{}-{}.{}", person.name, template.id, wish.format.extension());
                        fs::write(folder.join(name), &made.bytes)?;
                    }
                    let trip = made.report.round_trip.unwrap_or_else(|| unreachable!("a document was made"));
                    scores.entry((at, format)).or_default().extend(trip.f1);
                    documents += 1;
                    fields += trip.fields.len();
                    (lost, changed, added) = (lost + trip.lost, changed + trip.changed, added + trip.added.len());
                    for field in trip.fields.iter().filter(|field| details && field.state != FieldState::Recovered) {
                        let read = field.read.as_deref().unwrap_or("-");
                        let (name, id) = (&person.name, &template.id);
                        writeln!(out, "{name} {id} {format:?} {:?} {}: {read}", field.state, field.pointer)?;
                    }
                    for field in trip.added.iter().filter(|_| details) {
                        let (name, id) = (&person.name, &template.id);
                        writeln!(out, "{name} {id} {format:?} Added {}: {}", field.pointer, field.read)?;
                    }
                }
            }
        }
    }
    writeln!(out, "| template     |   PDF |  DOCX |   TXT | lowest |")?;
    writeln!(out, "| ------------ | ----: | ----: | ----: | -----: |")?;
    for (at, template) in Template::all().iter().enumerate() {
        write!(out, "| {:12} |", template.id)?;
        let mut lowest = f64::INFINITY;
        for format in FORMATS {
            let scores = scores.get(&(at, format)).map_or(&[][..], Vec::as_slice);
            lowest = scores.iter().copied().fold(lowest, f64::min);
            write!(out, " {:5.1} |", 100.0 * scores.iter().sum::<f64>() / scores.len().max(1) as f64)?;
        }
        writeln!(out, " {:6.1} |", 100.0 * lowest)?;
    }
    writeln!(out, "\n{fields} fields in {documents} documents: {changed} changed, {lost} lost, {added} added")?;
    Ok(())
}

/// The formats that are read back by the parser, in the order of the table.
const FORMATS: [Format; 3] = [Format::Pdf, Format::Docx, Format::Txt];
