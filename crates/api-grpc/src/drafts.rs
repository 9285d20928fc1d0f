//! Drafts: a check before something is sent. The text is read, answered and forgotten.

use http::HeaderMap;
use rebound_domain::catalog::Catalog;
use rebound_domain::drafts::{CheckRequest, Finding, Profile, Report, report};
use rebound_domain::{FieldError, Result};

use crate::context::draft;
use crate::locale;
use crate::proto::v1;

/// `CheckDraft`.
///
/// # Errors
/// `Invalid` with every field that is wrong, none of which repeats the text.
pub(crate) fn check(
    catalog: &Catalog,
    metadata: &HeaderMap,
    asked: v1::CheckDraftRequest,
) -> Result<v1::CheckDraftResponse> {
    let v1::CheckDraftRequest { profile, text, context, locale } = asked;
    let mut errors = Vec::new();
    let profile = profile_of(profile, &mut errors);
    let accepted = || locale::accepted(catalog, metadata);
    let locale = locale::resolve(catalog, locale.as_deref(), accepted, &mut errors);
    let request = CheckRequest::new(profile, Some(text), context.as_ref().map(draft), errors)?;
    Ok(shown(report(catalog, &request, locale.index)))
}

/// The profile with a number, of which zero is none.
fn profile_of(number: i32, errors: &mut Vec<FieldError>) -> Option<Profile> {
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let profile = index.and_then(|index| Profile::ALL.get(index)).copied();
    if profile.is_none() && number != 0 {
        errors.push(FieldError::new("/profile", format!("not an allowed value; {}", Profile::allowed())));
    }
    profile
}

fn shown(report: Report<'_>) -> v1::CheckDraftResponse {
    let Report { verdict, findings, cool_off_hours } = report;
    v1::CheckDraftResponse {
        verdict: verdict as i32 + 1,
        findings: findings.into_iter().map(finding).collect(),
        cool_off_hours,
    }
}

fn finding(finding: Finding<'_>) -> v1::DraftFinding {
    let Finding { code, severity, place, atom, message, suggestion } = finding;
    let count = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    v1::DraftFinding {
        code: code as i32 + 1,
        severity: severity as i32 + 1,
        start: count(place.start),
        end: count(place.end),
        atom: atom.map(ToOwned::to_owned),
        message: message.to_owned(),
        suggestion: suggestion.to_owned(),
    }
}
