//! Words that are wider than a small screen may be broken, and only they.

use std::sync::Arc;

use rebound_domain::catalog::{Catalog, Catalogs};
use rebound_domain::context::{Draft, Field};
use rebound_domain::fragments::{BrandDraft, Choice, FragmentRequest, LinkDraft, MergeTagsDraft, SettingsDraft, Voice};

/// The opening tag of a fragment of this brand.
fn root(brand: BrandDraft, keep: &[&str]) -> String {
    let catalogs = Catalogs::from(Catalog::embedded().unwrap());
    let merge_tags = MergeTagsDraft { dialect: None, keep: keep.iter().map(|it| (*it).to_owned()).collect() };
    let draft = SettingsDraft { brand: Some(brand), merge_tags: Some(merge_tags), ..SettingsDraft::default() };
    let mut errors = Vec::new();
    let settings = Arc::new(draft.check(&mut errors));
    let mut context = Draft::new("/context");
    context.imply(Field::Kind, "job_application");
    let locale = catalogs.current().locales().resolve("en").unwrap();
    let catalog = catalogs.find(None).unwrap();
    let request = FragmentRequest::new(Ok(context), (locale, catalog), settings, errors).unwrap();
    let frame = request.frame(catalogs.current());
    let fragment = Choice::new(catalogs.current(), &request, &frame).unwrap().render(&request, &frame);
    fragment.html.unwrap().lines().next().unwrap().to_owned()
}

fn named(name: &str) -> BrandDraft {
    BrandDraft { name: Some(name.to_owned()), voice: Some(Voice::Name), ..BrandDraft::default() }
}

#[test]
fn words_that_are_wider_than_a_small_screen_may_be_broken() {
    let (plain, broken) =
        (r#"<div lang="en" dir="ltr">"#, r#"<div lang="en" dir="ltr" style="word-break:break-word">"#);
    let long = "Donaudampfschifffahrtsgesellschaft";
    let link = |text: &str| LinkDraft { text: Some(text.to_owned()), url: Some("https://example.com/a".to_owned()) };
    assert_eq!(root(named("Northwind Traders of the Northern Harbours"), &[]), plain);
    assert_eq!(root(named(long), &[]), broken);
    assert_eq!(root(BrandDraft { name: Some(long.to_owned()), ..BrandDraft::default() }, &[]), broken, "the sign-off");
    assert_eq!(
        root(BrandDraft { link: Some(link("Open roles")), ..named("Northwind") }, &[]),
        plain,
        "an address alone"
    );
    assert_eq!(root(BrandDraft { link: Some(link("https://example.com/a/b")), ..named("Northwind") }, &[]), broken);
    assert_eq!(root(named("{{NAME}}"), &["{{NAME}}"]), broken, "what a host puts there may be long");
}

#[test]
fn what_does_not_break_a_line_does_not_part_a_word() {
    assert!(root(named("Northwind\u{a0}Traders\u{a0}Ltd"), &[]).contains("word-break"));
}
