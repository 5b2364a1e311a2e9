//! Telephone numbers in the form of ITU-T E.164.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region};

/// The number as `+` and digits, where its country is told: by its own prefix, else by what else the document says of
/// where the person lives. `None` where no country makes it a number of that country; it then stays as it is shown.
pub(crate) fn e164<'a>(
    shown: &str,
    place: Option<&str>,
    hosts: impl Iterator<Item = &'a String>,
    language: Option<&str>,
) -> Option<String> {
    // An extension has no place in the form.
    if shown.chars().any(char::is_alphabetic) {
        return None;
    }
    // "+44 (0)20": the trunk prefix is dialled at home only.
    let number = shown.replace("(0)", "");
    let written = |number: &PhoneNumber| number.format_as(PhoneNumberFormat::E164).into_owned();
    let international = number.trim_start().starts_with('+') || number.trim_start().starts_with("00");
    if international {
        let number = number.trim_start();
        let number = number.strip_prefix("00").map_or_else(|| number.to_owned(), |rest| format!("+{rest}"));
        return PhoneNumber::parse(&number, None).ok().map(|number| written(&number));
    }
    let mut countries: Vec<Region> = place.and_then(|code| code.parse().ok()).into_iter().collect();
    countries.extend(hosts.filter_map(|host| country_of_host(host)));
    if written_as_in_north_america(&number) {
        countries.push(Region::US);
    }
    countries.extend(language.and_then(country_of_language));
    countries.into_iter().find_map(|country| {
        PhoneNumber::parse(&number, Some(country)).ok().filter(PhoneNumber::is_valid).map(|number| written(&number))
    })
}

/// Whether a number with a prefix of its own country is one that this country gives out.
pub(crate) fn is_valid(international: &str) -> bool {
    PhoneNumber::parse(international, None).is_ok_and(|number| number.is_valid())
}

/// The country that a number's prefix names; of those that share one, the one that gives the number out, else the first.
pub(crate) fn country(international: &str) -> Option<String> {
    let number = PhoneNumber::parse(international, None).ok()?;
    let first = || PHONE_NUMBER_UTIL.get_region_for_country_code(number.country_code);
    number.get_region_code().or_else(first).map(|region| region.as_region_str().to_string())
}

/// The country of a mail or web address' last part.
fn country_of_host(address: &str) -> Option<Region> {
    let host = address.rsplit('@').next().unwrap_or(address);
    let host = host.rsplit("://").next().unwrap_or(host).split(['/', '?', '#', ':']).next()?;
    let last = host.trim_end_matches('.').rsplit('.').next()?;
    match last {
        "uk" => Some(Region::GB),
        // Sold to everybody.
        "io" | "co" | "me" | "ai" | "tv" | "cc" | "to" | "ly" | "gg" | "sh" => None,
        last if last.len() == 2 => last.to_uppercase().parse().ok(),
        _ => None,
    }
}

/// `(602) 555-0147`, `602-555-0147`, `602.555.0147`.
fn written_as_in_north_america(number: &str) -> bool {
    let groups: Vec<usize> =
        number.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|length| *length > 0).collect();
    groups == [3, 3, 4] || groups == [1, 3, 3, 4]
}

/// The country of a language that is written in one country above all.
fn country_of_language(language: &str) -> Option<Region> {
    match language {
        "de" => Some(Region::DE),
        "fr" => Some(Region::FR),
        "it" => Some(Region::IT),
        "nl" => Some(Region::NL),
        "pl" => Some(Region::PL),
        "sv" => Some(Region::SE),
        "tr" => Some(Region::TR),
        "da" => Some(Region::DK),
        "no" => Some(Region::NO),
        "fi" => Some(Region::FI),
        "cs" => Some(Region::CZ),
        "ja" => Some(Region::JP),
        "ko" => Some(Region::KR),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("+44 (0)20 7946 0018", None, "", None, Some("+442079460018"))]
    #[case("0049 30 901820", None, "", None, Some("+4930901820"))]
    #[case("030 901820", Some("DE"), "", None, Some("+4930901820"))]
    #[case("030 901820", None, "a@b.de", None, Some("+4930901820"))]
    #[case("06 12 34 56 78", None, "a@b.com", Some("fr"), Some("+33612345678"))]
    #[case("(212) 736-5000", None, "", Some("en"), Some("+12127365000"))]
    #[case("020 7946 0018", None, "a@b.io", Some("en"), None)]
    #[case("030 901820 ext 5", Some("DE"), "", None, None)]
    fn a_number_takes_the_country_that_the_document_names(
        #[case] shown: &str,
        #[case] place: Option<&str>,
        #[case] host: &str,
        #[case] language: Option<&str>,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(e164(shown, place, [host.to_owned()].iter(), language).as_deref(), expected);
    }
}
