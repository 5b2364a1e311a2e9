//! The report on a CV, as the API gives it, in lines for a terminal.

use serde_json::Value;

/// Lines are broken at so many characters.
const WIDTH: usize = 100;
/// Of one finding so many places are shown.
const PLACES_SHOWN: usize = 3;

/// The report in lines: score, findings, job, round trip.
pub(crate) fn lines(report: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let score = &report["score"];
    lines.push(format!(
        "Score {} of 100 ({}), rules version {}",
        score["value"],
        words(&score["band"]),
        text(&score["version"])
    ));
    for part in list(&score["parts"]) {
        let value = part["score"].as_u64().map_or_else(|| "–".to_owned(), |score| score.to_string());
        let name = words(&part["part"]);
        wrap(&mut lines, &format!("  {name:<9}{value:>4}  weight {:<3} ", part["weight"]), text(&part["basis"]));
    }
    if !list(&report["findings"]).is_empty() {
        lines.push("Findings".to_owned());
    }
    for finding in list(&report["findings"]) {
        wrap(&mut lines, &format!("  {:<7} ", words(&finding["severity"])), text(&finding["detail"]));
        wrap(&mut lines, "          → ", text(&finding["fix"]));
        let evidence = list(&finding["evidence"]);
        for place in evidence.iter().take(PLACES_SHOWN) {
            let quoted = place["text"].as_str().map(|text| format!(": {text}")).unwrap_or_default();
            wrap(&mut lines, "          at ", &format!("{}{quoted}", text(&place["pointer"])));
        }
        let more = evidence.len().saturating_sub(PLACES_SHOWN);
        if more > 0 {
            lines.push(format!("          and {more} more"));
        }
    }
    if report["job"].is_object() {
        job(&mut lines, &report["job"]);
    }
    if report["proposals"].is_object() {
        proposals(&mut lines, &report["proposals"]);
    }
    lines
}

fn proposals(lines: &mut Vec<String>, proposals: &Value) {
    wrap(lines, "Proposals ", text(&proposals["detail"]));
    for item in list(&proposals["items"]) {
        wrap(lines, "  at      ", text(&item["pointer"]));
        wrap(lines, "  instead ", text(&item["before"]));
        wrap(lines, "        → ", text(&item["after"]));
    }
}

fn job(lines: &mut Vec<String>, job: &Value) {
    lines.push("Job description".to_owned());
    for (name, member) in [("required", "required"), ("preferred", "preferred"), ("mentioned", "mentioned")] {
        for (state, said) in [
            ("exact", "held"),
            ("stem", "held otherwise"),
            ("synonym", "held by another name"),
            ("injectable", "left out here"),
            ("missing", "missing"),
        ] {
            let terms: Vec<String> = (list(&job[member]).iter())
                .filter(|term| term["found"] == state)
                .map(|term| match (state, term["written_as"].as_str()) {
                    ("synonym", Some(written)) => format!("{} ({written})", text(&term["asked_as"])),
                    _ => text(&term["asked_as"]).to_owned(),
                })
                .collect();
            if !terms.is_empty() {
                wrap(lines, &format!("  {name}, {said}: "), &terms.join(", "));
            }
        }
    }
    for item in list(&job["knock_outs"]) {
        let head = format!("  {} ({}): ", words(&item["kind"]), words(&item["state"]));
        wrap(lines, &head, &format!("{} {}", text(&item["asked"]), text(&item["basis"])));
    }
}

/// What came back out of a file, in a line.
pub(crate) fn round_trip(report: &Value) -> Option<String> {
    let trip = &report["round_trip"];
    let fields = trip["recovered"].as_u64()? + trip["changed"].as_u64()? + trip["lost"].as_u64()?;
    let f1 = trip["f1"].as_f64().map(|f1| format!(", F1 {f1:.3}")).unwrap_or_default();
    Some(format!("{} of {fields} fields read back{f1}", trip["recovered"]))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A name of the API in words: `needs_work` is `needs work`.
fn words(value: &Value) -> String {
    text(value).replace('_', " ")
}

/// Adds a text behind a head, its further lines under its first.
fn wrap(lines: &mut Vec<String>, head: &str, text: &str) {
    let indent = head.chars().count().min(24);
    let mut line = head.to_owned();
    let mut fresh = true;
    for word in text.split_whitespace() {
        if !fresh && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    lines.push(line);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_reads_from_the_score_to_the_conditions() {
        let report = json!({
            "score": {"value": 71, "band": "needs_work", "version": "2", "parts": [
                {"part": "contact", "weight": 15, "score": 60, "basis": "Its findings."},
                {"part": "job", "weight": 30, "score": null, "basis": "No job description was given."}]},
            "findings": [{"id": "x", "severity": "high", "detail": "No mail address was found.", "fix": "Add one.",
                "evidence": [{"pointer": "/a", "text": "b"}, {"pointer": "/c"}, {"pointer": "/d"}, {"pointer": "/e"}]}],
            "job": {"required": [{"asked_as": "Kubernetes", "found": "synonym", "written_as": "k8s"}, {"asked_as": "Go", "found": "missing"}],
                "knock_outs": [{"kind": "years", "state": "not_shown", "asked": "5 years.", "basis": "The roles add up to 2.0 years."}]},
            "round_trip": {"recovered": 9, "changed": 1, "lost": 0, "f1": 0.95},
        });
        assert_eq!(
            lines(&report),
            [
                "Score 71 of 100 (needs work), rules version 2",
                "  contact    60  weight 15 Its findings.",
                "  job         –  weight 30 No job description was given.",
                "Findings",
                "  high    No mail address was found.",
                "          → Add one.",
                "          at /a: b",
                "          at /c",
                "          at /d",
                "          and 1 more",
                "Job description",
                "  required, held by another name: Kubernetes (k8s)",
                "  required, missing: Go",
                "  years (not shown): 5 years. The roles add up to 2.0 years.",
            ]
        );
        assert_eq!(round_trip(&report).as_deref(), Some("9 of 10 fields read back, F1 0.950"));
    }

    #[test]
    fn long_lines_break_between_words_under_their_head() {
        let mut lines = Vec::new();
        wrap(&mut lines, "head ", &["word"; 40].join(" "));
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert!(lines[1].starts_with("     word"));
    }
}
