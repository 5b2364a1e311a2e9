//! What is going on, how far it is and how long it takes: one line a step.
//!
//! On a terminal the line of the step under way moves. Elsewhere (CI, a pipe) each step prints a plain line when it
//! begins, one when it is done, and one now and then in between where it takes long.

use std::borrow::Cow;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a long step is reported where there is no terminal.
const PLAIN_INTERVAL: Duration = Duration::from_secs(30);

/// Tells the person at the terminal what is going on, on standard error.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    terminal: bool,
}

impl Progress {
    /// Draws moving lines on a terminal, plain ones elsewhere.
    pub(crate) fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal() }
    }

    /// Prints text that is to stay, above the line of the step under way.
    pub(crate) fn print(&self, text: &str) {
        let text = text.trim_end();
        if self.terminal { eprintln!("\r\u{1b}[K{text}") } else { eprintln!("{text}") }
    }

    /// Begins a step. It ends with [`Step::done`]; dropped before that, it leaves its line as the place of the failure.
    pub(crate) fn step(&self, title: impl Into<Cow<'static, str>>) -> Step {
        let title = title.into();
        let target = if self.terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if self.terminal {
            bar.set_style(style("{spinner:.cyan} {prefix} {wide_msg:.dim} {elapsed:>5.dim}"));
            bar.set_prefix(title.clone().into_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            eprintln!("{title} …");
        }
        let now = Instant::now();
        Step { title, bar, started: now, terminal: self.terminal, reported: Mutex::new(now), ended: false }
    }
}

/// A step under way.
#[derive(Debug)]
pub(crate) struct Step {
    title: Cow<'static, str>,
    bar: ProgressBar,
    started: Instant,
    terminal: bool,
    reported: Mutex<Instant>,
    ended: bool,
}

impl Step {
    /// Shows how far the step is.
    pub(crate) fn at(&self, position: u64, length: u64, detail: impl Into<Cow<'static, str>>) {
        self.report(|| format!("{position} of {length}"));
        if self.terminal && self.bar.length() != Some(length) {
            self.bar.set_style(style(
                "{spinner:.cyan} {prefix} [{bar:24.cyan/dim}] {pos}/{len} {wide_msg:.dim} {elapsed:>5.dim}",
            ));
            self.bar.set_length(length);
        }
        self.bar.set_position(position);
        self.bar.set_message(detail);
    }

    /// Ends the step well, with what came of it.
    pub(crate) fn done(mut self, detail: impl AsRef<str>) {
        self.end("\u{1b}[32m✓\u{1b}[0m", detail.as_ref());
    }

    /// Where nothing moves, a line now and then shows that the step is alive.
    fn report(&self, detail: impl Fn() -> String) {
        if self.terminal {
            return;
        }
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.elapsed() >= PLAIN_INTERVAL {
            *reported = Instant::now();
            eprintln!("{}: {} ({} s)", self.title, detail(), self.started.elapsed().as_secs());
        }
    }

    fn end(&mut self, mark: &str, detail: &str) {
        self.ended = true;
        self.bar.finish_and_clear();
        let seconds = self.started.elapsed().as_secs_f32();
        let (title, gap) = (&self.title, if detail.is_empty() { "" } else { " " });
        if self.terminal {
            eprintln!("{mark} {title}{gap}\u{1b}[2m{detail} ({seconds:.1} s)\u{1b}[0m");
        } else {
            eprintln!("{title}: done{gap}{detail} ({seconds:.1} s)");
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.ended {
            self.ended = true;
            self.bar.finish_and_clear();
            let seconds = self.started.elapsed().as_secs_f32();
            if self.terminal {
                eprintln!("\u{1b}[31m✗\u{1b}[0m {} \u{1b}[2m({seconds:.1} s)\u{1b}[0m", self.title);
            } else {
                eprintln!("{}: failed ({seconds:.1} s)", self.title);
            }
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
        .progress_chars("━╸ ")
}
