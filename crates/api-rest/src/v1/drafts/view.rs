//! A report on a draft as JSON.

use rebound_domain::drafts::{Code, Finding, Report, Severity, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

use crate::components::{DraftCode, DraftSeverity, DraftVerdict};

/// What there is to know before a draft is sent.
#[derive(Serialize, ToSchema)]
#[schema(as = DraftReport)]
pub(super) struct ReportView<'a> {
    /// `fine`: nothing stands against it. `revise`: better changed. `hold`: better kept for a while.
    #[schema(value_type = DraftVerdict)]
    verdict: Verdict,
    /// What was found, in the order of the text; at most 100.
    findings: Vec<FindingView<'a>>,
    /// With `hold`: how many hours to wait before reading it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 24, nullable = false)]
    cool_off_hours: Option<u32>,
}

/// Something found in a draft.
#[derive(Serialize, ToSchema)]
#[schema(as = DraftFinding)]
struct FindingView<'a> {
    /// What it is.
    #[schema(value_type = DraftCode)]
    code: Code,
    /// `info`: worth a thought. `warning`: better changed. `critical`: would do lasting harm.
    #[schema(value_type = DraftSeverity)]
    severity: Severity,
    /// Where it begins in the text, in Unicode scalar values.
    #[schema(example = 20)]
    start: usize,
    /// Where it ends: the first place behind it.
    #[schema(example = 41)]
    end: usize,
    /// The id of the advice behind it, as in `/v1/sources`; absent where none fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "no-nasty-replies", nullable = false)]
    atom: Option<&'a str>,
    /// Why it matters.
    message: &'a str,
    /// How to say it instead.
    suggestion: &'a str,
}

impl<'a> ReportView<'a> {
    pub(super) fn new(report: Report<'a>) -> Self {
        let Report { verdict, findings, cool_off_hours } = report;
        Self { verdict, findings: findings.into_iter().map(FindingView::new).collect(), cool_off_hours }
    }
}

impl<'a> FindingView<'a> {
    fn new(finding: Finding<'a>) -> Self {
        let Finding { code, severity, place, atom, message, suggestion } = finding;
        Self { code, severity, start: place.start, end: place.end, atom, message, suggestion }
    }
}
