//! CVs without headings: what kind of entry stands under the top is told by the entries' own words.

use std::collections::HashMap;

use crate::entries::{self, Entry};
use crate::gazetteer::SectionKind;
use crate::lines::Line;
use crate::roles::{degree_score, school_score, title_score};
use crate::sections::{Section, Sections};

/// Where no heading opens work or education, gives the dated lines of the top to sections by what they say.
pub(crate) fn infer(sections: &mut Sections, month_first: bool) {
    let known = |kind| sections.of_kind(kind).next().is_some();
    if known(SectionKind::Work) || known(SectionKind::Education) {
        return;
    }
    let dated: Vec<usize> = (0..sections.top.len())
        .filter(|i| !entries::heading_dates(&sections.top[*i], month_first).is_empty())
        .collect();
    let Some(first) = dated.iter().copied().find(|i| *i > 0) else { return };
    // The first entry begins at its date, or at the lines right above it that are not set apart.
    let mut start = first;
    while start > 1
        && sections.top[start - 1].gap < 5.0
        && !sections.top[start - 1].text().contains('@')
        && sections.top[start].gap < 0.5
        && first - start < 3
    {
        start -= 1;
    }
    let rest: Vec<Line> = sections.top.split_off(start);
    let found = entries::split(&rest, month_first);
    let mut runs: Vec<SectionKind> = Vec::new();
    let mut run_of_word: HashMap<u32, usize> = HashMap::new();
    for entry in &found {
        let kind = kind_of(entry);
        if runs.last() != Some(&kind) {
            runs.push(kind);
        }
        run_of_word.extend(entry_words(entry).into_iter().map(|word| (word, runs.len() - 1)));
    }
    // Each line goes to the run that its words are in; lines before any run stay with the first.
    let mut current = 0;
    let mut gathered: Vec<Section> =
        runs.iter().map(|kind| Section { kinds: vec![*kind], confidence: 0.45, ..Section::default() }).collect();
    for line in rest {
        if let Some(word) = line.piece.words().next()
            && let Some(run) = run_of_word.get(&word)
        {
            current = *run;
        }
        if let Some(section) = gathered.get_mut(current) {
            section.lines.push(line);
        }
    }
    sections.sections.extend(gathered);
}

fn kind_of(entry: &Entry) -> SectionKind {
    let best =
        |score: fn(&str) -> f32| entry.fragments.iter().map(|fragment| score(fragment.text())).fold(-1.0_f32, f32::max);
    let study = best(degree_score).max(best(school_score));
    if study > 1.5 && best(title_score) < 1.5 { SectionKind::Education } else { SectionKind::Work }
}

fn entry_words(entry: &Entry) -> Vec<u32> {
    let mut words: Vec<u32> = entry.fragments.iter().flat_map(|fragment| fragment.piece.words()).collect();
    words.extend(entry.period.iter().flat_map(|(_, piece)| piece.words()));
    words.extend(entry.body.iter().flat_map(|item| item.piece.words()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Pages;
    use crate::testing;

    #[test]
    fn entries_without_headings_find_their_kind() {
        let document = testing::document(&[
            "# **Ada Byron**",
            "ada@example.org",
            "",
            "**Software Engineer**, Acme Ltd\t2019 – 2021",
            "• Wrote a great many tests for the billing",
            "",
            "**University of Somewhere**, BSc Physics\t2010 – 2013",
        ]);
        let pages = Pages::of(&document);
        let mut sections = Sections::of(&pages);
        infer(&mut sections, false);
        let kinds: Vec<_> = sections.sections.iter().map(|section| section.kinds[0]).collect();
        assert_eq!(kinds, [SectionKind::Work, SectionKind::Education]);
        assert_eq!(sections.top.len(), 2);
    }
}
