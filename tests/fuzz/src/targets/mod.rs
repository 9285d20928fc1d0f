//! The targets: each is a parser of foreign bytes, behind the door that they come in by.

mod batches;
mod bodies;
mod calls;
mod files;
mod heads;
mod overlays;

use crate::Target;

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "guidance", check: bodies::guidance, seeds: bodies::guidance_seeds },
    Target { name: "fragments", check: bodies::fragment, seeds: bodies::fragment_seeds },
    Target { name: "replies", check: bodies::reply, seeds: bodies::reply_seeds },
    Target { name: "drafts", check: bodies::draft, seeds: bodies::draft_seeds },
    Target { name: "draft_texts", check: bodies::draft_text, seeds: bodies::draft_text_seeds },
    Target { name: "forms", check: bodies::form, seeds: bodies::form_seeds },
    Target { name: "lines", check: batches::lines, seeds: batches::seeds },
    Target { name: "queries", check: heads::query, seeds: heads::query_seeds },
    Target { name: "paths", check: heads::path, seeds: heads::path_seeds },
    Target { name: "headers", check: heads::headers, seeds: heads::header_seeds },
    Target { name: "page_tokens", check: heads::page_token, seeds: heads::page_token_seeds },
    Target { name: "messages", check: calls::message, seeds: calls::message_seeds },
    Target { name: "frames", check: calls::frames, seeds: calls::frame_seeds },
    Target { name: "overlays", check: overlays::overlay, seeds: overlays::seeds },
    Target { name: "catalog", check: files::catalog, seeds: files::catalog_seeds },
    Target { name: "settings", check: files::settings, seeds: files::settings_seeds },
    Target { name: "keys", check: files::keys, seeds: files::key_seeds },
    Target { name: "tls", check: files::tls, seeds: files::tls_seeds },
];

/// What an input begins with, as a number, and the rest of it.
fn choice(input: &[u8]) -> (usize, &[u8]) {
    input.split_first().map_or((0, input), |(first, rest)| (usize::from(*first), rest))
}

/// An input that begins with a number.
fn chosen(number: usize, rest: &[u8]) -> Vec<u8> {
    let first = u8::try_from(number).expect("few choices");
    [&[first], rest].concat()
}
