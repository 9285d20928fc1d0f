//! Which tips a fragment has: those that guidance chooses, as far as they fit into the budget, the most important first.

use std::cmp::Reverse;

use super::settings::Format;
use super::size::Size;
use super::{Block, BlockType, Fragment, FragmentRequest, Frame, LeftOut, TipParts};
use crate::catalog::{Catalog, LocaleIndex, Tip};
use crate::guidance::{self, GuidanceRequest};
use crate::{Error, FieldError, Result};

/// The tips of a fragment, chosen and not written yet.
#[derive(Debug)]
pub struct Choice<'c> {
    tips: Vec<&'c Tip>,
    left_out: Vec<&'c Tip>,
    /// The content of the fragment as a number: the same for the same content, on every machine.
    pub tag: u128,
}

impl<'c> Choice<'c> {
    /// Chooses the tips for a request. What does not fit into the budget is left out as a whole, the least important
    /// first.
    ///
    /// # Errors
    /// `Invalid` if not even one tip fits, with the smallest budget that would do.
    pub fn new(catalog: &'c Catalog, request: &FragmentRequest, frame: &Frame) -> Result<Self> {
        let span = tracing::info_span!("choose fragment", rebound.fragment.tips = tracing::field::Empty).entered();
        let FragmentRequest { context, locale, settings, .. } = request;
        let asked = GuidanceRequest::new(*context, locale.clone(), Some(i64::from(settings.max_tips)), false);
        let chosen = guidance::tips(catalog, &asked);
        let measured = |tip: &Tip| {
            let parts = parts(tip, locale.index);
            if settings.formats.has(Format::Html) { parts.html_size() } else { parts.text_size() }
        };
        let ends = if settings.formats.has(Format::Html) { &frame.html } else { &frame.text };
        let budget = usize::from(settings.budget_bytes);
        let mut by_priority = chosen.clone();
        by_priority.sort_by_key(|tip| Reverse(tip.rule.priority));
        let mut size = Size::default();
        let mut left_out = Vec::new();
        for tip in by_priority {
            let with = size + measured(tip);
            if ends.around_size(with).larger() <= budget {
                size = with;
            } else {
                left_out.push(tip);
            }
        }
        let is_left = |tip: &Tip| left_out.iter().any(|left: &&Tip| std::ptr::eq(*left, tip));
        let tips: Vec<_> = chosen.iter().copied().filter(|tip| !is_left(tip)).collect();
        if tips.is_empty() {
            let needed = chosen.iter().map(|tip| ends.around_size(measured(tip)).larger()).min().unwrap_or_default();
            let detail = format!("not even one tip fits; allowed here: at least {needed}");
            return Err(Error::invalid(vec![FieldError::new("/budget_bytes", detail)]));
        }
        span.record("rebound.fragment.tips", i64::try_from(tips.len()).unwrap_or(i64::MAX));
        let tag = tag(frame, &tips, &left_out, settings.budget_bytes);
        Ok(Self { tips, left_out, tag })
    }

    /// The ids of the tips, in order.
    pub fn steps(&self) -> impl Iterator<Item = &'c str> {
        self.tips.iter().map(|tip| &*tip.id)
    }

    /// The fragment.
    #[must_use]
    pub fn render<'a>(&self, request: &FragmentRequest, frame: &'a Frame) -> Fragment<'a>
    where
        'c: 'a,
    {
        let FragmentRequest { locale, settings, .. } = request;
        let (has, level) = (|format| settings.formats.has(format), settings.heading_level);
        let parts = || self.tips.iter().map(|tip| parts(tip, locale.index));
        let html_size = frame.html.around_size(parts().map(TipParts::html_size).sum());
        let text_size = frame.text.around_size(parts().map(TipParts::text_size).sum());
        let left_out =
            |tip: &&'c Tip| LeftOut { tip: &tip.id, because: format!("budget_bytes={}", settings.budget_bytes) };
        Fragment {
            html: has(Format::Html)
                .then(|| frame.html.around(html_size.raw, |out| parts().for_each(|part| part.write_html(level, out)))),
            text: has(Format::Text)
                .then(|| frame.text.around(text_size.raw + 1, |out| parts().for_each(|part| part.write_text(out)))),
            markdown: has(Format::Markdown).then(|| {
                let capacity = text_size.raw + text_size.raw / 8;
                frame.markdown.around(capacity, |out| parts().for_each(|part| part.write_markdown(level, out)))
            }),
            blocks: has(Format::Blocks).then(|| self.blocks(locale.index, level, frame)),
            html_size,
            text_size,
            steps: self.steps().collect(),
            left_out: self.left_out.iter().map(left_out).collect(),
            tag: self.tag,
        }
    }

    fn blocks<'a>(&self, locale: LocaleIndex, level: u8, frame: &'a Frame) -> Vec<Block<'a>>
    where
        'c: 'a,
    {
        let of_tip = |tip: &&'c Tip| {
            let (words, id) = (tip.text(locale), Some(&*tip.id));
            let [of_title, of_body] = &parts(tip, locale).tongues;
            let heading = frame.block(BlockType::Heading, &words.title).in_tongue(of_title.as_ref());
            let body = frame.block(BlockType::Paragraph, &words.body).in_tongue(of_body.as_ref());
            [Block { level: Some(level), tip: id, ..heading }, Block { tip: id, ..body }]
        };
        frame.blocks_before().chain(self.tips.iter().flat_map(of_tip)).chain(frame.blocks_after()).collect()
    }
}

fn parts(tip: &Tip, locale: LocaleIndex) -> &TipParts {
    tip.rule.parts(locale)
}

/// The content as a number. The context is not in it: where it leads to the same tips, it is the same fragment.
fn tag(frame: &Frame, tips: &[&Tip], left_out: &[&Tip], budget_bytes: u16) -> u128 {
    let mut hasher = blake3::Hasher::new_keyed(&frame.digest);
    for tip in tips {
        hasher.update(tip.id.as_bytes()).update(&[0]);
    }
    if !left_out.is_empty() {
        hasher.update(&[0]).update(&budget_bytes.to_be_bytes());
        for tip in left_out {
            hasher.update(tip.id.as_bytes()).update(&[0]);
        }
    }
    let mut tag = [0; 16];
    tag.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_be_bytes(tag)
}
