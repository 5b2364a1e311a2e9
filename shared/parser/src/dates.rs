//! Dates and periods as CVs write them, in many tongues.
//!
//! A date keeps the precision that the page shows: a season or a quarter gives a year, never a month.

use std::ops::Range;

use vitae_resume::PartialDate;

use crate::gazetteer::{PRESENT, SEASONS, SINCE, UNTIL, Vocabulary, month};
use crate::text::fold;

/// A period, or a single date, found in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Period {
    /// First date; the only one of a single date.
    pub start: Option<PartialDate>,
    /// Last date.
    pub end: Option<PartialDate>,
    /// Whether it lasts until today.
    pub open: bool,
    /// Whether it is one date with no sign of a beginning or an end.
    pub single: bool,
}

/// A period with the bytes it takes up, with what belongs to it (brackets, a duration).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub period: Period,
    pub range: Range<usize>,
}

/// Every period in the text, from left to right.
///
/// `month_first` reads `03/04/2021` as the fourth of March.
pub(crate) fn find(text: &str, month_first: bool) -> Vec<Found> {
    let tokens = tokenise(text);
    let reader = Reader { tokens: &tokens, month_first };
    let mut found: Vec<Found> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        if let Some((period, next)) = reader.period_at(i) {
            let next = reader.after_duration(next);
            let mut range = tokens[i].range.start..tokens[next - 1].range.end;
            widen_over_brackets(text, &mut range);
            found.push(Found { period, range });
            i = next;
        } else {
            i += 1;
        }
    }
    found
}

/// Whether dates of the document with three numbers and slashes put the month first: one of them has a second number
/// that can only be a day.
pub(crate) fn puts_month_first<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let mut month_first = 0;
    let mut day_first = 0;
    for text in texts {
        let tokens = tokenise(text);
        for window in tokens.windows(5) {
            let [a, slash, b, slash2, year] = window else { continue };
            if slash.is('/') && slash2.is('/') && year.number.is_some_and(|y| y > 1900) {
                month_first += usize::from(b.number.is_some_and(|b| b > 12));
                day_first += usize::from(a.number.is_some_and(|a| a > 12));
            }
        }
    }
    month_first > day_first
}

#[derive(Debug)]
struct Token<'a> {
    text: &'a str,
    folded: String,
    range: Range<usize>,
    number: Option<i32>,
    space_before: bool,
}

impl Token<'_> {
    fn is(&self, mark: char) -> bool {
        self.text.len() == mark.len_utf8() && self.text.starts_with(mark)
    }

    fn is_dash(&self) -> bool {
        matches!(self.folded.as_str(), "-" | "~" | "→" | "➔" | ">" | "--")
    }

    fn digits(&self) -> usize {
        if self.number.is_some() { self.text.len() } else { 0 }
    }
}

/// Words, numbers and single marks. A dotted word keeps its dots out; a line is short, so nothing is cached.
fn tokenise(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut space_before = true;
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() || crate::text::is_invisible(c) {
            space_before = true;
            continue;
        }
        let mut end = start + c.len_utf8();
        let same: fn(char) -> bool = if c.is_ascii_digit() {
            |c| c.is_ascii_digit()
        } else if c.is_alphabetic() {
            |c| c.is_alphabetic() || matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}')
        } else {
            |_| false
        };
        while let Some((at, next)) = chars.peek().copied() {
            if !same(next) {
                break;
            }
            end = at + next.len_utf8();
            chars.next();
        }
        // A date that lost the gap before it: "ManufacturingSep 2008".
        if let Some(cut) = glued_month(&text[start..end]) {
            let middle = start + cut;
            tokens.push(Token {
                text: &text[start..middle],
                folded: fold(&text[start..middle]),
                range: start..middle,
                number: None,
                space_before,
            });
            space_before = true;
            tokens.push(Token {
                text: &text[middle..end],
                folded: fold(&text[middle..end]),
                range: middle..end,
                number: None,
                space_before,
            });
            space_before = false;
            continue;
        }
        let part = &text[start..end];
        let number = if c.is_ascii_digit() && part.len() <= 8 { part.parse().ok() } else { None };
        tokens.push(Token { text: part, folded: fold(part), range: start..end, number, space_before });
        space_before = false;
    }
    tokens
}

/// Where a capitalised month's name begins inside a word, right behind a small letter.
fn glued_month(word: &str) -> Option<usize> {
    let mut before = None;
    for (i, c) in word.char_indices() {
        if c.is_uppercase() && before.is_some_and(char::is_lowercase) && month(&fold(&word[i..])).is_some() {
            return Some(i);
        }
        before = Some(c);
    }
    None
}

/// One date: what it says, and whether a year stood in it.
#[derive(Debug, Clone, Copy)]
struct Point {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    /// For `2018/19`: the year after.
    second_year: Option<i16>,
    /// Written so that it cannot be anything but a date (a month's name, a four-digit year with a month).
    sure: bool,
}

impl Point {
    fn date(self) -> Option<PartialDate> {
        let year = self.year?;
        match (self.month, self.day) {
            (Some(month), Some(day)) => PartialDate::day(year, month, day).or_else(|| PartialDate::month(year, month)),
            (Some(month), None) => PartialDate::month(year, month),
            _ => PartialDate::year(year),
        }
    }
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    month_first: bool,
}

impl Reader<'_> {
    fn token(&self, i: usize) -> Option<&Token<'_>> {
        self.tokens.get(i)
    }

    /// Length in tokens of an entry of the vocabulary at `i`.
    fn phrase(&self, vocabulary: &Vocabulary, i: usize) -> usize {
        let mut words = Vec::new();
        let mut ends = Vec::new();
        let mut at = i;
        while let Some(token) = self.tokens.get(at).filter(|_| words.len() < 4) {
            if token.number.is_some() || (!token.text.chars().any(char::is_alphabetic) && !token.is('/')) {
                break;
            }
            // "t/m" is one word to the lists and three tokens here.
            if token.is('/') {
                at += 1;
                continue;
            }
            words.push(token.folded.trim_matches('\'').to_owned());
            at += 1;
            ends.push(at);
        }
        match vocabulary.longest_at(&words) {
            0 => 0,
            length => ends[length - 1] - i,
        }
    }

    fn period_at(&self, i: usize) -> Option<(Period, usize)> {
        let token = self.token(i)?;
        // A number inside a longer one (1.400, 3,900, 12:2019) or after a currency sign is no date.
        if i > 0 && !token.space_before {
            let before = &self.tokens[i - 1];
            if before.number.is_some() || matches!(before.text, "$" | "€" | "£" | "₹" | "₦" | "#" | "@" | "_") {
                return None;
            }
            // "GS-2003-11" is a grade, a form or a model: letters touch the number through a hyphen.
            let model = before.is('-')
                && !before.space_before
                && token.number.is_some()
                && i > 1
                && self.tokens[i - 2].text.chars().all(|c| c.is_ascii_uppercase())
                && month(&self.tokens[i - 2].folded).is_none();
            if model {
                return None;
            }
            let inside_number = matches!(before.text, "." | "," | ":" | "/" | "+")
                && i > 1
                && self.tokens[i - 2].number.is_some()
                && !before.space_before;
            if inside_number
                || (before.text.chars().all(char::is_alphabetic)
                    && before.text.chars().count() > 0
                    && token.number.is_some())
            {
                return None;
            }
        }
        let since = self.phrase(&SINCE, i);
        if since > 0
            && let Some((from, next)) = self.point(i + since)
            && from.year.is_some()
        {
            if let Some((period, after)) = self.range_from(from, next) {
                return Some((period, after));
            }
            // "ab", "da", "from" and the like open a period only before a date that is surely one.
            let strong = token.folded.len() > 3 || from.sure;
            if strong {
                return Some((Period { start: from.date(), end: None, open: true, single: false }, next));
            }
        }
        let until = self.phrase(&UNTIL, i);
        if until > 0
            && token.folded.len() >= 3
            && let Some((to, next)) = self.point(i + until)
            && to.year.is_some()
        {
            return Some((Period { start: None, end: to.date(), open: false, single: false }, next));
        }
        // A dash with nothing before it: only the end is shown.
        if token.is_dash()
            && i == 0
            && let Some((to, next)) = self.point(1)
            && to.year.is_some()
            && self.range_from(to, next).is_none()
        {
            return Some((Period { start: None, end: to.date(), open: false, single: false }, next));
        }
        let (from, next) = self.point(i)?;
        if let Some(found) = self.range_from(from, next) {
            return Some(found);
        }
        let date = from.date()?;
        if let Some(second) = from.second_year {
            let period = Period { start: Some(date), end: PartialDate::year(second), open: false, single: false };
            return Some((period, next));
        }
        Some((Period { start: Some(date), end: None, open: false, single: true }, next))
    }

    /// What follows a first date: a dash or a word for "until", then a date or a word for today.
    fn range_from(&self, from: Point, next: usize) -> Option<(Period, usize)> {
        let mut at = next;
        // "Mar 2020, present" and "(2019) – (2021)" keep their marks.
        if self.token(at).is_some_and(|t| t.is(',') || t.is(')') || t.is('.'))
            && self.token(at + 1).is_some_and(Token::is_dash)
        {
            at += 1;
        }
        let mut joined = 0;
        while self.token(at).is_some_and(Token::is_dash) && joined < 3 {
            at += 1;
            joined += 1;
        }
        if joined == 0 {
            let word = self.phrase(&UNTIL, at);
            if word > 0 {
                at += word;
                joined = 1;
            } else if let Some(token) = self.token(at)
                && token.folded == "and"
            {
                return None;
            }
        } else if self.token(at).is_some_and(|t| t.is('(')) {
            at += 1;
        } else {
            let word = self.phrase(&UNTIL, at);
            if word > 0 && (self.point(at + word).is_some() || self.phrase(&PRESENT, at + word) > 0) {
                at += word;
            }
        }
        let present = self.phrase(&PRESENT, at);
        if present > 0 && (joined > 0 || self.tokens[at].folded.len() > 2) {
            let start = from.date()?;
            return Some((Period { start: Some(start), end: None, open: true, single: false }, at + present));
        }
        if joined == 0 {
            return None;
        }
        let Some((mut to, after)) = self.point(at).or_else(|| self.short_year(from, at)) else {
            // "2019 –" with nothing behind it is open, if the dash ends the text.
            let nothing_follows = self.token(at).is_none_or(|t| t.is(')'));
            let start = from.date()?;
            return (nothing_follows && self.tokens[next..at].iter().any(Token::is_dash))
                .then_some((Period { start: Some(start), end: None, open: true, single: false }, at));
        };
        let mut from = from;
        if from.year.is_none() {
            from.year = to.year;
        }
        if to.year.is_none() {
            // "March 2020 – June" stays within the year.
            to.year = from.year;
        }
        if let Some(second) = to.second_year {
            to.year = Some(second);
        }
        let (start, end) = (from.date()?, to.date()?);
        if end.latest() < start.earliest() {
            return None;
        }
        Some((Period { start: Some(start), end: Some(end), open: false, single: false }, after))
    }

    /// `19` in `2016-19` and `08/16 – 09/19`.
    fn short_year(&self, from: Point, at: usize) -> Option<(Point, usize)> {
        let token = self.token(at)?;
        let year = from.year?;
        if token.digits() != 2
            || from.month.is_some()
            || self.token(at + 1).is_some_and(|t| !t.space_before && (t.is('/') || t.is('.')))
        {
            return None;
        }
        let full = year / 100 * 100 + i16::try_from(token.number?).ok()?;
        (full > year && full - year < 40)
            .then_some((Point { year: Some(full), month: None, day: None, second_year: None, sure: true }, at + 1))
    }

    fn point(&self, i: usize) -> Option<(Point, usize)> {
        let token = self.token(i)?;
        if token.is('(') && self.token(i + 1).is_some() {
            return None;
        }
        if token.number.is_some() { self.number_point(i) } else { self.word_point(i) }
    }

    fn year(&self, i: usize) -> Option<i16> {
        let token = self.token(i)?;
        let year = token.number.filter(|_| token.digits() == 4)?;
        (1940..=2049).contains(&year).then_some(year as i16)
    }

    /// A year of two digits after an apostrophe (`'19`) or, where the caller knows it must be one, without.
    fn apostrophe_year(&self, i: usize) -> Option<(i16, usize)> {
        let mark = self.token(i)?;
        if !matches!(mark.folded.as_str(), "'") {
            return None;
        }
        let year = self.token(i + 1)?;
        (year.digits() == 2 && !year.space_before).then(|| (century(year.number.unwrap_or(0)), i + 2))
    }

    /// A year, or the two that a winter has: `2018/19`.
    fn year_or_two(&self, i: usize) -> Option<(Point, usize)> {
        let year = self.year(i)?;
        let two = self.number_point(i).filter(|(point, _)| point.second_year.is_some());
        Some(two.unwrap_or((Point { year: Some(year), month: None, day: None, second_year: None, sure: true }, i + 1)))
    }

    /// Month names, seasons, quarters.
    fn word_point(&self, i: usize) -> Option<(Point, usize)> {
        let token = self.token(i)?;
        let mut at = i + 1;
        let skip_dot =
            |reader: &Self, at: usize| at + usize::from(reader.token(at).is_some_and(|t| t.is('.') && !t.space_before));
        if let Some(number) = month(&token.folded) {
            at = skip_dot(self, at);
            let mut day = None;
            // "March 3, 2020"
            if let Some(d) = self.token(at)
                && d.digits() <= 2
                && d.digits() > 0
            {
                // "May 5th, 2019"
                let ordinal = |t: &&Token<'_>| !t.space_before && matches!(&*t.folded, "st" | "nd" | "rd" | "th");
                let behind = at + 1 + usize::from(self.token(at + 1).as_ref().is_some_and(ordinal));
                let comma = self.token(behind).filter(|t| t.is(','));
                if self.year(behind).or_else(|| comma.and_then(|_| self.year(behind + 1))).is_some() {
                    day = d.number.filter(|n| (1..=31).contains(n)).map(|n| n as i8);
                    at = behind;
                }
            }
            while self.token(at).is_some_and(|t| t.is(',') || matches!(t.folded.as_str(), "de" | "del" | "of" | "di")) {
                at += 1;
            }
            // "Mar-2020" and "Mar/20"
            let glued_mark = self.token(at).is_some_and(|t| (t.is('-') || t.is('/')) && !t.space_before)
                && self.token(at + 1).is_some_and(|t| !t.space_before && t.digits() >= 2);
            let year_at = if glued_mark { at + 1 } else { at };
            if let Some(year) = self.year(year_at) {
                return Some((
                    Point { year: Some(year), month: Some(number), day, second_year: None, sure: true },
                    year_at + 1,
                ));
            }
            if let Some((year, next)) = self.apostrophe_year(at) {
                return Some((
                    Point { year: Some(year), month: Some(number), day: None, second_year: None, sure: true },
                    next,
                ));
            }
            let two_digits = self.token(year_at).filter(|t| t.digits() == 2);
            if let Some(short) = two_digits
                && (glued_mark || short.space_before)
                && self
                    .token(year_at + 1)
                    .is_none_or(|t| t.is_dash() || t.is(')') || t.is(',') || self.phrase(&UNTIL, year_at + 1) > 0)
            {
                let year = century(short.number.unwrap_or(0));
                return Some((
                    Point { year: Some(year), month: Some(number), day: None, second_year: None, sure: true },
                    year_at + 1,
                ));
            }
            // A month alone is a date only before a dash and a date that has the year ("Jun – Aug 2014").
            let before_range = self.token(at).is_some_and(|t| t.is_dash() || self.phrase(&UNTIL, at) > 0)
                && self.tokens[at..].iter().take(6).any(|t| t.digits() == 4);
            let after_range =
                i > 0 && self.tokens[i - 1].is_dash() && self.tokens[..i].iter().rev().take(6).any(|t| t.digits() == 4);
            // In many languages months are written small; then what follows the dash must be a month with its year.
            let small = || {
                self.token(at).is_some_and(Token::is_dash)
                    && self.token(at + 1).is_some_and(|t| month(&t.folded).is_some())
                    && self.word_point(at + 1).is_some_and(|(to, _)| to.year.is_some())
            };
            let capital = token.text.starts_with(char::is_uppercase);
            return (token.text.chars().count() >= 3
                && (capital && (before_range || after_range) || !capital && small()))
            .then_some((Point { year: None, month: Some(number), day: None, second_year: None, sure: false }, at));
        }
        if SEASONS.has_word(&token.folded) {
            while self
                .token(at)
                .is_some_and(|t| t.is(',') || matches!(t.folded.as_str(), "semester" | "term" | "de" | "of"))
            {
                at += 1;
            }
            return self.year_or_two(at);
        }
        if matches!(token.folded.as_str(), "q" | "h" | "ws" | "ss" | "sose" | "wise") {
            let quarter = self.token(at).filter(|t| t.digits() == 1 && !t.space_before).map_or(at, |_| at + 1);
            let quarter = quarter + usize::from(self.token(quarter).is_some_and(|t| t.is('/')));
            return self.year_or_two(quarter);
        }
        if token.folded == "'" {
            let (year, next) = self.apostrophe_year(i)?;
            let ends_range = i > 0 && self.tokens[i - 1].is_dash();
            return ends_range
                .then_some((Point { year: Some(year), month: None, day: None, second_year: None, sure: true }, next));
        }
        None
    }

    fn number_point(&self, i: usize) -> Option<(Point, usize)> {
        let token = self.token(i)?;
        let number = token.number?;
        let mark = |at: usize| {
            self.token(at)
                .filter(|t| t.is('/') || t.is('.') || t.is_dash())
                .filter(|t| self.token(at + 1).is_some_and(|n| n.number.is_some() && n.space_before == t.space_before))
        };
        let number_at = |at: usize| self.token(at).and_then(|t| t.number.map(|n| (n, t.digits())));
        if let Some(year) = self.year(i) {
            if self.token(i + 1).is_some_and(|t| !t.space_before && matches!(t.text, "%" | "+" | "€" | "$")) {
                return None;
            }
            // 2021-05-09, 2021.05, 2021/5
            if let Some(first) = mark(i + 1)
                && !first.space_before
                && let Some((m, digits)) = number_at(i + 2)
                && digits <= 2
            {
                if (1..=12).contains(&m) {
                    let month = m as i8;
                    if mark(i + 3).is_some_and(|t| !t.space_before && t.text == first.text)
                        && let Some((d, 1..=2)) = number_at(i + 4)
                        && (1..=31).contains(&d)
                    {
                        return Some((
                            Point {
                                year: Some(year),
                                month: Some(month),
                                day: Some(d as i8),
                                second_year: None,
                                sure: true,
                            },
                            i + 5,
                        ));
                    }
                    // 2010/11 in a CV is an academic year where the next number is the next year's.
                    let academic = digits == 2 && m == i32::from(year % 100) + 1 && first.is('/');
                    if !academic {
                        return Some((
                            Point { year: Some(year), month: Some(month), day: None, second_year: None, sure: true },
                            i + 3,
                        ));
                    }
                }
                if first.is('/') && digits == 2 {
                    let second = year / 100 * 100 + m as i16;
                    if second > year && second - year <= 8 {
                        return Some((
                            Point { year: Some(year), month: None, day: None, second_year: Some(second), sure: true },
                            i + 3,
                        ));
                    }
                }
            }
            if let Some(slash) = self.token(i + 1)
                && slash.is('/')
                && let Some(second) = self.year(i + 2)
                && second > year
                && second - year <= 8
            {
                return Some((
                    Point { year: Some(year), month: None, day: None, second_year: Some(second), sure: true },
                    i + 3,
                ));
            }
            return Some((Point { year: Some(year), month: None, day: None, second_year: None, sure: false }, i + 1));
        }
        if token.digits() > 2 || !(1..=31).contains(&number) {
            return None;
        }
        // "1 November 2016", "3. März 2020", "1er mars 2019"
        let mut at = i + 1;
        if self.token(at).is_some_and(|t| {
            (t.is('.') || matches!(t.folded.as_str(), "er" | "st" | "nd" | "rd" | "th" | "º" | "o")) && !t.space_before
        }) {
            at += 1;
        }
        if self.token(at).is_some_and(|t| matches!(t.folded.as_str(), "de" | "of")) {
            at += 1;
        }
        if let Some(word) = self.token(at)
            && month(&word.folded).is_some()
            && let Some((point, next)) = self.word_point(at)
            && point.year.is_some()
            && point.day.is_none()
        {
            return Some((Point { day: Some(number as i8), ..point }, next));
        }
        let first = mark(i + 1)?;
        let (second, second_digits) = number_at(i + 2)?;
        // 09.05.2021, 5/9/2021
        if second_digits <= 2
            && let Some(next) = mark(i + 3)
            && next.text == first.text
            && !first.is_dash() | (self.year(i + 4).is_some() && !first.space_before)
            && let Some(year) = self.year(i + 4)
        {
            let american = first.is('/') && (self.month_first || second > 12) && number <= 12;
            let (day, month) = if american { (second, number) } else { (number, second) };
            if (1..=12).contains(&month) && (1..=31).contains(&day) {
                return Some((
                    Point {
                        year: Some(year),
                        month: Some(month as i8),
                        day: Some(day as i8),
                        second_year: None,
                        sure: true,
                    },
                    i + 5,
                ));
            }
            return None;
        }
        // 05/2021, 05.2021, 5-2021
        if (1..=12).contains(&number)
            && let Some(year) = self.year(i + 2)
        {
            return Some((
                Point { year: Some(year), month: Some(number as i8), day: None, second_year: None, sure: true },
                i + 3,
            ));
        }
        // 05/21 – 06/23: two digits each, on both sides of a dash (or before a word for today)
        if first.is('/') && (1..=12).contains(&number) && second_digits == 2 && token.digits() == 2 {
            let after = i + 3;
            let opens = self.token(after).is_some_and(Token::is_dash)
                && (self.token(after + 2).is_some_and(|t| t.is('/')) || self.phrase(&PRESENT, after + 1) > 0);
            let closes = i >= 4 && self.tokens[i - 1].is_dash() && self.tokens[i - 3].is('/');
            if opens || closes {
                return Some((
                    Point {
                        year: Some(century(second)),
                        month: Some(number as i8),
                        day: None,
                        second_year: None,
                        sure: true,
                    },
                    after,
                ));
            }
        }
        // 06–08/2014
        if first.is_dash()
            && (1..=12).contains(&number)
            && second_digits <= 2
            && self.token(i + 3).is_some_and(|t| t.is('/') || t.is('.'))
            && self.year(i + 4).is_some()
        {
            return Some((
                Point { year: None, month: Some(number as i8), day: None, second_year: None, sure: false },
                i + 1,
            ));
        }
        None
    }

    /// Steps over a duration such as `(2 years 3 months)` or `· 3 yrs` behind a period.
    fn after_duration(&self, next: usize) -> usize {
        const UNITS: [&str; 38] = [
            "years", "year", "yrs", "yr", "y", "months", "month", "mos", "mo", "m", "jahre", "jahr", "monate", "monat",
            "ans", "an", "mois", "anos", "ano", "meses", "mes", "anni", "anno", "mesi", "mese", "jaar", "maanden",
            "maand", "lat", "lata", "rok", "miesiecy", "miesiace", "ar", "manader", "yil", "ay", "weeks",
        ];
        let mut at = next;
        let opener = self.token(at).is_some_and(|t| t.is('(') || t.is('·') || t.is('•') || t.is(',') || t.is('|'));
        at += usize::from(opener);
        let mut seen = false;
        while let (Some(number), Some(unit)) = (self.token(at), self.token(at + 1)) {
            if number.digits() == 0 || number.digits() > 2 || !UNITS.contains(&unit.folded.as_str()) {
                break;
            }
            seen = true;
            at += 2;
            if self.token(at).is_some_and(|t| {
                t.is(',') || t.is('.') || matches!(t.folded.as_str(), "and" | "und" | "et" | "y" | "e")
            }) {
                at += 1;
            }
        }
        if !seen {
            return next;
        }
        at + usize::from(self.token(at).is_some_and(|t| t.is(')')))
    }
}

/// The year that two digits mean: up to 40 this century.
fn century(digits: i32) -> i16 {
    let digits = digits.clamp(0, 99) as i16;
    if digits <= 40 { 2000 + digits } else { 1900 + digits }
}

fn widen_over_brackets(text: &str, range: &mut Range<usize>) {
    let before = text[..range.start].trim_end();
    let inside = &text[range.clone()];
    if before.ends_with('(') && inside.ends_with(')') && !inside.contains('(') {
        range.start = before.len() - 1;
        return;
    }
    let after = &text[range.end..];
    let after_trimmed = after.trim_start();
    if let (Some(open), Some(close)) = (before.chars().next_back(), after_trimmed.chars().next())
        && matches!((open, close), ('(', ')') | ('[', ']'))
    {
        range.start = before.len() - 1;
        range.end += after.len() - after_trimmed.len() + 1;
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> String {
        let show = |date: Option<PartialDate>| date.map_or_else(|| "?".to_owned(), |d| d.to_string());
        find(text, false)
            .iter()
            .map(|found| {
                let period = found.period;
                if period.single {
                    show(period.start)
                } else if period.open {
                    format!("{}..", show(period.start))
                } else {
                    format!("{}..{}", show(period.start), show(period.end))
                }
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[rstest]
    #[case("Jan 2020 – Present", "2020-01..")]
    #[case("01/2020–03/2022", "2020-01..2022-03")]
    #[case("2016-08 — heute", "2016-08..")]
    #[case("Summer 2019", "2019")]
    #[case("2018/19", "2018..2019")]
    #[case("2018/2019", "2018..2019")]
    #[case("Since 2021", "2021..")]
    #[case("Seit 03.2019", "2019-03..")]
    #[case("depuis septembre 2018", "2018-09..")]
    #[case("Sept. ’19 – Dec. ’21", "2019-09..2021-12")]
    #[case("Sept. 2013 – July 2016", "2013-09..2016-07")]
    #[case("June 2012 to August 2014", "2012-06..2014-08")]
    #[case("09.05.2021 bis 30.11.2022", "2021-05-09..2022-11-30")]
    #[case("2021-05-09", "2021-05-09")]
    #[case("1 November 2016", "2016-11-01")]
    #[case("March 3, 2020", "2020-03-03")]
    #[case("feb. 2019 - actualidad", "2019-02..")]
    #[case("março de 2018 até o momento", "2018-03..")]
    #[case("de enero de 2015 a marzo de 2017", "2015-01..2017-03")]
    #[case("de 2015 à 2018", "2015..2018")]
    #[case("du 01/09/2015 au 31/08/2018", "2015-09-01..2018-08-31")]
    #[case("gennaio 2014 - oggi", "2014-01..")]
    #[case("październik 2015 – obecnie", "2015-10..")]
    #[case("maj 2010 - augusti 2012", "2010-05..2012-08")]
    #[case("Ocak 2015 – halen", "2015-01..")]
    #[case("mei 2011 t/m heden", "2011-05..")]
    #[case("Jun – Aug 2014", "2014-06..2014-08")]
    #[case("06–08/2014", "2014-06..2014-08")]
    #[case("03/19 – 11/21", "2019-03..2021-11")]
    #[case("2016-19", "2016..2019")]
    #[case("2019 –", "2019..")]
    #[case("- 2009", "?..2009")]
    #[case("bis 2009", "?..2009")]
    #[case("2019—Now", "2019..")]
    #[case("2019–présent", "2019..")]
    #[case("(2012 - 2015)", "2012..2015")]
    #[case("Q3 2020", "2020")]
    #[case("Jan-2020 to Mar-2021", "2020-01..2021-03")]
    #[case("Mar 2020 - Feb 2022 (2 years)", "2020-03..2022-02")]
    #[case("Acme, Paris, 2011", "2011")]
    #[case("feb. – juli 2011", "2011-02..2011-07")]
    #[case("mars – mai 2020", "2020-03..2020-05")]
    #[case("2016-08 — heute", "2016-08..")]
    #[case("Since 2021", "2021..")]
    #[case("Seit Mai 2020", "2020-05..")]
    #[case("Sept. '19 – Dec. '20", "2019-09..2020-12")]
    #[case("Winter 2018/19", "2018..2019")]
    #[case("WS 2018/19 – SS 2020", "2018..2020")]
    #[case("1st March 2020 – 3rd June 2021", "2020-03-01..2021-06-03")]
    #[case("May 5th, 2019", "2019-05-05")]
    #[case("2019.03 - 2020.12", "2019-03..2020-12")]
    #[case("03/2014 →", "2014-03..")]
    #[case("von 09/2012 bis 02/2015", "2012-09..2015-02")]
    #[case("de enero de 2010 a marzo de 2012", "2010-01..2012-03")]
    #[case("du 1er mars 2018 au 30 juin 2019", "2018-03-01..2019-06-30")]
    #[case("יוני 2014 – היום", "2014-06..")]
    #[case("يناير 2020 – حتى الآن", "2020-01..")]
    #[case("март 2016 — настоящее время", "2016-03..")]
    #[case("říjen 2015 – dosud", "2015-10..")]
    #[case("kesäkuu 2012 – elokuu 2014", "2012-06..2014-08")]
    #[case("12 Jan. 2020 until now", "2020-01-12..")]
    #[case("Q1/2019 - Q4/2020", "2019..2020")]
    #[case("2019 bis jetzt", "2019..")]
    #[case("Class of 2019", "2019")]
    #[case("Nov 2018 - Present · 3 yrs 2 mos", "2018-11..")]
    #[case("2009 to 2011", "2009..2011")]
    #[case("08.2019 – ", "2019-08..")]
    #[case("Ab 01.10.2021", "2021-10-01..")]
    #[case("1/5/2019–30/9/2020", "2019-05-01..2020-09-30")]
    #[case("Head of ManufacturingSep 2008 - Apr 2013", "2008-09..2013-04")]
    fn forms_that_cvs_use_are_read(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(read(text), expected, "{text}");
    }

    #[rstest]
    #[case("a department with a $2019 budget")]
    #[case("1.400 personas, 3,900 employees, 11,000 specimens")]
    #[case("+44 7700 900365")]
    #[case("ISO9001 and 21 CFR 820")]
    #[case("May the force be with you")]
    #[case("180,000-square-foot plant")]
    fn numbers_that_are_no_dates_are_left_alone(#[case] text: &str) {
        assert_eq!(read(text), "", "{text}");
    }

    #[test]
    fn a_period_takes_its_brackets_and_its_duration_along() {
        let text = "Acme (Jan 2020 – Feb 2022 · 2 yrs 2 mos) Bremen";
        let found = find(text, false);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].range.clone()], "(Jan 2020 – Feb 2022 · 2 yrs 2 mos)");
    }

    #[test]
    fn an_american_document_puts_the_month_first() {
        assert!(puts_month_first(["03/25/2021", "04/05/2021"].into_iter()));
        assert_eq!(find("04/05/2021", true)[0].period.start.map(|d| d.to_string()).as_deref(), Some("2021-04-05"));
    }

    #[test]
    fn a_period_that_ends_before_it_starts_is_no_period() {
        assert_eq!(read("2020 - 2018"), "2020 2018");
    }
}
