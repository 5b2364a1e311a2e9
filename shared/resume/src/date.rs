use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A date of the precision that a CV shows: a year, a month or a day. Written as ISO 8601 (`2021`, `2021-05`,
/// `2021-05-09`), as JSON Resume asks. Years run from 1900 to 2099.
///
/// Order is chronological; a coarser date sorts before the finer ones that it contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    /// A year alone, or `None` outside 1900..=2099.
    pub fn year(year: i16) -> Option<Self> {
        (1900..=2099).contains(&year).then_some(Self { year, month: None, day: None })
    }

    /// A month of a year, or `None` where there is no such month.
    pub fn month(year: i16, month: i8) -> Option<Self> {
        let date = Self::year(year)?;
        (1..=12).contains(&month).then_some(Self { month: Some(month), ..date })
    }

    /// A day, or `None` where the calendar has no such day.
    pub fn day(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = Self::month(year, month)?;
        jiff::civil::Date::new(year, month, day).ok()?;
        Some(Self { day: Some(day), ..date })
    }

    /// The year, 1900..=2099.
    pub fn year_of(self) -> i16 {
        self.year
    }

    /// The month, 1..=12, where the date has one.
    pub fn month_of(self) -> Option<i8> {
        self.month
    }

    /// The day of the month, where the date has one.
    pub fn day_of(self) -> Option<i8> {
        self.day
    }

    /// The first day that the date can mean.
    pub fn earliest(self) -> jiff::civil::Date {
        jiff::civil::date(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    /// The last day that the date can mean.
    pub fn latest(self) -> jiff::civil::Date {
        match self.day {
            Some(day) => jiff::civil::date(self.year, self.month.unwrap_or(12), day),
            None => jiff::civil::date(self.year, self.month.unwrap_or(12), 1).last_of_month(),
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// The text is no ISO 8601 date of year, month or day precision between 1900 and 2099.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date is written YYYY, YYYY-MM or YYYY-MM-DD, between 1900 and 2099")]
pub struct ParsePartialDateError;

impl FromStr for PartialDate {
    type Err = ParsePartialDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let widths: &[usize] = match text.len() {
            4 => &[4],
            7 => &[4, 2],
            10 => &[4, 2, 2],
            _ => return Err(ParsePartialDateError),
        };
        let parts: Vec<&str> = text.split('-').collect();
        let well_formed = parts.len() == widths.len()
            && parts
                .iter()
                .zip(widths)
                .all(|(part, width)| part.len() == *width && part.bytes().all(|b| b.is_ascii_digit()));
        if !well_formed {
            return Err(ParsePartialDateError);
        }
        let number = |i: usize| parts[i].parse::<i16>().map_err(|_| ParsePartialDateError);
        let date = match parts.len() {
            1 => Self::year(number(0)?),
            2 => Self::month(number(0)?, number(1)? as i8),
            _ => Self::day(number(0)?, number(1)? as i8, number(2)? as i8),
        };
        date.ok_or(ParsePartialDateError)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_keeps_the_precision_it_was_written_with() {
        for text in ["2021", "2021-05", "2021-05-09", "2024-02-29"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "21", "2021-5", "2021-13", "2021-02-30", "1899", "2100", "05/2021", "2021-05-", "+021", "2021/05"]
        {
            assert_eq!(text.parse::<PartialDate>(), Err(ParsePartialDateError), "{text}");
        }
    }

    #[test]
    fn a_month_spans_its_days() {
        let february: PartialDate = "2024-02".parse().unwrap();
        assert_eq!(february.earliest().to_string(), "2024-02-01");
        assert_eq!(february.latest().to_string(), "2024-02-29");
    }
}
