//! A mistake in a file of the catalog is found, and named by file, field and line.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::borrow::Cow;

use rebound_domain::catalog::{Catalog, File, ItemType, check, embedded};
use rebound_domain::context::Draft;
use rebound_domain::context::Field;
use rebound_domain::guidance::{GuidanceRequest, advise};

const TIP: &str = "en/tips/take-a-short-walk.toml";

/// The problems of the catalog after one text in one file was replaced.
fn after(file: &str, from: &str, to: &str) -> Vec<String> {
    check(&changed(file, from, to)).iter().map(ToString::to_string).collect()
}

fn changed(file: &str, from: &str, to: &str) -> Vec<File> {
    let mut files = embedded();
    let (_, text) = files.iter_mut().find(|(path, _)| path == file).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    *text = Cow::Owned(text.replacen(from, to, 1));
    files
}

#[test]
fn the_catalog_has_no_mistake() {
    assert_eq!(check(&embedded()), []);
}

#[test]
fn all_175_atoms_are_carried() {
    let catalog = Catalog::embedded().unwrap();
    assert_eq!(catalog.atoms().len(), 175);
    for index in 0..175 {
        assert!(!catalog.carriers(index).is_empty(), "{}", catalog.atom(index).id);
    }
    assert!((60..=90).contains(&catalog.tips.iter().count()));
    let (blacklist, _) = (0..).zip(catalog.atoms()).find(|(_, atom)| &*atom.id == "blacklist-warning").unwrap();
    assert!(catalog.carriers(blacklist).iter().all(|(item_type, _)| *item_type == ItemType::Check));
}

#[test]
fn mistakes_name_file_line_and_field() {
    let cases = [
        (TIP, "phase =", "fase =", "en/tips/take-a-short-walk.toml:2: fase: unknown field"),
        (TIP, "priority = 86", "priority = \"high\"", "en/tips/take-a-short-walk.toml:3: priority: invalid type"),
        (TIP, "\"cope-walk\"", "\"cope-run\"", "en/tips/take-a-short-walk.toml:4: atoms: there is no such atom"),
        (TIP, "[text]", "[when]\nall = [\"moon=full\"]\n\n[text]", ": when: `moon=full`: there is no field `moon`"),
        (TIP, "[text]", "[when]\nall = [\"kind=moon\"]\n\n[text]", ": when: `kind=moon`: `kind` has no value `moon`"),
        (TIP, "[text]", "[when]\nall = [\"@moon\"]\n\n[text]", ": when: `@moon`: there is no named condition"),
        (TIP, "[text]", "[text", "en/tips/take-a-short-walk.toml:8: "),
        (TIP, "title =", "titel =", "text.titel: unknown field"),
        ("en/tips/thank-the-person.toml", "id = \"thank-you\"", "id = \"thx\"", ":7: actions: there is no reply `thx`"),
        ("atoms.toml", "all = [\"@conversation\", \"kind!=dismissal\"]", "all = [\"stage>=2\"]", "atoms.toml:"),
    ];
    for (file, from, to, expected) in cases {
        let problems = after(file, from, to);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:?}");
    }
}

const REPLY: &str = "en/replies/thank-you.toml";
const FRAME: &str = "en/reply-frames/letter.toml";
const THANKS: &str = "Thank you for talking with me about {{ matter }}.";

#[test]
fn templates_that_cannot_be_parsed_name_file_line_and_field() {
    let cases = [
        (REPLY, THANKS, "Thank you {{ matter.", "en/replies/thank-you.toml:83: text.email.neutral.short: "),
        (
            REPLY,
            "the talk about {{ matter }}",
            "{{ mater }}",
            ":51: text.subject: there is no `mater`; allowed: highlight",
        ),
        (REPLY, "highlight = { type = \"text\" }", "highlight = { type = \"prose\" }", "variables.highlight"),
        (
            FRAME,
            "sender_name = { type = \"name\", required = true }\n",
            "",
            ":16: text.signature: there is no `sender_name`",
        ),
        (
            FRAME,
            "opening = \"{% if recipient_name %}Hi",
            "opening = \"{% iff recipient_name %}Hi",
            "text.email.warm.opening: ",
        ),
    ];
    for (file, from, to, expected) in cases {
        let problems = after(file, from, to);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:#?}");
    }
}

#[test]
fn every_form_of_a_reply_is_read() {
    let mut files = embedded();
    let (_, text) = files.iter_mut().find(|(path, _)| path == REPLY).unwrap();
    let loops = "{% for a in role %}{% for b in role %}{% for c in role %}x{% endfor %}{% endfor %}{% endfor %}";
    let mistakes = [
        (THANKS, "{{ highlight }}.", "text.email.neutral.short: prints what has no text here"),
        (THANKS, "Thank you .", "text.email.neutral.standard: has a space before a full stop"),
        (THANKS, "Thank you!", "text.chat.neutral.short: has an exclamation mark"),
        (THANKS, "{{ matter | upper }}.", "text.chat.neutral.standard: "),
        (
            "I want to thank you for talking with me about {{ matter }}.",
            "{{ kind == 'idea' }}.",
            "text.spoken.neutral.short: prints",
        ),
        ("I just want to say thank you for talking with me about {{ matter }}.", loops, "text.spoken.warm.short: "),
        ("instead = \"thank-only-if-you-spoke\"", "instead = \"no-such\"", "objections: there is no tip `no-such`"),
        (
            "needs = { all = [\"kind!=dismissal\"] }",
            "needs = { all = [\"phase=acting\"] }",
            "situation speaks against it",
        ),
        (
            "\"rounds_completed>=2\", \"outcome=declined\"",
            "\"outcome=declined\"",
            "situations.would_be_boss: `contact-the",
        ),
        ("C1 = \"\"\"", "C9 = \"\"\"", "text.objections.C1: says nowhere why"),
    ];
    for (from, to, _) in mistakes {
        assert!(text.contains(from), "{from}");
        *text = Cow::Owned(text.replacen(from, to, 1));
    }
    let problems: Vec<_> = check(&files).iter().map(ToString::to_string).collect();
    for (.., expected) in mistakes {
        let found = problems.iter().any(|problem| problem.starts_with(REPLY) && problem.contains(expected));
        assert!(found, "{expected}: {problems:#?}");
    }
}

#[test]
fn a_version_has_its_release_on_top_of_the_change_log() {
    let log = "changelog.toml";
    let older = "[[release]]\nversion = \"2026.9.0\"\nreleased = \"2026-09-01\"\nchanges = [\"x\"]\n\n[[release]]";
    let catalog = Catalog::embedded().unwrap();
    let version = catalog.version();
    let cases = [
        ("catalog.toml", version, "2026.12.0", "changelog.toml:4: release: the first release is not 2026.12.0"),
        (log, version, "2026.11", "changelog.toml:5: release.version: not three numbers"),
        (log, version, "2026.011.0", "release.version: not three numbers"),
        (log, "[[release]]", older, "release.version: the newest release comes first"),
        (log, "2026-11-22", "2026-11-31", "changelog.toml:6: release.released: not a day"),
        (log, "released =", "date =", "changelog.toml:6: release.date: unknown field"),
        (log, "changes = [", "changes = [\"\", ", "release.changes: says what changed"),
        (log, "[[release]]", "[[releases]]", "releases: unknown field"),
    ];
    for (file, from, to, expected) in cases {
        let problems = after(file, from, to);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:?}");
    }
}

#[test]
fn advice_never_appears_where_it_does_not_apply() {
    let problems = after("en/tips/thank-the-person.toml", "all = [\"@conversation\", \"kind!=dismissal\"]", "all = []");
    assert!(problems.iter().any(|problem| problem.contains("must imply conversation=held")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("conversation!=none and kind!=dismissal")), "{problems:?}");
}

#[test]
fn an_atom_that_nothing_carries_is_found() {
    let file = "en/tips/common-in-a-job-search.toml";
    let problems = after(file, "\"most-common-in-job-search\", ", "");
    let missing = ": atom: no item carries `most-common-in-job-search`";
    assert!(
        problems.iter().any(|problem| problem.starts_with("atoms.toml:") && problem.ends_with(missing)),
        "{problems:?}"
    );
}

#[test]
fn a_cause_prompt_without_its_twin_is_found() {
    let file = "en/tips/look-at-the-interview-again.toml";
    let problems = after(file, "  { type = \"prompt\", id = \"what-went-well\" },\n", "");
    assert!(problems.iter().any(|problem| problem.contains("(C7)")), "{problems:?}");
}

#[test]
fn words_that_hurt_are_found() {
    let faults = [
        ("Wow! ", "has an exclamation mark"),
        ("You will get over it. ", "promises: \"you will get\""),
        ("This is water under the bridge. ", "has the idiom"),
        ("He was wrong. ", "has the gendered word \"he\""),
    ];
    for (words, expected) in faults {
        let problems = after(TIP, "body = \"\"\"\n", &format!("body = \"\"\"\n{words}"));
        let found = problems.iter().any(|problem| problem.starts_with(TIP) && problem.contains(expected));
        assert!(found, "{expected}: {problems:?}");
    }
    let employer = "en/tips/take-time-first.toml";
    let problems = after(employer, "body = \"\"\"\n", "body = \"\"\"\nYou were rejected. ");
    assert!(problems.iter().any(|problem| problem.contains("says \"reject\"")), "{problems:?}");
    let heavy = "Notwithstanding institutional considerations, organizational representatives occasionally \
                 communicate unsatisfactorily regarding administrative deliberations. ";
    let problems = after(TIP, "body = \"\"\"\n", &format!("body = \"\"\"\n{heavy}{heavy}{heavy}"));
    assert!(problems.iter().any(|problem| problem.contains("reads at grade")), "{problems:?}");
}

#[test]
fn another_locale_falls_back_key_by_key() {
    let mut files = embedded();
    files.push((
        Cow::Borrowed("de/tips/take-a-short-walk.toml"),
        Cow::Borrowed("[text]\ntitle = \"Geh ein paar Schritte\"\n"),
    ));
    files.push((Cow::Borrowed("de-AT/tips/take-a-short-walk.toml"), Cow::Borrowed("[text]\nbody = \"Servus.\"\n")));
    let catalog = Catalog::load(&files).unwrap();
    let tip = catalog.tips.get("take-a-short-walk").unwrap();
    let words = |tag: &str| {
        let locale = catalog.locales().resolve(tag).unwrap();
        let text = tip.text(locale.index);
        (catalog.locales().tag(locale.index).to_owned(), text.title.clone(), text.body.clone())
    };
    let (_, english_title, english_body) = words("en");
    assert_eq!(words("de-CH"), ("de".into(), "Geh ein paar Schritte".into(), english_body));
    assert_eq!(words("de-AT"), ("de-AT".into(), "Geh ein paar Schritte".into(), "Servus.".into()));
    assert_eq!(words("fr").1, english_title);
    assert_eq!(words("en-GB").0, "en");
}

#[test]
fn a_mistake_in_another_locale_is_found() {
    let mut files = embedded();
    files.push((Cow::Borrowed("de/tips/take-a-short-walk.toml"), Cow::Borrowed("[text]\ntitel = \"x\"\n")));
    let problems = Catalog::load(&files).unwrap_err();
    let found: Vec<_> =
        problems.iter().map(|problem| (problem.file.as_str(), problem.line, problem.field.as_str())).collect();
    assert_eq!(found, [("de/tips/take-a-short-walk.toml", 2, "text.titel")]);
    files.pop();
    files.push((Cow::Borrowed("de/tips/take-a-short-walk.toml"), Cow::Borrowed("[text]\ntitle = \"Geh los!\"\n")));
    let found: Vec<_> = check(&files).into_iter().map(|problem| (problem.file, problem.message)).collect();
    assert_eq!(found, [("de/tips/take-a-short-walk.toml".to_owned(), "has an exclamation mark".to_owned())]);
}

#[test]
fn a_retired_tip_resolves_and_is_no_longer_shown() {
    let catalog = Catalog::load(&changed(TIP, "phase =", "deprecated = true\nphase =")).unwrap();
    assert!(catalog.tips.get("take-a-short-walk").unwrap().deprecated);
    let mut draft = Draft::new("");
    draft.set_text(Field::Kind, "other");
    let request = GuidanceRequest::new(draft.finish().unwrap(), catalog.locales().negotiate(None), Some(50), true);
    let guidance = advise(&catalog, &request);
    assert!(guidance.steps.iter().all(|step| &*step.tip.id != "take-a-short-walk"));
    assert!(guidance.withheld.iter().all(|withheld| &*withheld.tip.id != "take-a-short-walk"));
}
