//! The report on a draft: what was found, in the words of the catalog, and what follows from it.

use std::ops::Range;

use super::{COOL_OFF_HOURS, CheckRequest, Code, Found, Profile, Severity, Verdict, find};
use crate::catalog::{Catalog, Check, CheckText, LocaleIndex};
use crate::context::{Context, Facts};

/// A report on a draft. It says nothing of the text but where something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<'a> {
    /// What to do with the draft.
    pub verdict: Verdict,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding<'a>>,
    /// With [`Verdict::Hold`]: how many hours to wait before reading it again.
    pub cool_off_hours: Option<u32>,
}

/// Something found, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<'a> {
    /// What it is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where it is in the text as given, in Unicode scalar values, the end not included.
    pub place: Range<usize>,
    /// The id of the advice behind it, where one fits the situation.
    pub atom: Option<&'a str>,
    /// Why it matters.
    pub message: &'a str,
    /// How to say it instead.
    pub suggestion: &'a str,
}

/// Checks a draft.
#[must_use]
pub fn report<'a>(catalog: &'a Catalog, request: &CheckRequest, locale: LocaleIndex) -> Report<'a> {
    let CheckRequest { profile, text, context } = request;
    let (profile, context) = (*profile, context.as_ref());
    let span = tracing::info_span!("check draft", rebound.draft.findings = tracing::field::Empty).entered();
    let facts = match context {
        Some(context) => catalog.thresholds().facts(context),
        None => Context::nothing_known("candidate"),
    };
    let explained = |found| explained(catalog, found, profile, facts, locale);
    let findings: Vec<_> = find(text, profile, context).into_iter().filter_map(explained).collect();
    span.record("rebound.draft.findings", i64::try_from(findings.len()).unwrap_or(i64::MAX));
    let verdict = match findings.iter().map(|finding| finding.severity).max() {
        None | Some(Severity::Info) => Verdict::Fine,
        Some(Severity::Warning) => Verdict::Revise,
        Some(Severity::Critical) => Verdict::Hold,
    };
    let cool_off_hours = (verdict == Verdict::Hold).then_some(COOL_OFF_HOURS);
    Report { verdict, findings, cool_off_hours }
}

/// A finding in the words of its check.
fn explained(
    catalog: &Catalog,
    Found { code, severity, place }: Found,
    profile: Profile,
    facts: Facts,
    locale: LocaleIndex,
) -> Option<Finding<'_>> {
    let check = catalog.checks.get(code.name())?;
    let CheckText { message, suggestion, employer, .. } = check.text(locale);
    Some(match profile {
        Profile::CandidateReply => {
            Finding { code, severity, place, atom: atom(catalog, check, facts), message, suggestion }
        }
        // The advice speaks to the person who was turned down (rule C5).
        Profile::EmployerRejection => {
            let (message, suggestion) = (&employer.message, &employer.suggestion);
            Finding { code, severity, place, atom: None, message, suggestion }
        }
    })
}

/// The first advice of a check that is given in this situation.
fn atom<'a>(catalog: &'a Catalog, check: &Check, facts: Facts) -> Option<&'a str> {
    let mut atoms = check.atoms.iter().map(|index| catalog.atom(*index));
    atoms.find(|atom| atom.condition.holds(facts)).map(|atom| &*atom.id)
}
