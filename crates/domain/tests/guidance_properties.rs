//! What must hold for every situation there is, tried on situations made by chance.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use rebound_domain::catalog::{Catalog, StepPhase};
use rebound_domain::context::{Context, Draft, Field, Shape};
use rebound_domain::guidance::{Guidance, GuidanceRequest, advise};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::embedded().unwrap());

/// What is known of a situation: fields with texts, as a client would send them.
type Known = Vec<(Field, String)>;

fn known() -> impl Strategy<Value = Known> {
    let fields: Vec<_> = Field::ALL.iter().copied().map(known_field).collect();
    fields.prop_map(|fields| fields.into_iter().flatten().collect())
}

/// One field: the kind always, any other field two times in five.
fn known_field(field: Field) -> BoxedStrategy<Known> {
    let value = match field.shape() {
        Shape::Count => (0_u32..40).prop_map(move |number| vec![(field, number.to_string())]).boxed(),
        Shape::List(values) => proptest::sample::subsequence(values.to_vec(), 0..=2)
            .prop_map(move |values| values.into_iter().map(|value| (field, value.to_owned())).collect())
            .boxed(),
        Shape::Choice(_) | Shape::Flag => proptest::sample::select(field.values().to_vec())
            .prop_map(move |value| vec![(field, value.to_owned())])
            .boxed(),
    };
    if field == Field::Kind { value } else { prop_oneof![3 => Just(Vec::new()), 2 => value].boxed() }
}

fn context(known: &Known) -> Option<Context> {
    let mut draft = Draft::new("");
    for (field, value) in known {
        draft.set_text(*field, value);
    }
    draft.finish().ok()
}

fn request(context: Context, limit: i64, explain: bool) -> GuidanceRequest {
    GuidanceRequest::new(context, CATALOG.locales().negotiate(None), Some(limit), explain)
}

fn tips(guidance: &Guidance<'_>) -> Vec<String> {
    guidance.steps.iter().map(|step| step.tip.id.to_string()).collect()
}

fn cited(guidance: &Guidance<'_>) -> BTreeSet<&'static str> {
    guidance.steps.iter().flat_map(rebound_domain::guidance::Step::atoms).map(|atom| &*CATALOG.atom(atom).id).collect()
}

fn says(known: &Known, field: Field, value: &str) -> bool {
    known.iter().any(|(other, text)| *other == field && text == value)
}

fn value(known: &Known, field: Field) -> Option<&str> {
    known.iter().find(|(other, _)| *other == field).map(|(_, text)| text.as_str())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_is_always_a_step_and_never_more_than_the_limit(known in known(), limit in 1_i64..=50) {
        let Some(context) = context(&known) else { return Ok(()) };
        let guidance = advise(&CATALOG, &request(context, limit, false));
        prop_assert!(!guidance.steps.is_empty());
        prop_assert!(i64::try_from(guidance.steps.len()).unwrap() <= limit);
        prop_assert!(guidance.withheld.is_empty());
    }

    #[test]
    fn steps_are_in_phase_order_and_every_phase_that_has_any_is_there(known in known(), limit in 6_i64..=50) {
        let Some(context) = context(&known) else { return Ok(()) };
        let phases = |limit| {
            let guidance = advise(&CATALOG, &request(context, limit, false));
            guidance.steps.iter().map(|step| step.tip.rule.phase).collect::<Vec<StepPhase>>()
        };
        let (some, all) = (phases(limit), phases(50));
        prop_assert!(some.is_sorted());
        prop_assert_eq!(some.iter().collect::<BTreeSet<_>>(), all.iter().collect::<BTreeSet<_>>());
    }

    #[test]
    fn a_higher_limit_only_adds(known in known(), limit in 1_i64..50) {
        let Some(context) = context(&known) else { return Ok(()) };
        let at = |limit| tips(&advise(&CATALOG, &request(context, limit, false)));
        let (fewer, more) = (at(limit), at(limit + 1));
        prop_assert!(fewer.iter().all(|tip| more.contains(tip)), "{fewer:?} {more:?}");
    }

    #[test]
    fn explaining_changes_no_step_and_leaves_no_tip_out(known in known(), limit in 1_i64..=50) {
        let Some(context) = context(&known) else { return Ok(()) };
        let plain = advise(&CATALOG, &request(context, limit, false));
        let explained = advise(&CATALOG, &request(context, limit, true));
        prop_assert_eq!(tips(&plain), tips(&explained));
        let named = explained.steps.len() + explained.withheld.len();
        prop_assert_eq!(named, CATALOG.tips.iter().filter(|tip| !tip.deprecated).count());
        prop_assert!(explained.withheld.iter().all(|withheld| !withheld.because.is_empty()));
        prop_assert!(explained.steps.iter().all(|step| !step.why.is_empty()));
    }

    #[test]
    fn every_reason_is_in_the_language_and_true(known in known()) {
        let Some(context) = context(&known) else { return Ok(()) };
        let guidance = advise(&CATALOG, &request(context, 50, true));
        let why = guidance.steps.iter().flat_map(|step| step.why.iter().map(ToString::to_string));
        let because = guidance.withheld.iter().flat_map(|withheld| withheld.because.iter().cloned());
        for reason in why.chain(because.filter(|reason| !reason.starts_with("limit="))) {
            let (name, operand) = reason.split_once(['=', '!', '>']).unwrap();
            let field = Field::from_name(name.trim_end_matches('!')).unwrap();
            let values: Vec<_> = operand.trim_start_matches('=').split('|').collect();
            prop_assert!(values.is_sorted(), "{reason}");
            for value in values {
                let number = field.shape() == Shape::Count && value.parse::<u32>().is_ok();
                prop_assert!(value == "unknown" || number || field.value_index(value).is_some(), "{reason}");
            }
        }
        for withheld in &guidance.withheld {
            for reason in withheld.because.iter().filter(|reason| reason.ends_with("=unknown")) {
                let field = Field::from_name(reason.trim_end_matches("=unknown")).unwrap();
                prop_assert!(context.is_unknown(field), "{reason}");
            }
        }
    }

    /// A tip that asks for a field says so; knowing less can therefore only take away what asked for it.
    #[test]
    fn forgetting_a_field_adds_only_what_asks_for_not_knowing_it(known in known(), forgotten in 0..Field::ALL.len()) {
        let forgotten = Field::ALL[forgotten];
        let defaulted = matches!(forgotten, Field::Kind | Field::Outcome | Field::Audience | Field::Phase | Field::ConversationWith);
        prop_assume!(!defaulted);
        let less: Known = known.iter().filter(|(field, _)| *field != forgotten).cloned().collect();
        let (Some(more), Some(less)) = (context(&known), context(&less)) else { return Ok(()) };
        let with = tips(&advise(&CATALOG, &request(more, 50, false)));
        let without = advise(&CATALOG, &request(less, 50, false));
        if with.len() < 50 {
            for step in without.steps.iter().filter(|step| !with.contains(&step.tip.id.to_string())) {
                let tolerant = step.why.iter().any(|why| why.starts_with(forgotten.name()));
                prop_assert!(tolerant, "{} came with less known: {:?}", step.tip.id, step.why);
            }
        }
    }

    #[test]
    fn the_same_situation_gets_the_same_answer_and_tag(known in known(), limit in 1_i64..=50) {
        let Some(context) = context(&known) else { return Ok(()) };
        let mut reversed = known.clone();
        reversed.reverse();
        let other = self::context(&reversed).unwrap();
        prop_assert_eq!(context, other);
        let (one, two) = (request(context, limit, true), request(other, limit, true));
        prop_assert_eq!(one.tag(&CATALOG), two.tag(&CATALOG));
        prop_assert_eq!(format!("{:?}", advise(&CATALOG, &one)), format!("{:?}", advise(&CATALOG, &two)));
    }

    /// Rules C1 to C12, as far as they can be told from what is cited.
    #[test]
    fn the_rules_hold(known in known()) {
        let Some(context) = context(&known) else { return Ok(()) };
        let guidance = advise(&CATALOG, &request(context, 50, false));
        let cited = cited(&guidance);
        let has = |atom: &str| cited.contains(atom);
        let conversation = context.values(Field::Conversation).next();
        let phase = value(&known, Field::Phase);
        let dismissal = says(&known, Field::Kind, "dismissal");
        if has("thank-after-conversation") {
            prop_assert_eq!(conversation, Some("held"), "C1");
        }
        if conversation == Some("none") {
            prop_assert!(!has("thank-the-person"), "C1");
        }
        for atom in ["move-on", "dont-wallow", "dwelling-doesnt-help", "spilled-milk", "plenty-of-fish"] {
            prop_assert!(!has(atom) || matches!(phase, Some("reflecting" | "acting" | "recovered")), "C2: {atom}");
        }
        if ["requested", "received", "refused", "timed_out"].iter().any(|value| says(&known, Field::Feedback, value))
            || says(&known, Field::FeedbackPolicy, "refuses")
        {
            for atom in ["you-must-ask-to-get-feedback", "seek-very-specific-feedback", "dont-go-quietly", "ask-directly-done-differently"] {
                prop_assert!(!has(atom), "C4: {atom}");
            }
        }
        prop_assert!(!has("blacklist-warning"), "C5");
        for atom in ["can-you-reverse-it", "ask-what-would-change-their-mind", "reversal-quick-talk-or-mail", "reversal-flexible-on-details"] {
            prop_assert!(!has(atom) || (says(&known, Field::Decision, "open_to_change") && !dismissal), "C6: {atom}");
        }
        for step in &guidance.steps {
            let prompts = step.actions.iter().filter_map(|action| CATALOG.prompts.get(&action.id));
            let about: Vec<_> = prompts.map(|prompt| prompt.rule.about.as_str()).collect();
            prop_assert!(!about.contains(&"causes") || about.contains(&"strengths"), "C7: {}", step.tip.id);
        }
        if has("reversal-two-weeks-later") {
            prop_assert!(has("cause-is-unproven"), "C9");
        }
        let employer = says(&known, Field::Audience, "employer_branded");
        if has("no-promotion-look-elsewhere") {
            prop_assert!(!employer && !says(&known, Field::Audience, "internal_hr"), "C10");
        }
        if employer {
            for atom in ["stock-phrase-may-not-be-literal", "can-you-reverse-it", "keep-looking", "consider-new-opportunities", "move-on"] {
                prop_assert!(!has(atom), "C12: {atom}");
            }
            if !says(&known, Field::FeedbackPolicy, "gives") {
                prop_assert!(!has("seek-very-specific-feedback") && !has("ask-directly-done-differently"), "C12");
            }
            if !says(&known, Field::EmployerOpenToFuture, "true") {
                prop_assert!(!has("another-position-may-open") && !has("good-impression-helps-reapply"), "C12");
            }
        }
        if employer || dismissal || phase != Some("recovered") {
            prop_assert!(guidance.steps.iter().all(|step| step.tip.rule.phase != StepPhase::Practice), "practice");
        }
        if dismissal {
            prop_assert!(!has("give-thanks") && !has("thank-the-person"), "a dismissal gets no thank-you push");
        }
    }
}
