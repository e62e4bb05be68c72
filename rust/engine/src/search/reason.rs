//! Why a track answers a query, in words.

use segue_search::{Language, Query};

use super::named::Name;

/// What is worth a word.
const FULFILLED: f32 = 0.5;

/// What of a query a track fulfils: `piano, calm; no voice`.
pub(super) fn reason(query: &Query, wants: &[f32], name: Option<Name>, left: bool) -> String {
    let fulfilled = |negated: bool| {
        let wants = query.wants.iter().zip(wants);
        let labels = wants.filter(|(want, value)| want.negated == negated && **value >= FULFILLED);
        let mut labels: Vec<&str> =
            labels.map(|(want, _)| want.label.as_str()).filter(|label| !label.is_empty()).collect();
        let mut seen = std::collections::HashSet::new();
        labels.retain(|label| seen.insert(*label));
        labels
    };
    let by = match name {
        Some(Name::Title) => "by its title",
        Some(Name::Artist) => "by its artist",
        Some(Name::Album) => "by its album",
        None if left => "by some words of its names",
        None => "",
    };
    let without = without(query.language);
    let not: Vec<String> = fulfilled(true).into_iter().map(|label| format!("{without} {label}")).collect();
    let parts = [by.to_owned(), fulfilled(false).join(", "), not.join(", ")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// What says that something is not there, in the language of the labels.
fn without(language: Language) -> &'static str {
    match language {
        Language::English => "no",
        Language::German => "ohne",
        Language::French => "sans",
        Language::Spanish => "sin",
        Language::Italian => "senza",
        Language::Portuguese => "sem",
        Language::Dutch => "zonder",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use segue_search::{Meaning, Network, Want};

    #[test]
    fn a_reason_says_what_is_there_what_is_not_and_by_which_name() {
        let want = |label: &str, negated| Want {
            label: label.to_owned(),
            negated,
            ..Want::new(Meaning::Tag(Network::Mtt, 0))
        };
        let query = Query {
            wants: vec![want("piano", false), want("calm", false), want("voice", true), want("piano", false)],
            ..Query::default()
        };
        assert_eq!(reason(&query, &[0.9, 0.6, 0.8, 0.9], None, false), "piano, calm; no voice");
        assert_eq!(reason(&query, &[0.9, 0.4, 0.1, 0.2], Some(Name::Title), true), "by its title; piano");
        assert_eq!(reason(&query, &[0.0, f32::NAN, 0.8], None, true), "by some words of its names; no voice");
        let german = Query { language: Language::German, ..query };
        assert_eq!(reason(&german, &[0.0, 0.0, 0.8, 0.0], None, false), "ohne voice");
        assert_eq!(reason(&german, &[], None, false), "");
    }
}
