//! Fragments in another language and direction: words fall back key by key, and the root says what came.

use std::borrow::Cow;
use std::sync::Arc;

use rebound_domain::catalog::{Catalog, Catalogs, check, embedded};
use rebound_domain::context::{Draft, Field};
use rebound_domain::fragments::{BrandDraft, Choice, Direction, FragmentRequest, SettingsDraft};

/// The catalog that is compiled in, with a tip and the frame in Arabic as well.
fn files() -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
    let mut files = embedded();
    let tip = "[text]\ntitle = \"خذ بعض الوقت أولا\"\n";
    let frame = "[text]\nwe = \"نأمل أن يفيدك بعض هذا.\"\n";
    for (name, text) in [("tips/take-time-first", tip), ("fragments/frame", frame)] {
        files.push((format!("ar/{name}.toml").into(), text.into()));
    }
    files
}

#[test]
fn a_language_from_right_to_left_says_so_on_the_root_and_on_every_block() {
    let catalogs = Catalogs::from(Catalog::load(&files()).unwrap());
    let catalog = catalogs.current();
    let mut errors = Vec::new();
    let brand = BrandDraft { name: Some("Example".to_owned()), ..BrandDraft::default() };
    let draft = SettingsDraft { brand: Some(brand), max_tips: Some(1), ..SettingsDraft::default() };
    let settings = Arc::new(draft.check(&mut errors));
    let mut context = Draft::new("/context");
    context.set_text(Field::Kind, "job_application");
    let located = (catalog.locales().resolve("ar-EG").unwrap(), catalogs.find(None).unwrap());
    let request = FragmentRequest::new(Ok(context), located, settings, errors).unwrap();
    let frame = request.frame(catalog);
    let fragment = Choice::new(catalog, &request, &frame).unwrap().render(&request, &frame);
    let html = fragment.html.unwrap();
    assert!(html.starts_with("<div lang=\"ar\" dir=\"rtl\" style=\"text-align:right\">\n<p "), "{html}");
    assert!(html.contains(">خذ بعض الوقت أولا</h3>\n") && html.contains("News like this takes time"), "{html}");
    assert!(fragment.text.unwrap().starts_with("نأمل أن يفيدك بعض هذا.\n\nخذ بعض الوقت أولا\n"));
    let blocks = fragment.blocks.unwrap();
    assert!(blocks.iter().all(|block| block.lang == "ar" && block.dir == Direction::RightToLeft));
}

#[test]
fn scripts_go_before_the_languages_that_are_usually_written_in_them() {
    for (tag, direction) in [
        ("en", Direction::LeftToRight),
        ("he-IL", Direction::RightToLeft),
        ("ur", Direction::RightToLeft),
        ("ur-Latn", Direction::LeftToRight),
        ("az-Arab-IR", Direction::RightToLeft),
        ("ku", Direction::LeftToRight),
    ] {
        assert_eq!(Direction::of(tag), direction, "{tag}");
    }
}

#[test]
fn the_words_around_the_tips_are_checked_and_a_catalog_without_them_has_those_of_this_binary() {
    let path = "en/fragments/frame.toml";
    let mut files = embedded();
    let (_, text) = files.iter_mut().find(|(name, _)| name == path).unwrap();
    *text =
        "since = \"2026.11.0\"\n[text]\nwe = \"You will get it!\"\nname = \"Nobody.\"\nneutral = \"We rejected it.\"\n"
            .into();
    let found: Vec<_> = check(&files).into_iter().map(|problem| (problem.file, problem.field)).collect();
    let expected = ["text.we", "text.we", "text.neutral", "text.name"].map(|field| (path.to_owned(), field.to_owned()));
    assert_eq!(found, expected);

    files.retain(|(name, _)| name != path);
    assert_eq!(check(&files), []);
}
