//! What a section measured, as a table to read and as JSON to compute with.

use std::fmt;

use serde_json::{Map, Value, json};

/// A bound within which a figure should be, and the figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure {
    value: f64,
    at_most: Option<f64>,
}

impl Figure {
    /// A figure that is only reported.
    pub(super) fn of(value: f64) -> Self {
        Self { value, at_most: None }
    }

    /// A figure that should be at most so much.
    pub(super) fn at_most(self, bound: f64) -> Self {
        Self { at_most: Some(bound), ..self }
    }

    fn is_missed(self) -> bool {
        self.at_most.is_some_and(|bound| self.value > bound)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.value)?;
        match self.at_most {
            None => Ok(()),
            Some(bound) => write!(f, " {} {bound}", if self.is_missed() { ">" } else { "≤" }),
        }
    }
}

/// What one section measured. Its [`Display`](fmt::Display) is a table in Markdown.
#[derive(Debug)]
pub(super) struct Table {
    /// The section's name on the command line.
    pub(super) name: &'static str,
    /// What was measured, and how, in a sentence.
    pub(super) about: String,
    /// What the rows are.
    pub(super) of: &'static str,
    /// The figures of each row, with their unit: `p50 ms`.
    pub(super) columns: &'static [&'static str],
    rows: Vec<(String, Vec<Figure>)>,
}

impl Table {
    /// An empty table.
    pub(super) fn new(
        name: &'static str,
        about: impl Into<String>,
        of: &'static str,
        columns: &'static [&'static str],
    ) -> Self {
        Self { name, about: about.into(), of, columns, rows: Vec::new() }
    }

    /// Adds a row of as many figures as there are columns.
    pub(super) fn row(&mut self, what: &str, figures: impl IntoIterator<Item = Figure>) {
        self.rows.push((what.to_owned(), figures.into_iter().collect()));
    }

    /// The figures by row and column.
    pub(super) fn json(&self) -> Value {
        let row = |figures: &[Figure]| -> Value {
            let named = self.columns.iter().zip(figures);
            named
                .map(|(name, figure)| (name.replace(' ', "_"), json!(rounded(figure.value))))
                .collect::<Map<_, _>>()
                .into()
        };
        self.rows.iter().map(|(what, figures)| (what.clone(), row(figures))).collect::<Map<_, _>>().into()
    }

    /// The figures that are beyond their bounds, such as `startup: ats p50 ms`.
    pub(super) fn missed(&self) -> Vec<String> {
        let figures = self.rows.iter().flat_map(|(what, figures)| {
            let named = self.columns.iter().zip(figures);
            named.filter(|(_, figure)| figure.is_missed()).map(move |(name, _)| (what, name))
        });
        figures.map(|(what, name)| format!("{}: {what} {name}", self.name)).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![vec![self.of.to_owned()]];
        lines[0].extend(self.columns.iter().map(|&column| column.to_owned()));
        for (what, figures) in &self.rows {
            let mut line = vec![what.clone()];
            line.extend(figures.iter().map(Figure::to_string));
            lines.push(line);
        }
        let width =
            |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default().max(4);
        let widths: Vec<usize> = (0..=self.columns.len()).map(width).collect();
        writeln!(f, "{}\n", self.about)?;
        for (at, line) in lines.iter().enumerate() {
            let (what, figures) = (&line[0], &line[1..]);
            write!(f, "| {what:<width$} |", width = widths[0])?;
            for (figure, width) in figures.iter().zip(&widths[1..]) {
                write!(f, " {figure:>width$} |")?;
            }
            writeln!(f)?;
            if at == 0 {
                write!(f, "| {} |", "-".repeat(widths[0]))?;
                for width in &widths[1..] {
                    write!(f, " {}: |", "-".repeat(width - 1))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

/// The value below which `percent` of the measured ones are, or which is that one itself: nearest rank.
pub(super) fn percentile(measured: &[f64], percent: usize) -> f64 {
    let mut sorted = measured.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let measured: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        assert_eq!(percentile(&measured, 50), 10.0);
        assert_eq!(percentile(&measured, 95), 19.0);
        assert_eq!(percentile(&measured, 99), 20.0);
        assert_eq!(percentile(&[7.0], 50), 7.0);
    }

    #[test]
    fn a_figure_beyond_its_bound_is_marked_and_named() {
        let mut table = Table::new("startup", "From start to work.", "function", &["p50 ms", "p99 ms"]);
        table.row("auth", [Figure::of(4.25).at_most(15.0), Figure::of(9.0)]);
        table.row("ats", [Figure::of(31.06).at_most(15.0), Figure::of(40.0)]);
        assert_eq!(
            table.to_string(),
            "From start to work.\n\n\
             | function |    p50 ms | p99 ms |\n\
             | -------- | --------: | -----: |\n\
             | auth     |  4.2 ≤ 15 |    9.0 |\n\
             | ats      | 31.1 > 15 |   40.0 |\n"
        );
        assert_eq!(table.missed(), ["startup: ats p50 ms"]);
        assert_eq!(table.json()["ats"], json!({"p50_ms": 31.06, "p99_ms": 40.0}));
    }
}
