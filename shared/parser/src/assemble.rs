//! The résumé put together from what the other rooms read, each field with its evidence.

use std::collections::BTreeMap;

use vitae_document::{Document, Page};
use vitae_resume::{
    Award, Basics, Certificate, Education, Interest, Language, Location, Meta, PartialDate, Profile, Project,
    Publication, Reference, Resume, Skill, VitaeMeta, Volunteer, Warning, Work,
};

use crate::build;
use crate::contact::{self, Contact};
use crate::dates::{self, Period};
use crate::entries::{self, Entry, Fragment, Item};
use crate::evidence::Evidence;
use crate::fields;
use crate::gazetteer::SectionKind;
use crate::lines::{Line, Pages};
use crate::lists;
use crate::phone;
use crate::piece::Piece;
use crate::records::{self, Kind};
use crate::roles::{self, Parts};
use crate::sections::{Section, Sections, names_languages};
use crate::text::is_prose;
use crate::unheaded;

/// Most entries of one list; more is no CV.
const MOST: usize = 200;

/// Reads the whole résumé.
pub(crate) fn resume(document: &Document) -> Resume {
    let pages = Pages::of(document);
    let month_first = dates::puts_month_first(pages.lines.iter().map(Line::text));
    let mut sections = Sections::of(&pages);
    let headings = build::headings(&sections);
    unheaded::infer(&mut sections, month_first);
    let mut writer = Writer {
        evidence: Evidence::new(&pages),
        month_first,
        warnings: Vec::new(),
        known_jobs: Vec::new(),
        language: language(document),
    };
    writer.known_jobs = writer.all_jobs(&sections);
    let found = contact::read(&pages, &sections);
    let mut resume = Resume { basics: writer.basics(&found, &sections), ..Resume::default() };
    for section in sections.sections.iter().take(MOST / 2) {
        writer.section(section, &mut resume);
    }
    writer.warn(document, &resume);
    let build = build::of(document, &pages, headings, &resume.basics, &writer.evidence.spans);
    resume.meta = Meta {
        vitae: Some(VitaeMeta {
            parser_version: Some(crate::VERSION.to_owned()),
            language: writer.language,
            page_count: document.pages.len(),
            recognised_pages: recognised_pages(document),
            review: review(&writer.evidence.confidence),
            language_levels: lists::levels(&resume.languages),
            confidence: writer.evidence.confidence,
            spans: writer.evidence.spans,
            warnings: writer.warnings,
            build: Some(build),
        }),
        ..Meta::default()
    };
    resume
}

struct Writer<'a> {
    evidence: Evidence<'a>,
    month_first: bool,
    warnings: Vec<Warning>,
    known_jobs: Vec<Entry>,
    language: Option<String>,
}

impl Writer<'_> {
    fn basics(&mut self, found: &Contact, sections: &Sections) -> Basics {
        let evidence = &mut self.evidence;
        let mut basics = Basics::default();
        if let Some((piece, sure)) = &found.name {
            basics.name = evidence.text("/basics/name", piece, *sure);
        }
        if let Some((piece, sure)) = &found.label {
            basics.label = evidence.text("/basics/label", piece, *sure);
        }
        if let Some((email, piece, sure)) = &found.email {
            evidence.note("/basics/email", piece, *sure);
            basics.email = Some(email.clone());
        }
        if let Some((piece, sure)) = &found.phone {
            evidence.note("/basics/phone", piece, *sure);
            let shown = piece.text().split_whitespace().collect::<Vec<_>>().join(" ");
            let place =
                found.place.as_ref().and_then(|place| place.country_code.as_ref()).map(|(code, _)| code.as_str());
            let hosts = [found.email.as_ref().map(|(email, ..)| email), found.url.as_ref().map(|(url, ..)| url)];
            basics.phone =
                phone::e164(&shown, place, hosts.into_iter().flatten(), self.language.as_deref()).or(Some(shown));
        }
        if let Some((url, piece, sure)) = &found.url {
            evidence.note("/basics/url", piece, *sure);
            basics.url = Some(url.clone());
        }
        for (i, profile) in found.profiles.iter().take(MOST).enumerate() {
            evidence.note(&format!("/basics/profiles/{i}"), &profile.piece, profile.sure);
            basics.profiles.push(Profile {
                network: profile.network.clone(),
                username: profile.username.clone(),
                url: profile.url.clone(),
            });
        }
        if let Some(place) = &found.place {
            let sure = place.sure;
            let mut part = |name: &str, piece: &Option<Piece>, sure: f32| {
                piece.as_ref().and_then(|piece| evidence.text(&format!("/basics/location/{name}"), piece, sure))
            };
            let location = Location {
                address: part("address", &place.street, sure * 0.9),
                postal_code: part("postalCode", &place.postal_code, sure),
                city: part("city", &place.city, sure),
                region: part("region", &place.region, sure * 0.95),
                country_code: place.country_code.as_ref().map(|(code, piece)| {
                    evidence.note("/basics/location/countryCode", piece, sure);
                    code.clone()
                }),
            };
            basics.location = Some(location);
        }
        let mut lines: Vec<&Line> = sections.of_kind(SectionKind::Summary).flat_map(|section| &section.lines).collect();
        lines.retain(|line| !contact::is_contact_line(line));
        let mut sure = 0.93;
        if lines.is_empty() {
            lines = found.prose.iter().collect();
            sure = 0.75;
        }
        // Contact data may stand under the same heading.
        lines.retain(|line| !line.text().contains('@') || is_prose(line.text()));
        let left = lines.iter().map(|line| line.bbox.x).fold(f32::MAX, f32::min);
        let mut summary = Piece::default();
        for item in entries::items(&lines, left) {
            summary.append(" ", &item.piece);
        }
        if !summary.is_empty() {
            basics.summary = evidence.text("/basics/summary", &summary, sure);
        }
        basics
    }

    fn section(&mut self, section: &Section, resume: &mut Resume) {
        let Some(kind) = section.kinds.first().copied() else { return };
        let sure = section.confidence;
        if section.kinds.len() > 1 {
            return self.shared_section(section, resume);
        }
        let lines = &section.lines[..];
        match kind {
            SectionKind::Work => self.work(lines, sure, resume),
            SectionKind::Education => self.education(lines, sure, resume),
            SectionKind::Skills => self.skills(lines, sure, resume),
            SectionKind::Languages => self.languages(lines, sure, resume),
            SectionKind::Projects => self.projects(lines, sure, resume),
            SectionKind::Certificates => self.certificates(lines, sure, resume),
            SectionKind::Awards => self.awards(lines, sure, resume),
            SectionKind::Publications => self.publications(lines, sure, resume),
            SectionKind::Volunteer => self.volunteer(lines, sure, resume),
            SectionKind::Interests => self.interests(lines, sure, resume),
            SectionKind::References => self.references(lines, sure, resume),
            SectionKind::Summary | SectionKind::Contact | SectionKind::Profiles | SectionKind::Other => {}
        }
    }

    /// A heading with two names: its lines go where their words say, and where they are silent, to the first.
    fn shared_section(&mut self, section: &Section, resume: &mut Resume) {
        let [first, second] = section.kinds[..] else { return };
        let belongs = |line: &Line, kind: SectionKind| match kind {
            SectionKind::Languages => names_languages(line.text()) && line.word_count() <= 14,
            SectionKind::Education => roles::degree_score(line.text()) > 1.2 || roles::school_score(line.text()) > 1.5,
            SectionKind::Interests => {
                crate::text::fold(line.text()).starts_with("interest")
                    || crate::text::fold(line.text()).starts_with("hobb")
            }
            _ => false,
        };
        let (mut to_first, mut to_second) = (Vec::new(), Vec::new());
        for line in &section.lines {
            if belongs(line, second) && !belongs(line, first) {
                to_second.push(line.clone());
            } else {
                to_first.push(line.clone());
            }
        }
        for (kind, lines) in [(first, to_first), (second, to_second)] {
            if !lines.is_empty() {
                self.section(
                    &Section { kinds: vec![kind], lines, confidence: section.confidence * 0.9, ..Section::default() },
                    resume,
                );
            }
        }
    }

    fn entries(&self, lines: &[Line]) -> Vec<Entry> {
        let mut found = entries::split(lines, self.month_first);
        found.truncate(MOST);
        found
    }

    fn records(&self, lines: &[Line]) -> Vec<Entry> {
        let mut found = entries::split_records(lines, self.month_first);
        found.truncate(MOST);
        found
    }

    /// The entries of all work sections, whose design the volunteer sections share.
    fn all_jobs(&self, sections: &Sections) -> Vec<Entry> {
        sections.of_kind(SectionKind::Work).take(4).flat_map(|section| self.jobs(&section.lines)).collect()
    }

    fn jobs(&self, lines: &[Line]) -> Vec<Entry> {
        let mut found = entries::split_jobs(lines, self.month_first);
        found.truncate(MOST);
        found
    }

    fn work(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        let found = self.jobs(lines);
        let told = roles::tell(&found, &[], &roles::JOBS);
        let (found, told) = roles::under_their_employers(found, told);
        for (entry, parts) in found.iter().zip(told) {
            if resume.work.len() >= MOST || parts.what.is_none() && parts.who.is_none() && entry.period.is_none() {
                continue;
            }
            let at = format!("/work/{}", resume.work.len());
            let (start_date, end_date) = self.period(&at, entry, sure);
            let (summary, highlights) = self.body(&at, &parts.rest, &entry.body, sure);
            resume.work.push(Work {
                name: self.part(&format!("{at}/name"), &parts.who.as_ref().map(roles::without_street), sure),
                position: self.part(&format!("{at}/position"), &parts.what, sure),
                location: self.place(&at, &parts, sure),
                url: self.url(&at, entry, sure),
                start_date,
                end_date,
                summary,
                highlights,
                description: None,
            });
        }
    }

    fn volunteer(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        let found = self.jobs(lines);
        let told = roles::tell(&found, &self.known_jobs, &roles::JOBS);
        for (entry, parts) in found.iter().zip(told) {
            if resume.volunteer.len() >= MOST || parts.what.is_none() && parts.who.is_none() {
                continue;
            }
            let at = format!("/volunteer/{}", resume.volunteer.len());
            let (start_date, end_date) = self.period(&at, entry, sure);
            let (summary, highlights) = self.body(&at, &parts.rest, &entry.body, sure);
            resume.volunteer.push(Volunteer {
                organization: self.part(&format!("{at}/organization"), &parts.who, sure),
                position: self.part(&format!("{at}/position"), &parts.what, sure),
                url: self.url(&at, entry, sure),
                start_date,
                end_date,
                summary,
                highlights,
            });
        }
    }

    fn education(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        let found = self.entries(lines);
        let told = roles::tell(&found, &[], &roles::STUDIES);
        for (entry, parts) in found.iter().zip(told) {
            let mut parts = parts;
            let honours = parts.who.as_mut().and_then(records::take_honours);
            let mut study = records::study(entry, &parts);
            study.score = study.score.or(honours);
            if resume.education.len() >= MOST
                || parts.who.is_none() && study.study_type.is_none() && study.area.is_none()
            {
                continue;
            }
            let at = format!("/education/{}", resume.education.len());
            // A single date of a study is when it ended.
            let (mut start_date, mut end_date) = self.period(&at, entry, sure);
            if entry.period.as_ref().is_some_and(|(period, _)| period.single) {
                end_date = end_date.or(start_date);
                start_date = None;
                self.evidence.confidence.remove(&format!("{at}/startDate"));
                self.evidence.spans.remove(&format!("{at}/startDate"));
            }
            let degree_sure = parts.what.as_ref().map_or(0.6, |(_, own)| *own) * sure;
            let mut piece = |name: &str, piece: &Option<Piece>, sure: f32| {
                piece.as_ref().and_then(|piece| self.evidence.text(&format!("{at}/{name}"), piece, sure))
            };
            let study_type = piece("studyType", &study.study_type, degree_sure);
            let area = piece("area", &study.area, degree_sure * 0.95);
            let score = piece("score", &study.score, 0.85 * sure);
            let mut courses = Vec::new();
            for course in study.courses.iter().take(MOST) {
                courses.extend(self.evidence.text(&format!("{at}/courses/{}", courses.len()), course, 0.8 * sure));
            }
            resume.education.push(Education {
                institution: self.part(
                    &format!("{at}/institution"),
                    &parts.who.as_ref().map(roles::without_remark),
                    sure,
                ),
                url: self.url(&at, entry, sure),
                area,
                study_type,
                start_date,
                end_date,
                score,
                courses,
            });
        }
    }

    fn projects(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        for entry in &self.entries(lines) {
            let Some(first) = entry.fragments.first() else { continue };
            if resume.projects.len() >= MOST {
                break;
            }
            let at = format!("/projects/{}", resume.projects.len());
            let (start_date, end_date) = self.period(&at, entry, sure);
            let mut keywords = Vec::new();
            let mut description = Piece::default();
            let mut name = first.piece.clone();
            for fragment in &entry.fragments[1..] {
                let own_look =
                    fragment.bold != first.bold || fragment.separator == '|' || fragment.italic != first.italic;
                if fragment.line == first.line
                    && fragment.bold == first.bold
                    && fragment.separator == '-'
                    && !is_prose(fragment.text())
                {
                    name.append(" – ", &fragment.piece);
                } else if fragment.line == first.line && own_look && !is_prose(fragment.text()) {
                    for keyword in lists::split_list(&fragment.piece).iter().take(MOST - keywords.len().min(MOST)) {
                        keywords.extend(self.evidence.text(
                            &format!("{at}/keywords/{}", keywords.len()),
                            keyword,
                            0.7 * sure,
                        ));
                    }
                } else {
                    description.append(" ", &fragment.piece);
                }
            }
            let mut highlights = Vec::new();
            for item in entry.body.iter().take(MOST) {
                if item.bullet {
                    highlights.extend(self.evidence.text(
                        &format!("{at}/highlights/{}", highlights.len()),
                        &item.piece,
                        0.85 * sure,
                    ));
                } else {
                    description.append(" ", &item.piece);
                }
            }
            let named = self.evidence.text(&format!("{at}/name"), &name, if entry.distinct { 0.9 } else { 0.7 } * sure);
            resume.projects.push(Project {
                name: named,
                description: self.evidence.text(&format!("{at}/description"), &description, 0.8 * sure),
                highlights,
                keywords,
                start_date,
                end_date,
                url: self.url(&at, entry, sure),
                ..Project::default()
            });
        }
    }

    fn certificates(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        for entry in &self.records(lines) {
            let Some(record) = records::record(entry, Kind::Granted).filter(|_| resume.certificates.len() < MOST)
            else {
                continue;
            };
            let at = format!("/certificates/{}", resume.certificates.len());
            resume.certificates.push(Certificate {
                name: self.evidence.text(&format!("{at}/name"), &record.title, record.sure * sure),
                issuer: record.by.and_then(|by| self.evidence.text(&format!("{at}/issuer"), &by, record.sure * sure)),
                date: self.one_date(&at, "date", entry, sure),
                url: self.url(&at, entry, sure),
            });
        }
    }

    fn awards(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        for entry in &self.records(lines) {
            let Some(record) = records::record(entry, Kind::Granted).filter(|_| resume.awards.len() < MOST) else {
                continue;
            };
            let at = format!("/awards/{}", resume.awards.len());
            let (summary, _) = self.body_as_text(&at, "summary", &entry.body, sure);
            resume.awards.push(Award {
                title: self.evidence.text(&format!("{at}/title"), &record.title, record.sure * sure),
                awarder: record.by.and_then(|by| self.evidence.text(&format!("{at}/awarder"), &by, record.sure * sure)),
                date: self.one_date(&at, "date", entry, sure),
                summary,
            });
        }
    }

    fn publications(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        for entry in &self.records(lines) {
            let Some(record) = records::record(entry, Kind::Published).filter(|_| resume.publications.len() < MOST)
            else {
                continue;
            };
            let at = format!("/publications/{}", resume.publications.len());
            let (summary, _) = self.body_as_text(&at, "summary", &entry.body, sure);
            resume.publications.push(Publication {
                name: self.evidence.text(&format!("{at}/name"), &record.title, record.sure * sure),
                publisher: record
                    .by
                    .and_then(|by| self.evidence.text(&format!("{at}/publisher"), &by, record.sure * sure * 0.9)),
                release_date: self.one_date(&at, "releaseDate", entry, sure),
                url: self.url(&at, entry, sure),
                summary,
            });
        }
    }

    fn skills(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        // A table of knowledge of all kinds: its rows say what they are.
        let (mut own, mut spoken, mut liked) = (Vec::new(), Vec::new(), Vec::new());
        for line in lines {
            match lists::row_of_another_kind(line) {
                Some((SectionKind::Languages, row)) => spoken.push(row),
                Some((SectionKind::Interests, row)) => liked.push(row),
                Some(_) => {}
                None => own.push(line.clone()),
            }
        }
        if !spoken.is_empty() {
            self.languages(&spoken, sure * 0.95, resume);
        }
        if !liked.is_empty() {
            self.interests(&liked, sure * 0.95, resume);
        }
        for group in lists::skills(&own) {
            let named = group.name.is_some();
            let mut skill = Skill::default();
            let at = resume.skills.len();
            if let Some(name) = &group.name {
                skill.name = self.evidence.text(&format!("/skills/{at}/name"), name, 0.85 * sure);
            }
            for (keyword, level) in group.keywords.iter().take(MOST) {
                let short = keyword.text().split_whitespace().count() <= 4;
                let own = if short { 0.92 } else { 0.7 } * sure;
                if named {
                    let pointer = format!("/skills/{at}/keywords/{}", skill.keywords.len());
                    skill.keywords.extend(self.evidence.text(&pointer, keyword, own));
                } else if resume.skills.len() < MOST {
                    let at = resume.skills.len();
                    let name = self.evidence.text(&format!("/skills/{at}/name"), keyword, own);
                    let level =
                        level.as_ref().and_then(|level| self.evidence.text(&format!("/skills/{at}/level"), level, own));
                    resume.skills.push(Skill { name, level, keywords: Vec::new() });
                }
            }
            if named && resume.skills.len() < MOST {
                resume.skills.push(skill);
            }
        }
    }

    fn languages(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        for spoken in lists::languages(lines) {
            let at = format!("/languages/{}", resume.languages.len());
            let language = self.evidence.text(&format!("{at}/language"), &spoken.name, spoken.sure * sure);
            let fluency =
                spoken.level.and_then(|level| self.evidence.text(&format!("{at}/fluency"), &level, spoken.sure * sure));
            if language.is_some() && resume.languages.len() < MOST {
                resume.languages.push(Language { language, fluency });
            }
        }
    }

    fn interests(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        for piece in lists::interests(lines).iter().take(MOST - resume.interests.len().min(MOST)) {
            let name = self.evidence.text(&format!("/interests/{}/name", resume.interests.len()), piece, 0.85 * sure);
            if name.is_some() {
                resume.interests.push(Interest { name, keywords: Vec::new() });
            }
        }
    }

    fn references(&mut self, lines: &[Line], sure: f32, resume: &mut Resume) {
        let left = lines.iter().map(|line| line.bbox.x).fold(f32::MAX, f32::min);
        let all: Vec<&Line> = lines.iter().collect();
        let mut pending: Option<Piece> = None;
        for item in entries::items(&all, left) {
            let at = format!("/references/{}", resume.references.len());
            if is_prose(item.piece.text()) || item.piece.text().ends_with('.') {
                let name = pending.take().and_then(|name| self.evidence.text(&format!("{at}/name"), &name, 0.6 * sure));
                let reference = self.evidence.text(&format!("{at}/reference"), &item.piece, 0.8 * sure);
                resume.references.push(Reference { name, reference });
            } else if pending.is_none() {
                pending = Some(item.piece);
            }
            if resume.references.len() >= MOST {
                break;
            }
        }
        if let Some(name) = pending {
            let at = format!("/references/{}", resume.references.len());
            let name = self.evidence.text(&format!("{at}/name"), &name, 0.5 * sure);
            resume.references.push(Reference { name, reference: None });
        }
    }

    fn part(&mut self, pointer: &str, part: &Option<(Piece, f32)>, sure: f32) -> Option<String> {
        part.as_ref().and_then(|(piece, own)| self.evidence.text(pointer, &without_full_stop(piece), own * sure))
    }

    /// The place, with the parts of it that stand in fragments of their own.
    fn place(&mut self, at: &str, parts: &Parts, sure: f32) -> Option<String> {
        let (piece, own) = parts.place.as_ref()?;
        let end =
            piece.text().strip_suffix('.').filter(|rest| !rest.contains('.')).map_or(piece.text().len(), str::len);
        let mut whole = piece.slice(0..end);
        for fragment in &parts.rest {
            if roles::place_score(fragment.text()) > 1.5 {
                whole.append(", ", &fragment.piece);
            }
        }
        self.evidence.text(&format!("{at}/location"), &whole, own * sure)
    }

    fn url(&mut self, at: &str, entry: &Entry, sure: f32) -> Option<String> {
        let url = entry
            .url
            .clone()
            .filter(|url| url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")))?;
        self.evidence.confidence.insert(format!("{at}/url"), (0.8 * sure * 100.0).round() / 100.0);
        Some(url)
    }

    fn period(&mut self, at: &str, entry: &Entry, sure: f32) -> (Option<PartialDate>, Option<PartialDate>) {
        let Some((period, piece)) = &entry.period else { return (None, None) };
        let Period { start, end, single, .. } = *period;
        let own = if single { 0.6 } else { 0.96 } * (0.5 + sure * 0.5);
        // One date alone is a job begun and ended then; as an open end it would claim that it lasts.
        let end = if single { start } else { end };
        let start_date = self.evidence.date(&format!("{at}/startDate"), start, piece, own);
        let end_date = self.evidence.date(&format!("{at}/endDate"), end, piece, own);
        (start_date, end_date)
    }

    fn one_date(&mut self, at: &str, name: &str, entry: &Entry, sure: f32) -> Option<PartialDate> {
        let (period, piece) = entry.period.as_ref()?;
        self.evidence.date(&format!("{at}/{name}"), period.start.or(period.end), piece, 0.93 * (0.5 + sure * 0.5))
    }

    /// The text under an entry: bullets are highlights, and so are several short paragraphs; one paragraph is prose.
    ///
    /// Sentences that stand on the heading's own line, in `rest`, come before it.
    fn body(&mut self, at: &str, rest: &[Fragment], items: &[Item], sure: f32) -> (Option<String>, Vec<String>) {
        let bullets = items.iter().filter(|item| item.bullet).count();
        let mut summary = Piece::default();
        for fragment in rest.iter().filter(|fragment| is_prose(fragment.text())) {
            summary.append(" ", &fragment.piece);
        }
        let mut highlights = Vec::new();
        for item in items.iter().take(MOST) {
            if item.bullet || bullets == 0 && items.len() > 1 && item.piece.text().chars().count() < 300 {
                let own = if item.bullet { 0.94 } else { 0.75 };
                highlights.extend(self.evidence.text(
                    &format!("{at}/highlights/{}", highlights.len()),
                    &item.piece,
                    own * sure,
                ));
            } else {
                summary.append(" ", &item.piece);
            }
        }
        (self.evidence.text(&format!("{at}/summary"), &summary, 0.85 * sure), highlights)
    }

    fn body_as_text(&mut self, at: &str, name: &str, items: &[Item], sure: f32) -> (Option<String>, f32) {
        let mut whole = Piece::default();
        for item in items {
            whole.append(" ", &item.piece);
        }
        (self.evidence.text(&format!("{at}/{name}"), &whole, 0.75 * sure), sure)
    }

    /// Says what a person should look at.
    fn warn(&mut self, document: &Document, resume: &Resume) {
        let mut warn =
            |code: &str, detail: &str| self.warnings.push(Warning { code: code.to_owned(), detail: detail.to_owned() });
        let words: usize = document
            .pages
            .iter()
            .flat_map(|page| &page.blocks)
            .flat_map(|block| &block.lines)
            .map(|line| line.words.len())
            .sum();
        if resume.basics.name.is_none() {
            warn("missing_name", "No name was found. Please add it.");
        }
        if resume.basics.email.is_none() && resume.basics.phone.is_none() {
            warn("missing_contact", "Neither a mail address nor a telephone number was found. Please add one.");
        }
        if resume.work.is_empty() && resume.education.is_empty() {
            warn("missing_sections", "Neither work nor education was found. Please check how the document was read.");
        }
        if !resume.work.is_empty() && resume.work.iter().all(|work| work.start_date.is_none()) {
            warn("missing_dates", "No dates were found beside the work experience. Please add them.");
        }
        let undated = resume.work.iter().filter(|work| work.start_date.is_none()).count();
        if undated > 0 && undated < resume.work.len() {
            warn("some_dates_missing", "Some positions stand without a date. Please add when each began and ended.");
        }
        if document.pages.iter().any(is_interleaved) {
            warn(
                "columns_interleaved",
                "Two columns may have been read line by line into one another. Please check the order of the text.",
            );
        }
        if words < 50 {
            warn("low_text", "The document has very little readable text. A clearer copy may read better.");
        }
        if document.pages.iter().any(|page| !page.hidden.is_empty()) {
            warn("hidden_text", &hidden_text(document));
        }
        let unread = document.pages.iter().any(|page| page.needs_recognition && page.blocks.is_empty());
        if unread {
            warn("unreadable_page", "At least one page has no text that could be read.");
        }
    }
}

/// What is hidden, in a sentence: how many words, and why nobody sees them.
fn hidden_text(document: &Document) -> String {
    let hidden = || document.pages.iter().flat_map(|page| &page.hidden);
    let words: usize = hidden().map(|hidden| hidden.text.split_whitespace().count()).sum();
    let mut reasons: Vec<&str> = Vec::new();
    for hidden in hidden() {
        let reason = match hidden.reason.as_str() {
            "off_page" => "off the page",
            "no_contrast" => "in the colour of its background",
            "zero_size" => "too small to see",
            "invisible_mode" => "set to be invisible",
            "covered" => "under something else",
            "clipped" => "cut off",
            _ => "hidden",
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    format!(
        "The document has text that a reader cannot see ({words} {}, {}). It was left out.",
        if words == 1 { "word" } else { "words" },
        reasons.join(", ")
    )
}

/// Whether many lines of a page hold two sentences side by side: a gutter that was not found.
fn is_interleaved(page: &Page) -> bool {
    let lines = page.blocks.iter().flat_map(|block| &block.lines);
    let side_by_side = lines
        .filter(|line| {
            let text = line.text();
            // A form's label may be a sentence of its own.
            if text.split('\t').next().is_some_and(|label| fields::field(label).is_some()) {
                return false;
            }
            let parts: Vec<&str> = text.split('\t').filter(|part| part.split_whitespace().count() >= 4).collect();
            let sentences =
                |part: &&&str| part.split_whitespace().filter(|word| word.starts_with(char::is_lowercase)).count() >= 2;
            parts.len() >= 2 && parts.iter().filter(sentences).count() >= 2
        })
        .count();
    side_by_side >= 5
}

/// A name without the full stop of the sentence that it ends; an abbreviation (`Inc.`, `S.A.`) keeps its own.
fn without_full_stop(piece: &Piece) -> Piece {
    let text = piece.text().trim_end();
    match text.strip_suffix('.') {
        Some(name)
            if name
                .rsplit(char::is_whitespace)
                .next()
                .is_some_and(|last| last.chars().filter(|c| c.is_alphabetic()).count() >= 5 && !last.contains('.')) =>
        {
            piece.slice(0..name.len())
        }
        _ => piece.clone(),
    }
}

/// What a person should look at first: the fields that are least sure.
fn review(confidence: &BTreeMap<String, f32>) -> Vec<String> {
    const SURE: f32 = 0.7;
    let mut doubtful: Vec<(&String, f32)> =
        confidence.iter().map(|(pointer, sure)| (pointer, *sure)).filter(|(_, sure)| *sure < SURE).collect();
    doubtful.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(b.0)));
    doubtful.into_iter().map(|(pointer, _)| pointer.clone()).collect()
}

fn recognised_pages(document: &Document) -> usize {
    let recognised = |word: &vitae_document::Word| matches!(word.source, vitae_document::Source::Recognised { .. });
    document
        .pages
        .iter()
        .filter(|page| page.blocks.iter().flat_map(|block| &block.lines).flat_map(|line| &line.words).any(recognised))
        .count()
}

/// The document's language as ISO 639-1, where there is enough text to tell.
fn language(document: &Document) -> Option<String> {
    let text: String = document.text().chars().take(6_000).collect();
    let info = whatlang::detect(&text)?;
    use whatlang::Lang;
    let code = match info.lang() {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Dan => "da",
        Lang::Nob => "no",
        Lang::Fin => "fi",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Ron => "ro",
        Lang::Hun => "hu",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Ell => "el",
        Lang::Cat => "ca",
        Lang::Hrv => "hr",
        Lang::Bul => "bg",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Cmn => "zh",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        _ => return None,
    };
    (info.confidence() > 0.5 || info.is_reliable()).then(|| code.to_owned())
}
