//! How drafts are read: through disguises and denials, with places that fit, whatever the text.

use proptest::prelude::*;
use rebound_domain::context::{ContextSeed, Draft};
use rebound_domain::drafts::{Code, MAX_FINDINGS, Profile, find};
use serde::de::DeserializeSeed;

fn codes(text: &str) -> Vec<Code> {
    find(text, Profile::CandidateReply, None).into_iter().map(|one| one.code).collect()
}

#[test]
fn swear_words_are_seen_through_their_disguise_and_innocent_words_are_not_suspected() {
    let disguised =
        ["f**k", "sh1t", "b!tch", "f u c k", "fuuuuck", "fυck", "a$$hole", "F.U.C.K", "motherf***er", "bullsh*t"];
    for word in disguised {
        assert!(codes(&format!("Thanks, {word} this.")).contains(&Code::Profanity), "{word}");
    }
    let innocent = "Scunthorpe cocktail class assessment analyst Hancock Fuchs shiitake Essex Penistone cum laude A* \
                    co-op e.g. C++ f-string 5* i18n naïve";
    for word in innocent.split_whitespace() {
        assert!(!codes(&format!("Thank you for the {word} talk.")).contains(&Code::Profanity), "{word}");
    }
}

#[test]
fn apostrophes_inflections_and_denials_are_read() {
    for text in ["You're an idiot.", "You’re an idiot.", "YOU ARE IDIOTS", "You were being idiotic."] {
        assert!(codes(text).contains(&Code::Hostility), "{text}");
    }
    for text in [
        "Thank you. You are not an idiot.",
        "Thank you. I never said that you were idiots.",
        "Thank you. We killed it in the exercise before the deadline.",
        "Thank you for the threat model and the talk on the attack surface.",
    ] {
        assert_eq!(codes(text), [], "{text}");
    }
}

#[test]
fn what_nobody_sees_hides_nothing() {
    for text in ["You are i\u{200b}diots.", "You are idi\u{ad}ots.", "You are \u{456}diots.", "You are \u{ee}diots."] {
        let found = find(text, Profile::CandidateReply, None);
        let hostile = found.iter().find(|one| one.code == Code::Hostility).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(hostile.place, 0..text.chars().count() - 1, "{text}");
    }
    // Letters of another language are not ours.
    assert_eq!(codes("Спасибо за встречу. Thank you."), []);
}

#[test]
fn places_count_characters_and_not_bytes() {
    let text = "🙏 Žižek sagte: naïve. You are idiots, Zoë.";
    let found = find(text, Profile::CandidateReply, None);
    let hostile = found.iter().find(|one| one.code == Code::Hostility).unwrap();
    let words: String = text.chars().skip(hostile.place.start).take(hostile.place.len()).collect();
    assert_eq!(words, "You are idiots");
}

#[test]
fn a_hint_counts_for_nothing_where_somebody_thanks() {
    assert!(codes("Congratulations on the choice. Great job, everyone.").contains(&Code::Sarcasm));
    assert_eq!(codes("Congratulations on the choice. Thank you for the kind words."), []);
}

#[test]
fn a_denial_ends_where_somebody_else_acts() {
    let threat = "If the deposit is not back by Monday I go to the police.";
    assert!(codes(threat).contains(&Code::Threat));
    assert!(!codes("Thank you. I would never go to the press with this.").contains(&Code::Threat));
}

#[test]
fn titles_in_quotation_marks_do_not_mock() {
    assert!(codes("I enjoyed reading your \"reasons\" again.").contains(&Code::Sarcasm));
    assert!(!codes("Thank you for your \"Second Spring\" tour.").contains(&Code::Sarcasm));
}

/// The words that are marked for a code.
fn marked(text: &str, code: Code) -> Vec<String> {
    let found = find(text, Profile::CandidateReply, None).into_iter().filter(|one| one.code == code);
    found.map(|one| text.chars().skip(one.place.start).take(one.place.len()).collect()).collect()
}

#[test]
fn a_word_is_marked_as_a_word_an_insult_as_its_clause_and_a_condition_with_its_sentence() {
    assert_eq!(marked("Sorry, what a load of shit that was.", Code::Profanity), ["shit"]);
    assert_eq!(marked("Honestly, you people are idiots, and I mean it.", Code::Hostility), ["you people are idiots"]);
    let threat = "If the deposit is not back by Monday, I go to the police";
    assert_eq!(marked(&format!("Hello. {threat}."), Code::Threat), [threat]);
    let plea = "I beg you, take me back, I will do anything";
    assert_eq!(marked(&format!("Hello. {plea}."), Code::Pleading), [plea]);
}

#[test]
fn names_and_warm_words_accuse_nobody() {
    for text in [
        "Thank you, and Dick Butkus was a fine guide.",
        "Thank you, and I respect your decision. I expect you to have had little choice.",
        "You let me down gently. Thank you.",
    ] {
        assert_eq!(codes(text), [], "{text}");
    }
    let gap = "Thank you, I respect the decision. Greetings to lorem ipsum.";
    assert_eq!(codes(gap), [Code::Placeholder]);
    assert!(codes("You let me down. Goodbye.").contains(&Code::Blame));
    assert!(codes("Thanks. What a dick move.").contains(&Code::Profanity));
}

#[test]
fn who_names_something_of_ones_own_asks_for_something() {
    assert!(codes("Thank you. Could you tell me how to improve my application?").contains(&Code::VagueRequest));
    assert!(!codes("Thank you. Could you tell me how to improve my lab notes?").contains(&Code::VagueRequest));
}

#[test]
fn the_items_of_a_list_are_counted() {
    let list = "Thank you. Please send me:\n- the scores\n- the minutes\n- the names of the panel";
    assert!(codes(list).contains(&Code::TooManyAsks));
    assert!(!codes("Thank you. Please send me:\n- the scores").contains(&Code::TooManyAsks));
}

fn employer_codes(text: &str) -> Vec<Code> {
    find(text, Profile::EmployerRejection, None).into_iter().map(|one| one.code).collect()
}

#[test]
fn what_is_denied_or_threatened_is_no_next_step() {
    for text in [
        "Thank you for applying. We cannot consider your application.",
        "Thank you for applying. Please do not reply to this message.",
        "Thank you for writing. Complain and we will inform your current employer.",
    ] {
        assert!(employer_codes(text).contains(&Code::NoNextStep), "{text}");
    }
    for text in [
        "Thank you for applying. We have no place now, but please send us your next script.",
        "Thank you for applying. Our recruiter will ring you on Thursday.",
    ] {
        assert!(!employer_codes(text).contains(&Code::NoNextStep), "{text}");
    }
}

#[test]
fn what_the_law_protects_may_be_named_for_the_sake_of_all() {
    assert!(employer_codes("Thank you. At 57 you are too old for the team.").contains(&Code::ProtectedCharacteristic));
    for text in [
        "Thank you. We welcome everybody regardless of age, religion or disability. See our site.",
        "Thank you for the visit with your children. See our site.",
    ] {
        assert!(!employer_codes(text).contains(&Code::ProtectedCharacteristic), "{text}");
    }
}

#[test]
fn what_the_situation_rules_out_is_neither_offered_nor_given() {
    let found = |text: &str, field: &str, value: &str| {
        let mut draft = Draft::new("/context");
        let context = serde_json::json!({"kind": "job_application", field: value});
        ContextSeed(&mut draft).deserialize(context).unwrap();
        let context = draft.finish().unwrap();
        let found = find(text, Profile::EmployerRejection, Some(&context));
        found.iter().any(|one| one.code == Code::AgainstPolicy)
    };
    let reversal = "Thank you. If you bring the licence by Friday we may still change the result.";
    assert!(found(reversal, "decision", "final") && !found(reversal, "decision", "open_to_change"));
    let open = "Thank you. The position is still open, so write to us.";
    assert!(found(open, "opening", "filled") && !found(open, "opening", "open"));
    let given = "Thank you for the visit. The panel missed examples in your answers.";
    assert!(found(given, "feedback_policy", "refuses") && !found(given, "feedback_policy", "gives"));
}

/// Words of the vocabulary, odd characters, and anything else.
fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => proptest::sample::select(vec![
            "you", "are", "not", "idiots", "thank you", "please", "feedback", "?", "!", "!!", ".", ",", "\n", "[NAME]", "{{", "}}",
            "<<x>>", "%", "f**k", "f", "u", "\u{201c}", "\u{201d}", "\"", "n't", "’s", "İ", "ﬁt", "e\u{301}", "👩‍🔬", "\u{200d}", "ß", "STOP",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec((word, proptest::sample::select(vec!["", " ", "  "])), 0..60)
        .prop_map(|pieces| pieces.into_iter().map(|(word, gap)| word + gap).collect())
}

proptest! {
    #[test]
    fn any_text_gives_sound_findings(text in text()) {
        let length = text.chars().count();
        for profile in Profile::ALL {
            let found = find(&text, *profile, None);
            prop_assert!(found.iter().all(|one| one.place.start < one.place.end && one.place.end <= length), "{found:?}");
            prop_assert!(found.is_sorted_by_key(|one| one.place.start));
            prop_assert!(found.len() <= MAX_FINDINGS);
            prop_assert_eq!(find(&text, *profile, None), found);
        }
    }
}

#[test]
fn monotonous_long_texts_do_no_harm() {
    // Each of these is the worst for some loop: no boundary, gaps that lead nowhere, brackets that never close.
    for piece in [
        "you ",
        "you are so very very ",
        "not ",
        "x",
        "[",
        "{{",
        "%",
        "f*",
        "f u c k ",
        "A",
        "!",
        "\n",
        "\"",
        "_",
        "please ",
    ] {
        let text = piece.repeat(10_000 / piece.chars().count());
        for profile in Profile::ALL {
            assert!(find(&text, *profile, None).len() <= MAX_FINDINGS, "{piece}");
        }
    }
}
