//! Choosing advice in process: the engine alone, for every situation of the cases in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rebound_domain::catalog::Catalog;
use rebound_domain::context::{ContextSeed, Draft};
use rebound_domain::guidance::{GuidanceRequest, advise};
use serde::Deserialize;
use serde::de::DeserializeSeed;

use crate::Result;
use crate::report::{figure, float};

const CASES: &str = include_str!("../../../cases/guidance.json");

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Situation>,
}

#[derive(Deserialize)]
struct Situation {
    context: serde_json::Value,
}

/// Measures on this process's own core.
pub(super) fn measure(seconds: f64) -> Result<()> {
    let catalog = Catalog::embedded().map_err(|problems| format!("{} mistakes in the catalog", problems.len()))?;
    let Cases { cases } = serde_json::from_str(CASES)?;
    let request = |situation: Situation| {
        let mut draft = Draft::new("/context");
        ContextSeed(&mut draft).deserialize(situation.context)?;
        let context = draft.finish().map_err(|errors| format!("{errors:?}"))?;
        Result::Ok(GuidanceRequest::new(context, catalog.locales().negotiate(None), None, false))
    };
    let requests = cases.into_iter().map(request).collect::<Result<Vec<_>>>()?;
    let (begin, limit) = (Instant::now(), Duration::from_secs_f64(seconds));
    let mut chosen = 0;
    while begin.elapsed() < limit {
        for request in &requests {
            black_box(advise(&catalog, black_box(request)));
        }
        chosen += requests.len();
    }
    let rate = float(chosen) / begin.elapsed().as_secs_f64();
    figure("choosing advice in process", &format!("{rate:.0} a second and core"), "300,000; then 1,000,000");
    Ok(())
}
