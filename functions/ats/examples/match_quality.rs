//! How well job descriptions are understood: precision and recall of the skills that they require, on the hand-written
//! pairs of `tests/pairs`: `cargo run --example match_quality -- [--details]`.

#[path = "../tests/pairs/pairs.rs"]
mod pairs;

use std::io::Write as _;

fn main() -> anyhow::Result<()> {
    let details = std::env::args().any(|argument| argument == "--details");
    let mut out = std::io::stdout().lock();
    let mut lines = Vec::new();
    for (name, text) in pairs::FILES {
        let mut sum = pairs::Counts::default();
        for pair in pairs::read(text) {
            let counts = pair.judge();
            if details {
                for fault in &counts.faults {
                    writeln!(out, "{name} {}: {fault}", pair.name)?;
                }
            }
            sum.add(&counts);
        }
        let (precision, recall, held) = (sum.precision(), sum.recall(), sum.held_right());
        lines.push(format!(
            "| {name:11} | {:5} | {:6} | {precision:9.3} | {recall:6.3} | {held:9.3} |",
            sum.pairs, sum.expected
        ));
    }
    writeln!(out, "| set         | pairs | skills | precision | recall | held told |")?;
    writeln!(out, "| ----------- | ----: | -----: | --------: | -----: | --------: |")?;
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
