//! What must hold of every fragment, for brands and situations made by chance: no host is broken by it, nothing in data
//! marks anything up, and its sizes are those of a real encoding.

use proptest::prelude::*;
use quoted_printable::{InputMode, Options, encode_with_options};
use rebound_domain::context::Field;
use rebound_domain::fragments::{
    BrandDraft, Dialect, Format, Fragment, LinkDraft, MAX_BUDGET_BYTES, MergeTagsDraft, SettingsDraft, Voice,
};

use crate::asked::{application, rendered, request};
use crate::html::Html;

/// Texts as clients send them, with the marks that matter far more often than by chance.
fn text() -> impl Strategy<Value = String> {
    let marks = "[{}\\[\\]$#*|<>%&\"'`_~!:/@.=+\\-\\\\ a-zA-Z0-9]{1,30}";
    let tags = prop_oneof![
        Just("{{CANDIDATE_NAME}}".to_owned()),
        Just("${Candidates.First Name}".to_owned()),
        Just("##name## *|NAME|* <%= name %> %name% [[name]] {name}".to_owned()),
        Just("<script>alert(1)</script> <img src=x onerror=y>".to_owned()),
        Just("https://evil.example www.evil.example a@evil.example".to_owned()),
        Just("&#123;&#123;NAME}} &lcub;".to_owned()),
        Just("_one_ *two* ~~three~~ `four` #five".to_owned()),
        Just("1. one\t- two".to_owned()),
    ];
    prop_oneof![3 => marks.prop_map(|text| text), 2 => tags, 2 => "\\PC{1,40}", 1 => ".{0,20}"]
}

fn brand() -> impl Strategy<Value = BrandDraft> {
    let voice = prop::option::of(prop::sample::select(Voice::ALL));
    let link = prop::option::of((
        text(),
        prop_oneof![Just("https://example.com/?a=1&copy;=2&b='"), Just("mailto:a@b.example")],
    ));
    (text(), voice, prop::option::of(text()), link).prop_map(|(name, voice, signoff, link)| BrandDraft {
        name: Some(name),
        voice,
        signoff,
        link: link.map(|(text, url)| LinkDraft { text: Some(text), url: Some(url.to_owned()) }),
        link_color: Some("#767676".to_owned()),
    })
}

fn settings() -> impl Strategy<Value = SettingsDraft> {
    let dialect = prop::option::of(prop::sample::select(Dialect::ALL));
    (brand(), dialect, 1_i64..=6, 1_i64..=10).prop_map(|(brand, dialect, level, tips)| SettingsDraft {
        brand: Some(brand),
        merge_tags: Some(MergeTagsDraft { dialect, keep: Vec::new() }),
        heading_level: Some(level),
        max_tips: Some(tips),
        budget_bytes: Some(i64::from(MAX_BUDGET_BYTES)),
        ..SettingsDraft::default()
    })
}

fn opens_a_merge_tag(text: &str) -> bool {
    ["{", "##", "[[", "*|", "<%", "%%"].iter().any(|opener| text.contains(opener))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html_holds_only_what_mail_programs_take_and_shows_the_words_as_they_are(draft in settings()) {
        let level = draft.heading_level;
        // What cannot be used is refused, which other tests look at.
        let Ok(request) = request(&[(Field::Kind, "promotion")], draft) else { return Ok(()) };
        let checked = rendered(&request, |_, fragment| {
            let html = Html::parse(fragment.html.as_deref().unwrap());
            prop_assert_eq!(html.faults(), Vec::<String>::new(), "{:?}", fragment.html);
            prop_assert!(html.links.len() <= 3);
            prop_assert!(html.headings.iter().all(|heading| Some(i64::from(*heading)) == level));
            prop_assert_eq!(html.headings.len(), fragment.steps.len());
            // The same words as the blocks, which are not escaped.
            let words: Vec<_> = fragment.blocks.unwrap().iter().map(|block| block.text.to_owned()).collect();
            prop_assert_eq!(html.words.replace('\n', ""), words.concat().replace('\n', ""));
            for word in words {
                let text = fragment.text.as_deref().unwrap();
                prop_assert!(text.contains(&word), "{:?} is not in {:?}", word, text);
            }
            Ok(())
        });
        checked.unwrap()?;
    }

    #[test]
    fn sizes_are_those_of_an_encoder_that_is_not_ours(draft in settings()) {
        let Ok(request) = request(&[(Field::Kind, "idea")], draft) else { return Ok(()) };
        let checked = rendered(&request, |_, fragment| {
            let (html, text) = (fragment.html.unwrap(), fragment.text.unwrap());
            for (size, whole) in [(fragment.html_size, html), (fragment.text_size, text)] {
                prop_assert_eq!(size.raw, whole.len());
                let lines = whole.replace('\n', "\r\n");
                let encoded = encode_with_options(&lines, Options::default().input_mode(InputMode::Text));
                // Where a full line ends, one encoder breaks it once more and the other does not: three bytes.
                let is_full = |line: &&str| line.len() > 72 && !line.ends_with('=');
                let full = encoded.split("\r\n").filter(is_full).count();
                prop_assert!((encoded.len()..=encoded.len() + 3 * full).contains(&size.quoted_printable));
            }
            Ok(())
        });
        checked.unwrap()?;
    }

    #[test]
    fn markdown_marks_up_nothing_but_what_it_should(draft in settings()) {
        use pulldown_cmark::{Event, Options, Parser, Tag};
        let Ok(request) = request(&[(Field::Kind, "project")], draft) else { return Ok(()) };
        let checked = rendered(&request, |_, fragment| {
            let markdown = fragment.markdown.unwrap();
            let (mut words, mut links) = (String::new(), 0);
            let tables = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_MATH;
            let github = tables | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_GFM;
            for event in Parser::new_ext(&markdown, github) {
                match event {
                    Event::Start(Tag::Heading { .. } | Tag::Paragraph) | Event::End(_) | Event::SoftBreak | Event::HardBreak => {}
                    Event::Start(Tag::Link { .. }) => links += 1,
                    Event::Text(text) => words.push_str(&text),
                    other => prop_assert!(false, "{:?} in {:?}", other, markdown),
                }
            }
            let blocks = fragment.blocks.unwrap();
            prop_assert_eq!(links, blocks.iter().filter(|block| block.url.is_some()).count());
            let plain = |text: &str| text.split_whitespace().collect::<String>();
            let expected: String = blocks.iter().map(|block| plain(block.text)).collect();
            prop_assert_eq!(plain(&words), expected, "{:?}", markdown);
            Ok(())
        });
        checked.unwrap()?;
    }

    #[test]
    fn nothing_in_data_opens_a_merge_tag(name in text(), signoff in text()) {
        for dialect in [None, Some(Dialect::Generic)] {
            let brand = BrandDraft { name: Some(name.clone()), signoff: Some(signoff.clone()), voice: Some(Voice::Name), ..BrandDraft::default() };
            let draft = SettingsDraft {
                brand: Some(brand),
                merge_tags: Some(MergeTagsDraft { dialect, keep: Vec::new() }),
                ..SettingsDraft::default()
            };
            let Ok(request) = request(&[(Field::Kind, "other")], draft) else { return Ok(()) };
            let checked = rendered(&request, |_, fragment| {
                for form in [fragment.html.unwrap(), fragment.text.unwrap()] {
                    prop_assert!(!opens_a_merge_tag(&form), "{}", form);
                }
                // The signs of a heading are not data.
                prop_assert!(!opens_a_merge_tag(&fragment.markdown.unwrap().replace("### ", "")));
                for block in fragment.blocks.unwrap() {
                    prop_assert!(!opens_a_merge_tag(block.text), "{}", block.text);
                }
                Ok(())
            });
            checked.unwrap()?;
        }
    }

    #[test]
    fn the_budget_is_kept_by_leaving_out_whole_tips(budget in 0_i64..6000, tips in 1_i64..=10, html in any::<bool>()) {
        let format = if html { Format::Html } else { Format::Text };
        let draft = |budget| SettingsDraft {
            max_tips: Some(tips),
            budget_bytes: Some(budget),
            formats: Some(vec![format]),
            ..SettingsDraft::default()
        };
        let counted = |fragment: &Fragment<'_>| if html { fragment.html_size } else { fragment.text_size };
        let steps = |fragment: Fragment<'_>| fragment.steps.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>();
        let all = rendered(&application(draft(i64::from(MAX_BUDGET_BYTES))), |_, fragment| steps(fragment)).unwrap();
        match rendered(&application(draft(budget)), |_, fragment| {
            let size = counted(&fragment);
            let because = format!("budget_bytes={budget}");
            let mut together: Vec<_> = fragment.left_out.iter().map(|left| left.tip.to_owned()).collect();
            prop_assert!(i64::try_from(size.raw.max(size.quoted_printable)).unwrap() <= budget);
            prop_assert!(fragment.left_out.iter().all(|left| left.because == because));
            together.extend(steps(fragment));
            together.sort();
            let mut all = all.clone();
            all.sort();
            prop_assert_eq!(together, all);
            Ok(())
        }) {
            Ok(checked) => checked?,
            Err(error) => {
                // The smallest budget that would do is named, and it does.
                prop_assert_eq!(&error.fields[0].pointer, "/budget_bytes");
                let needed: i64 = error.fields[0].detail.rsplit(' ').next().unwrap().parse().unwrap();
                prop_assert!(needed > budget);
                let one = rendered(&application(draft(needed)), |_, fragment| fragment.steps.len());
                prop_assert_eq!(one.unwrap(), 1);
                prop_assert!(rendered(&application(draft(needed - 1)), |_, _| ()).is_err());
            }
        }
    }
}
