//! Fragments in another language and direction: words fall back key by key, the root says what came, and what is in another
//! language than the root says so itself.

use std::borrow::Cow;
use std::sync::Arc;

use rebound_domain::catalog::{Catalog, Catalogs, File, check, embedded};
use rebound_domain::context::{Draft, Field};
use rebound_domain::fragments::{BrandDraft, Choice, Direction, Fragment, FragmentRequest, SettingsDraft, Voice};

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

/// The fragment of one tip in a language, in a voice.
fn rendered(files: &[File], locale: &str, voice: Voice, look: impl FnOnce(&Fragment<'_>)) {
    let catalogs = Catalogs::from(Catalog::load(files).unwrap());
    let catalog = catalogs.current();
    let mut errors = Vec::new();
    let brand = BrandDraft { name: Some("Example".to_owned()), voice: Some(voice), ..BrandDraft::default() };
    let draft = SettingsDraft { brand: Some(brand), max_tips: Some(1), ..SettingsDraft::default() };
    let settings = Arc::new(draft.check(&mut errors));
    let mut context = Draft::new("/context");
    context.set_text(Field::Kind, "job_application");
    let located = (catalog.locales().resolve(locale).unwrap(), catalogs.find(None).unwrap());
    let request = FragmentRequest::new(Ok(context), located, settings, errors).unwrap();
    let frame = request.frame(catalog);
    look(&Choice::new(catalog, &request, &frame).unwrap().render(&request, &frame));
}

#[test]
fn a_language_from_right_to_left_says_so_on_the_root() {
    rendered(&files(), "ar-EG", Voice::We, |fragment| {
        let html = fragment.html.as_deref().unwrap();
        assert!(html.starts_with("<div lang=\"ar\" dir=\"rtl\" style=\"text-align:right\">\n<p style="), "{html}");
        assert!(html.contains("<h3 style=\"margin-top:0;margin-bottom:8px\">خذ بعض الوقت أولا</h3>\n"), "{html}");
        assert!(fragment.text.as_deref().unwrap().starts_with("نأمل أن يفيدك بعض هذا.\n\nخذ بعض الوقت أولا\n"));
    });
}

#[test]
fn words_that_fall_back_to_another_language_say_so_themselves() {
    rendered(&files(), "ar-EG", Voice::Neutral, |fragment| {
        let html = fragment.html.as_deref().unwrap();
        let english = "<p lang=\"en\" dir=\"ltr\" style=\"margin-top:0;margin-bottom:16px;text-align:left\">";
        assert_eq!(html.matches(english).count(), 2, "the intro and the body: {html}");
        assert!(html.contains(&format!("{english}News like this takes time")), "{html}");
        assert_eq!(fragment.html_size.raw, html.len(), "it is counted");
        let blocks = fragment.blocks.as_deref().unwrap();
        let spoken: Vec<_> = blocks.iter().map(|block| (block.lang, block.dir)).collect();
        let (english, arabic) = (("en", Direction::LeftToRight), ("ar", Direction::RightToLeft));
        assert_eq!(spoken, [english, arabic, english, arabic], "intro, title, body, sign-off");
    });
}

#[test]
fn a_region_speaks_the_language_that_it_falls_back_to() {
    let mut files = files();
    files.push(("ar-EG/tips/take-time-first.toml".into(), "[text]\nbody = \"خذ وقتك.\"\n".into()));
    files.push(("en-GB/tips/take-time-first.toml".into(), "[text]\ntitle = \"Take your time\"\n".into()));
    for (locale, root) in [("en-GB", "en-GB"), ("en", "en"), ("ar-EG", "ar-EG"), ("fr", "en")] {
        rendered(&files, locale, Voice::We, |fragment| {
            let html = fragment.html.as_deref().unwrap();
            assert!(html.starts_with(&format!("<div lang=\"{root}\"")), "{html}");
            assert_eq!(html.matches("lang=").count(), 1, "{html}");
        });
    }
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
