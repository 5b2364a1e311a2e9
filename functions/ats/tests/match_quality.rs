//! The skills that job descriptions require are found, and nothing else is called so.
#![allow(clippy::expect_used, reason = "what is missing here fails the test")]

#[path = "pairs/pairs.rs"]
mod pairs;

/// What each set of pairs must reach, in precision and in recall.
const LEAST: f64 = 0.9;

#[test]
fn required_skills_are_found_and_nothing_else_is_called_required() {
    let mut all = 0;
    for (name, text) in pairs::FILES {
        let mut sum = pairs::Counts::default();
        for pair in pairs::read(text) {
            let counts = pair.judge();
            eprintln!("{name} {}: {:?}", pair.name, counts.faults);
            sum.add(&counts);
        }
        all += sum.pairs;
        assert!(sum.precision() >= LEAST, "{name}: precision {:.3}", sum.precision());
        assert!(sum.held_right() >= LEAST, "{name}: what the CV holds is told rightly of {:.3}", sum.held_right());
        assert!(sum.recall() >= LEAST, "{name}: recall {:.3}", sum.recall());
    }
    assert!(all >= 60, "{all} pairs");
}
