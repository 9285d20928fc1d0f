//! Requests for fragments of the catalog that is compiled in.

use std::sync::{Arc, LazyLock};

use rebound_domain::Error;
use rebound_domain::catalog::{Catalog, Catalogs};
use rebound_domain::context::{Draft, Field};
use rebound_domain::fragments::{Choice, Fragment, FragmentRequest, Frame, SettingsDraft};

/// The catalog that is compiled in.
pub(crate) static CATALOGS: LazyLock<Arc<Catalogs>> = LazyLock::new(|| Arc::new(Catalog::embedded().unwrap().into()));

/// A request about a situation.
pub(crate) fn request(context: &[(Field, &str)], draft: SettingsDraft) -> Result<FragmentRequest, Error> {
    let mut errors = Vec::new();
    let settings = Arc::new(draft.check(&mut errors));
    let mut fields = Draft::new("/context");
    for (field, value) in context {
        fields.set_text(*field, value);
    }
    let located = (CATALOGS.current().locales().negotiate(None), CATALOGS.find(None).unwrap());
    FragmentRequest::new(Ok(fields), located, settings, errors)
}

/// Renders and hands over, because a fragment borrows from its frame.
pub(crate) fn rendered<T>(request: &FragmentRequest, with: impl FnOnce(&Frame, Fragment<'_>) -> T) -> Result<T, Error> {
    let frame = request.frame(CATALOGS.current());
    let choice = Choice::new(CATALOGS.current(), request, &frame)?;
    Ok(with(&frame, choice.render(request, &frame)))
}

/// An application that ended after an interview.
pub(crate) fn application(draft: SettingsDraft) -> FragmentRequest {
    request(&[(Field::Kind, "job_application"), (Field::ConversationWith, "interviewer")], draft).unwrap()
}
