//! Fragments: advice for somebody else's e-mail, one at a time or many in a stream.

mod batch;
mod input;
mod view;

use http::HeaderMap;
use rebound_domain::Result;
use rebound_domain::catalog::Catalogs;
use rebound_domain::fragments::{Choice, Defaults};

pub(crate) use self::batch::Answers;
use self::input::Asked;
use crate::proto::v1;
use crate::wire::Answer;

/// `RenderFragment`.
///
/// # Errors
/// `Invalid` with every field that is wrong, or if the budget is too small for any tip.
pub(crate) fn render(catalogs: &Catalogs, metadata: &HeaderMap, asked: v1::RenderFragmentRequest) -> Result<Answer> {
    let v1::RenderFragmentRequest {
        context,
        locale,
        max_tips,
        formats,
        budget_bytes,
        heading_level,
        brand,
        merge_tags,
        catalog_version,
    } = asked;
    let asked = Asked { locale, catalog_version, max_tips, formats, budget_bytes, heading_level, brand, merge_tags };
    let request = input::request(catalogs, metadata, context.as_ref(), asked, &Defaults::default(), Vec::new())?;
    let catalog = catalogs.get(request.catalog);
    let frame = request.frame(catalog);
    let fragment = Choice::new(catalog, &request, &frame)?.render(&request, &frame);
    Ok(Answer::new(&view::single(catalog, &request, fragment)))
}
