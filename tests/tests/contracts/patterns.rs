//! What the patterns of the OpenAPI document allow in a brand is what the service takes: nothing more, so that a client
//! that validates is not surprised, and nothing less, so that nobody is kept from what they may.

use rebound_domain::fragments::{BrandDraft, LinkDraft, SettingsDraft};
use regex::Regex;

/// The pattern of a member of a component.
fn pattern(component: &str, member: &str) -> Regex {
    let document = serde_json::to_value(rebound_api_rest::openapi()).unwrap();
    Regex::new(document["components"]["schemas"][component]["properties"][member]["pattern"].as_str().unwrap()).unwrap()
}

fn is_taken(brand: BrandDraft) -> bool {
    let mut errors = Vec::new();
    SettingsDraft { brand: Some(brand), ..SettingsDraft::default() }.check(&mut errors);
    errors.is_empty()
}

#[test]
fn each_character_of_a_brand_is_allowed_and_taken_or_neither() {
    let (name, signoff, text) = (pattern("Brand", "name"), pattern("Brand", "signoff"), pattern("BrandLink", "text"));
    let places = ["*", "a*b", "*a", "a*", "a*\nb", "a\r*b", "a*\n", "*\r\n\n*"];
    for character in '\0'..='\u{ffff}' {
        // The others are no spaces and end no lines.
        let is_plain = character.is_alphanumeric() && !character.is_ascii();
        for place in if is_plain { &places[..1] } else { &places[..] } {
            let sent = place.replace('*', &character.to_string());
            let taken = is_taken(BrandDraft { name: Some(sent.clone()), ..BrandDraft::default() });
            assert_eq!(name.is_match(&sent), taken, "name {sent:?}");
            let taken = is_taken(BrandDraft { signoff: Some(sent.clone()), ..BrandDraft::default() });
            assert_eq!(signoff.is_match(&sent), taken, "signoff {sent:?}");
            let link = LinkDraft { text: Some(sent.clone()), url: Some("https://a.example".to_owned()) };
            let taken = is_taken(BrandDraft { link: Some(link), ..BrandDraft::default() });
            assert_eq!(text.is_match(&sent), taken, "link {sent:?}");
        }
    }
}
