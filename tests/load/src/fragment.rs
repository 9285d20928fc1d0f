//! What fragments are asked for: situations that differ in what an employer knows, and a brand with all that it can have.

use std::sync::LazyLock;

use serde::Serialize;

use crate::proto;

/// How many different situations there are.
pub(crate) const SITUATIONS: usize =
    STAGES.len() * PARTNERS.len() * REASONS.len() * POLICIES.len() * OPENINGS.len() * FUTURES.len() * NOTICES.len();

const STAGES: [&str; 6] = ["applied", "screening", "assessment", "interview", "final_interview", "offer"];
const PARTNERS: [Option<&str>; 4] = [None, Some("recruiter"), Some("interviewer"), Some("hiring_manager")];
const REASONS: [&str; 10] = [
    "stronger_candidate",
    "skill_gap",
    "experience_gap",
    "qualification_gap",
    "communication",
    "application_incomplete",
    "not_a_fit",
    "position_filled",
    "compensation",
    "location",
];
const POLICIES: [Option<&str>; 3] = [None, Some("gives"), Some("refuses")];
const OPENINGS: [Option<&str>; 4] = [None, Some("open"), Some("filled"), Some("closed")];
const FUTURES: [Option<bool>; 3] = [None, Some(true), Some(false)];
const NOTICES: [Option<&str>; 3] = [None, Some("form_email"), Some("personal_email")];

/// How far the digits of the number in the sign-off are from the end of a [`body`].
pub(crate) const NUMBER_FROM_END: usize = 11;

/// What an application led to.
#[derive(Serialize)]
pub(crate) struct Situation {
    kind: &'static str,
    stage: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conversation_with: Vec<&'static str>,
    reasons: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_policy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    employer_open_to_future: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

impl Situation {
    /// The situation with this number; after [`SITUATIONS`] they come again. Neighbours differ in most fields.
    pub(crate) fn of(number: usize) -> Self {
        // It has no divisor in common with how many there are, so every situation comes once.
        let mut rest = number * 7_919 % SITUATIONS;
        let mut choose = |count: usize| {
            let place = rest % count;
            rest /= count;
            place
        };
        Self {
            kind: "job_application",
            stage: STAGES[choose(STAGES.len())],
            conversation_with: PARTNERS[choose(PARTNERS.len())].into_iter().collect(),
            reasons: [REASONS[choose(REASONS.len())]],
            feedback_policy: POLICIES[choose(POLICIES.len())],
            opening: OPENINGS[choose(OPENINGS.len())],
            employer_open_to_future: FUTURES[choose(FUTURES.len())],
            notice: NOTICES[choose(NOTICES.len())],
        }
    }

    /// It as JSON.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// It as a message.
    pub(crate) fn message(&self) -> proto::Context {
        let name = |prefix: &str, name: Option<&str>| format!("{prefix}_{}", name.unwrap_or_default().to_uppercase());
        macro_rules! number {
            ($type:ident, $prefix:literal, $name:expr) => {
                proto::$type::from_str_name(&name($prefix, $name)).unwrap_or_default().into()
            };
        }
        let partner = |partner: &&str| number!(ConversationWith, "CONVERSATION_WITH", Some(*partner));
        proto::Context {
            kind: number!(Kind, "KIND", Some(self.kind)),
            stage: number!(Stage, "STAGE", Some(self.stage)),
            conversation_with: self.conversation_with.iter().map(partner).collect(),
            reasons: vec![number!(Reason, "REASON", Some(self.reasons[0]))],
            feedback_policy: number!(FeedbackPolicy, "FEEDBACK_POLICY", self.feedback_policy),
            opening: number!(Opening, "OPENING", self.opening),
            employer_open_to_future: self.employer_open_to_future,
            notice: number!(Notice, "NOTICE", self.notice),
            ..proto::Context::default()
        }
    }
}

/// A brand; its sign-off ends with a number of eight digits.
pub(crate) fn brand(number: u32) -> String {
    format!(
        concat!(
            r##"{{"name":"Example Ltd","voice":"we","link_color":"#767676","##,
            r#""link":{{"text":"Open roles at Example Ltd","url":"https://example.com/jobs?from=mail&lang=en"}},"#,
            r#""signoff":"With thanks for your time\nThe people team at Example & Sons, reference {}"}}"#
        ),
        number
    )
}

/// The same as a message.
pub(crate) fn brand_message(number: u32) -> proto::Brand {
    let link = proto::BrandLink {
        text: Some("Open roles at Example Ltd".to_owned()),
        url: Some("https://example.com/jobs?from=mail&lang=en".to_owned()),
    };
    proto::Brand {
        name: Some("Example Ltd".to_owned()),
        voice: proto::Voice::We.into(),
        signoff: Some(format!("With thanks for your time\nThe people team at Example & Sons, reference {number}")),
        link: Some(link),
        link_color: Some("#767676".to_owned()),
    }
}

/// Bodies of `POST /v1/fragments`, one for each of the first situations.
pub(crate) static BODIES: LazyLock<Vec<String>> = LazyLock::new(|| (0..200).map(body).collect());

fn body(number: usize) -> String {
    let (context, brand) = (Situation::of(number).json(), brand(crate::situation::FIRST_DAYS));
    format!(r#"{{"context":{context},"formats":["html","text"],"brand":{brand}}}"#)
}
