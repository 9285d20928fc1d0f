//! Every template on every channel, in every tone and length, with everything filled in and with as little as possible.

use rebound_domain::catalog::{Length, Tone};
use rebound_domain::history::Channel;
use rebound_tests::service::json;
use serde_json::{Map, Value, json};

use super::{Doors, welcome};

#[tokio::test]
async fn every_reply_is_whole_in_every_form() {
    let mut doors = Doors::open().await;
    let (_, list) = json(doors.rest.get("/v1/reply-templates")).await;
    let mut forms = 0;
    for template in list["reply_templates"].as_array().unwrap() {
        let id = template["id"].as_str().unwrap();
        for (channel, tone, length) in all() {
            for only_required in [true, false] {
                let variables = filled(template, only_required);
                let answer = doors
                    .composed(&json!({
                        "template": id, "context": welcome(id), "variables": variables,
                        "channel": channel, "tone": tone, "length": length,
                    }))
                    .await;
                assert_whole(&answer, channel, &format!("{id} {channel} {tone} {length}"));
                forms += 1;
            }
        }
    }
    assert_eq!(forms, 8 * 4 * 3 * 2 * 2);
}

fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    Channel::NAMES.iter().flat_map(|channel| {
        Tone::NAMES.iter().flat_map(move |tone| Length::NAMES.iter().map(move |length| (*channel, *tone, *length)))
    })
}

/// The examples of the template as values.
fn filled(template: &Value, only_required: bool) -> Map<String, Value> {
    let variables = template["variables"].as_array().unwrap().iter();
    let wanted = variables.filter(|variable| !only_required || variable["required"] == true);
    wanted.map(|it| (it["name"].as_str().unwrap().to_owned(), it["example"].clone())).collect()
}

fn assert_whole(answer: &Value, channel: &str, name: &str) {
    let text = answer["text"].as_str().unwrap();
    for hole in ["{", "}", "  ", "None", "none", "undefined", " .", " ,", "\n\n\n", "<"] {
        assert!(!text.contains(hole), "{name} has {hole:?}: {text}");
    }
    assert!(text.split_whitespace().count() >= 15, "{name} says next to nothing: {text}");
    assert!(!text.contains('!'), "{name} shouts: {text}");
    assert_eq!(answer["missing"], json!([]), "{name}");
    assert!(!answer["atoms"].as_array().unwrap().is_empty(), "{name}");
    assert!(answer["html"].as_str().unwrap().starts_with("<div lang=\"en\" dir=\"auto\"><p>"), "{name}");
    let is_email = channel == "email";
    for member in ["subject", "mailto", "eml"] {
        assert_eq!(answer.get(member).is_some(), is_email, "{name}: {member}");
    }
    let is_talk = matches!(channel, "phone" | "in_person");
    assert_eq!(answer["talking_points"].as_array().unwrap().len() >= 3, is_talk, "{name}");
}

#[tokio::test]
async fn the_words_follow_the_situation() {
    let mut doors = Doors::open().await;
    let boss = json!({"kind": "job_application", "conversation_with": ["hiring_manager"], "rounds_completed": 3, "still_interested": true});
    let idea = json!({"kind": "idea", "decision": "open_to_change", "known_obstacle": true});
    let promotion = json!({"kind": "promotion", "decision": "open_to_change"});
    let referral = json!({"kind": "job_application", "conversation": "held", "stage": "interview", "opening": "open", "knows_strong_candidate": true});
    let cases = [
        ("thank-you", &boss, "I wish you luck with your choice.", "wish-luck-with-choice"),
        ("thank-you", &boss, "keep me in mind", "ask-for-future-consideration"),
        (
            "ask-to-reconsider",
            &idea,
            "The core of the idea can stay while the details change.",
            "reversal-flexible-on-details",
        ),
        ("ask-to-reconsider", &idea, "I understand what stands in the way.", "vignette-change-the-terms"),
        ("ask-to-reconsider", &promotion, "I am ready to learn what is missing.", "reversal-agree-to-training"),
        ("offer-to-help", &referral, "I know somebody who could do well in it.", "referral-if-job-still-open"),
    ];
    for (template, context, words, atom) in cases {
        let variables = match template {
            "ask-to-reconsider" => json!({"sender_name": "Kim", "concession": "take the course in May"}),
            _ => json!({"sender_name": "Kim"}),
        };
        let answer = doors.composed(&json!({"template": template, "context": context, "variables": variables})).await;
        assert!(answer["text"].as_str().unwrap().contains(words), "{template}: {answer}");
        assert!(answer["atoms"].as_array().unwrap().contains(&json!(atom)), "{template}: {answer}");

        let plain = json!({"template": template, "context": welcome(template), "variables": variables});
        let plain = if template == "ask-to-reconsider" {
            json!({"template": template, "context": {"kind": "project", "decision": "open_to_change"}, "variables": variables})
        } else {
            plain
        };
        let answer = doors.composed(&plain).await;
        assert!(!answer["text"].as_str().unwrap().contains(words), "{template}: {answer}");
        assert!(!answer["atoms"].as_array().unwrap().contains(&json!(atom)), "{template}: {answer}");
    }
}
