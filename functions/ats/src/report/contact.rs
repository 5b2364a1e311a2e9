//! Name, mail, telephone, place and links.

use vitae_resume::Resume;

use super::{Finding, Part, Severity, finding, is_filled};

/// Networks on which people have pages.
const NETWORKS: [&str; 8] = [
    "linkedin.com",
    "github.com",
    "gitlab.com",
    "xing.com",
    "behance.net",
    "dribbble.com",
    "orcid.org",
    "stackoverflow.com",
];

pub(super) fn look(resume: &Resume, findings: &mut Vec<Finding>) {
    let basics = &resume.basics;
    let mut say = |id, severity, detail: &str, fix: &str| {
        findings.push(finding(id, Part::Contact, severity, detail, fix));
    };
    if !is_filled(&basics.name) {
        say("name_missing", Severity::High, "No name was found.", "Put your full name alone on the first line.");
    }
    if !is_filled(&basics.email) {
        say(
            "email_missing",
            Severity::High,
            "No mail address was found.",
            "Put your mail address under your name, as text.",
        );
    }
    if !is_filled(&basics.phone) {
        say("phone_missing", Severity::Medium, "No telephone number was found.", "Add a number with its country code.");
    }
    if basics.url.is_none() && basics.profiles.is_empty() {
        say(
            "links_missing",
            Severity::Low,
            "No link to a profile or a site was found.",
            "Add the address of a profile or of your own site, written out.",
        );
    }
    let place = basics.location.as_ref().and_then(crate::sheet::place);
    if place.is_none() {
        say("place_missing", Severity::Low, "No place of residence was found.", "Add your city and country.");
    }
    if let Some(phone) = basics.phone.as_deref().filter(|phone| !phone.trim().is_empty()) {
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        // E.164 numbers have at most 15 digits, national ones at least 5.
        if !(5..=15).contains(&digits) {
            findings.push(
                finding(
                    "phone_implausible",
                    Part::Contact,
                    Severity::Medium,
                    format!("The telephone number has {digits} digits; numbers have 5 to 15."),
                    "Check the number.",
                )
                .at("/basics/phone", Some(phone)),
            );
        }
    }
    let profiles = basics.profiles.iter().enumerate();
    let links =
        profiles.filter_map(|(i, profile)| Some((format!("/basics/profiles/{i}/url"), profile.url.as_deref()?)));
    for (pointer, link) in links.chain(basics.url.as_deref().map(|url| ("/basics/url".to_owned(), url))) {
        let bare = link.trim().trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
        let nowhere = !host.contains('.') || bare.contains(char::is_whitespace);
        // The front page of a network is nobody's profile.
        let nobodys = path.is_empty() && NETWORKS.contains(&host.to_lowercase().as_str());
        if nowhere || nobodys {
            findings.push(
                finding(
                    "link_incomplete",
                    Part::Contact,
                    Severity::Medium,
                    if nobodys {
                        "A link leads to a network's front page, not to you."
                    } else {
                        "A link leads nowhere."
                    },
                    "Write the whole address out, as your browser shows it.",
                )
                .at(pointer, Some(link)),
            );
        }
    }
    if let Some(email) = basics.email.as_deref().map(str::trim).filter(|email| !email.is_empty()) {
        let plausible = email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !email.contains(char::is_whitespace)
        });
        if !plausible {
            findings.push(
                finding(
                    "email_implausible",
                    Part::Contact,
                    Severity::High,
                    "The mail address cannot be one.",
                    "Check the address.",
                )
                .at("/basics/email", Some(email)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::tests::{CV, ids, look};

    #[test]
    fn each_missing_way_to_reach_the_person_is_named() {
        let report = look(r#"{"work":[{"name":"Acme"}]}"#, None);
        for id in ["name_missing", "email_missing", "phone_missing", "links_missing", "place_missing"] {
            assert!(ids(&report).contains(&id), "{id}");
        }
    }

    #[test]
    fn contact_data_that_cannot_be_right_is_pointed_at() {
        let report = look(&CV.replace("ada@example.org", "ada at example").replace("+47 21 00 00 00", "123"), None);
        assert_eq!(ids(&report), ["email_implausible", "phone_implausible"]);
        assert_eq!(report.findings[1].evidence[0].pointer, "/basics/phone");
    }

    #[test]
    fn a_link_that_leads_to_nobody_is_pointed_at() {
        for link in ["https://www.linkedin.com/", "github.com", "my site"] {
            let report = look(&CV.replace("https://ada.example", link), None);
            assert_eq!(ids(&report), ["link_incomplete"], "{link}");
            assert_eq!(report.findings[0].evidence[0].pointer, "/basics/url");
        }
    }
}
