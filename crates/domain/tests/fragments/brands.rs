//! Brands, placeholders and audiences, one by one; and what a call with very many of them remembers.

use std::collections::HashSet;
use std::sync::Arc;

use rebound_domain::FieldError;
use rebound_domain::context::Field;
use rebound_domain::fragments::{
    Batch, BrandDraft, Dialect, Format, LinkDraft, MAX_REMEMBERED, MAX_VARIANTS, MergeTagsDraft, SAMPLES,
    SettingsDraft, Voice,
};

use crate::asked::{CATALOGS, application, rendered, request};

#[test]
fn placeholders_that_are_kept_stay_as_they_are_in_every_dialect() {
    for (dialect, kept, other) in [
        (Dialect::Greenhouse, "{{CANDIDATE_FIRST_NAME}}", "{{JOB_NAME}}"),
        (Dialect::Lever, "{{Candidate first name}}", "{{Your full name}}"),
        (Dialect::Teamtailor, "{first-name there}", "{job-title}"),
        (Dialect::Zoho, "${Candidates.First Name}", "${Job Openings.Posting Title}"),
        (Dialect::Generic, "*|FNAME|*", "*|LNAME|*"),
        (Dialect::Generic, "{{ first_name }}", "%lastName%"),
    ] {
        let draft = SettingsDraft {
            brand: Some(BrandDraft {
                name: Some(format!("A {other} ${kept}{kept}")),
                voice: Some(Voice::Name),
                signoff: Some(format!("{kept}\n{{{kept}}} {other}")),
                link: Some(LinkDraft {
                    text: Some(format!("For {kept}")),
                    url: Some(format!("https://a.example/{kept}?b")),
                }),
                ..BrandDraft::default()
            }),
            merge_tags: Some(MergeTagsDraft { dialect: Some(dialect), keep: vec![kept.to_owned()] }),
            ..SettingsDraft::default()
        };
        rendered(&application(draft), |_, fragment| {
            for form in [fragment.html.unwrap(), fragment.text.unwrap(), fragment.markdown.unwrap()] {
                assert_eq!(form.matches(kept).count(), 6, "{dialect}: {form}");
                let rest = form.replace(kept, "");
                assert!(!rest.contains(other) && !rest.contains('{') && !rest.contains("*|"), "{dialect}: {form}");
                // Nothing before a placeholder makes another one of it.
                assert!(!form.contains(&format!("${kept}")), "{dialect}: {form}");
            }
        })
        .unwrap();
    }
}

#[test]
fn every_mistake_of_a_brand_is_named_with_its_place() {
    let refused = |brand: BrandDraft, tags: MergeTagsDraft| -> Vec<FieldError> {
        let mut errors = Vec::new();
        SettingsDraft {
            brand: Some(brand),
            merge_tags: Some(tags),
            heading_level: Some(7),
            ..SettingsDraft::default()
        }
        .check(&mut errors);
        errors
    };
    let brand = BrandDraft {
        name: Some("a\u{202e}b".to_owned()),
        voice: Some(Voice::Name),
        signoff: Some("x".repeat(301)),
        link: Some(LinkDraft { text: None, url: Some("javascript:alert(1)".to_owned()) }),
        link_color: Some("#ffff00".to_owned()),
    };
    let keep = vec!["{{ok}}".to_owned(), "{{a\"b}}".to_owned(), "name".to_owned()];
    let errors = refused(brand, MergeTagsDraft { dialect: Some(Dialect::Lever), keep });
    let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    let expected = [
        "/heading_level",
        "/merge_tags/keep/1",
        "/merge_tags/keep/2",
        "/brand/name",
        "/brand/signoff",
        "/brand/link_color",
        "/brand/link/text",
        "/brand/link/url",
    ];
    assert_eq!(pointers, expected);
    assert!(errors[5].detail.contains("1.07 on white"), "{}", errors[5].detail);

    for url in
        ["http://a.example", "https://", "https://a b", "//a.example", "https://a.example/{{x}}", "https://a/%zz", ""]
    {
        let link = LinkDraft { text: Some("Help".to_owned()), url: Some(url.to_owned()) };
        let errors = refused(BrandDraft { link: Some(link), ..BrandDraft::default() }, MergeTagsDraft::default());
        assert!(errors.iter().any(|error| error.pointer == "/brand/link/url"), "{url}");
    }
}

#[test]
fn a_fragment_goes_out_in_an_employers_name_unless_the_context_says_otherwise() {
    let tips = |audience: Option<&str>| {
        let mut context = vec![(Field::Kind, "job_application"), (Field::ConversationWith, "interviewer")];
        context.extend(audience.map(|audience| (Field::Audience, audience)));
        let draft = SettingsDraft { max_tips: Some(10), budget_bytes: Some(12_288), ..SettingsDraft::default() };
        rendered(&request(&context, draft).unwrap(), |_, fragment| {
            fragment.steps.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>()
        })
        .unwrap()
    };
    assert_eq!(tips(None), tips(Some("employer_branded")));
    let may_go_out = |id: &String| {
        let tip = CATALOGS.current().tips.get(id).unwrap();
        tip.audience_names().any(|audience| audience == "employer_branded")
    };
    assert!(tips(None).iter().all(may_go_out));
    assert!(!tips(Some("candidate")).iter().all(may_go_out));
}

/// A request whose fragment no other number has.
fn numbered(number: usize) -> SettingsDraft {
    let brand = BrandDraft { name: Some(format!("Employer {number}")), ..BrandDraft::default() };
    SettingsDraft {
        brand: Some(brand),
        formats: Some(vec![Format::Text]),
        max_tips: Some(1),
        ..SettingsDraft::default()
    }
}

#[test]
fn a_call_forgets_what_it_sent_before_it_remembers_too_much() {
    let mut batch = Batch::new(Arc::clone(&CATALOGS), false);
    let mut is_sent = |number: usize| {
        let request = request(&[(Field::Kind, "idea")], numbered(number));
        batch.serve(request, |_, _| ()).unwrap().first.is_some()
    };
    assert!((0..MAX_REMEMBERED).all(&mut is_sent));
    assert!(!is_sent(0), "what is remembered is not sent again");
    assert!(is_sent(MAX_REMEMBERED));
    assert!(is_sent(0), "what was forgotten comes again before it is named");
}

#[test]
fn a_trial_with_very_many_variants_counts_the_rest_together() {
    let mut batch = Batch::new(Arc::clone(&CATALOGS), true);
    let mut samples = 0;
    for number in 0..MAX_VARIANTS + 5 {
        let request = request(&[(Field::Kind, "idea")], numbered(number));
        samples += usize::from(batch.serve(request, |_, _| ()).unwrap().first.is_some());
    }
    batch.count_unreadable();
    let summary = batch.summary().unwrap();
    assert_eq!((summary.items, summary.errors, summary.others), (1_006, 1, 5));
    assert_eq!((summary.variants.len(), samples), (MAX_VARIANTS, SAMPLES));
    let ids: HashSet<_> = summary.variants.iter().map(|variant| variant.fragment_id).collect();
    assert_eq!(ids.len(), MAX_VARIANTS);
}
