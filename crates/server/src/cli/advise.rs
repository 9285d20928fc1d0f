//! `rebound advise`: guidance for one situation, from flags or from JSON on standard input.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Read as _};
use std::process::ExitCode;

use clap::Args;
use rebound_domain::catalog::{Catalog, StepPhase, Timing};
use rebound_domain::context::{Context, ContextSeed, Draft};
use rebound_domain::guidance::{Guidance, GuidanceRequest, Step, advise};
use serde::de::DeserializeSeed as _;

use super::Failure;
use super::fields::Fields;
use super::output::{self, FAINT, HEADING, PLAIN, STRONG};
use crate::catalogs;
use crate::config::Settings;

/// How wide text is set at most, in columns.
const MAX_WIDTH: usize = 88;

/// Flags of `advise`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rebound advise --kind job_application --stage interview --conversation held --phase shock
  echo '{\"kind\": \"promotion\", \"decision\": \"open_to_change\"}' | rebound advise --json")]
pub(super) struct Advise {
    #[command(flatten)]
    fields: Fields,
    /// The language wanted, as a BCP 47 tag
    #[arg(long)]
    locale: Option<String>,
    /// How many steps come at most, 1 to 50 [default: 7]
    #[arg(long, allow_negative_numbers = true)]
    limit: Option<i64>,
    /// Say what was kept out, and why
    #[arg(long)]
    explain: bool,
    /// The version of the catalog that answers [default: the one of this binary]
    #[arg(long, value_name = "VERSION")]
    catalog_version: Option<String>,
    /// Print the JSON of the API (the default where no terminal is)
    #[arg(long)]
    json: bool,
}

impl Advise {
    /// Runs the command.
    pub(super) fn run(self, resolve: impl FnOnce() -> Result<Settings, Failure>) -> Result<ExitCode, Failure> {
        // Only who asks for a version needs the archive, and with it the settings.
        let archive = if self.catalog_version.is_some() { resolve()?.catalog_archive } else { None };
        let catalogs = catalogs::load(archive.as_deref())?;
        let index = catalogs.find(self.catalog_version.as_deref());
        let index = index.map_err(|error| Failure::usage(format!("--catalog-version: {}", error.detail)))?;
        let catalog = catalogs.get(index);
        let context = self.context()?;
        let locale = match &self.locale {
            Some(tag) => catalog
                .locales()
                .resolve(tag)
                .ok_or_else(|| Failure::usage("--locale: not a BCP 47 language tag such as en or en-GB"))?,
            None => catalog.locales().negotiate(None),
        };
        let request = GuidanceRequest::new(context, locale, self.limit, self.explain).to(index);
        if output::is_for_programs(self.json) {
            let json = rebound_api_rest::guidance_json(catalog, &request);
            return output::line(&String::from_utf8_lossy(&json));
        }
        output::line(&page(catalog, &request, &advise(catalog, &request)))
    }

    fn context(&self) -> Result<Context, Failure> {
        let draft = if self.fields.is_empty() { from_stdin()? } else { self.fields.draft() };
        draft.finish().map_err(|errors| {
            let lines: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect();
            Failure::usage(lines.join("\n       "))
        })
    }
}

fn from_stdin() -> Result<Draft, Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::usage("say what happened: flags such as --kind, or JSON on standard input; see --help"));
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let mut draft = Draft::new("");
    let mut json = serde_json::Deserializer::from_str(&text);
    let parsed = ContextSeed(&mut draft).deserialize(&mut json).and_then(|()| json.end());
    parsed.map_err(|error| {
        Failure::usage(format!("standard input: not valid JSON at line {}, column {}", error.line(), error.column()))
    })?;
    Ok(draft)
}

/// The steps as a page for a person.
fn page(catalog: &Catalog, request: &GuidanceRequest, guidance: &Guidance<'_>) -> String {
    let width = textwrap::termwidth().min(MAX_WIDTH);
    let mut page = String::new();
    let mut phase = None;
    for (number, step) in (1..).zip(&guidance.steps) {
        if phase.replace(step.tip.rule.phase) != Some(step.tip.rule.phase) {
            let _ = writeln!(page, "{HEADING}{}{PLAIN}", heading(step.tip.rule.phase));
        }
        write_step(&mut page, catalog, request, number, step, width);
    }
    if request.explain {
        let _ = writeln!(page, "{HEADING}Kept out{PLAIN}");
        for withheld in &guidance.withheld {
            let _ = writeln!(page, "  {}  {FAINT}{}{PLAIN}", withheld.tip.id, withheld.because.join(", "));
        }
    }
    page.trim_end().to_owned()
}

fn write_step(
    page: &mut String,
    catalog: &Catalog,
    request: &GuidanceRequest,
    number: usize,
    step: &Step<'_>,
    width: usize,
) {
    let text = step.tip.text(request.locale.index);
    let when = step.tip.rule.timing.map(timing).unwrap_or_default();
    let _ = writeln!(page, "{number:>3}. {STRONG}{}{PLAIN}{FAINT}{when}{PLAIN}", text.title);
    let indented = textwrap::Options::new(width).initial_indent("     ").subsequent_indent("     ");
    let _ = writeln!(page, "{}", textwrap::fill(&text.body, &indented));
    let actions = step.actions.iter().map(|action| format!("{} {}", action.action_type.name(), action.id));
    let notes = [
        ("why   ", step.why.join(", ")),
        ("source", sources(catalog, step)),
        ("next  ", actions.collect::<Vec<_>>().join(", ")),
    ];
    for (name, note) in notes.iter().filter(|(_, note)| !note.is_empty()) {
        let first = format!("     {name} ");
        let options = textwrap::Options::new(width)
            .initial_indent(&first)
            .subsequent_indent("            ")
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let _ = writeln!(page, "{FAINT}{}{PLAIN}", textwrap::fill(note, options));
    }
    page.push('\n');
}

/// The articles of a step, each with the pieces of advice that it gives.
fn sources(catalog: &Catalog, step: &Step<'_>) -> String {
    let mut articles: Vec<(&str, Vec<&str>)> = Vec::new();
    for atom in step.atoms().into_iter().map(|index| catalog.atom(index)) {
        match articles.iter_mut().find(|(article, _)| **article == *atom.article) {
            Some((_, atoms)) => atoms.push(&atom.id),
            None => articles.push((&atom.article, vec![&atom.id])),
        }
    }
    let lines = articles.iter().map(|(article, atoms)| format!("{article}: {}", atoms.join(", ")));
    lines.collect::<Vec<_>>().join("; ")
}

const fn heading(phase: StepPhase) -> &'static str {
    match phase {
        StepPhase::Recover => "Recover",
        StepPhase::Respond => "Respond",
        StepPhase::Reflect => "Reflect",
        StepPhase::Improve => "Improve",
        StepPhase::LookAhead => "Look ahead",
        StepPhase::Practice => "Practice",
    }
}

fn timing(timing: Timing) -> String {
    let days = |hours: u32| {
        if hours.is_multiple_of(24) && hours > 48 { format!("{} days", hours / 24) } else { format!("{hours} hours") }
    };
    match (timing.not_before_hours.filter(|hours| *hours > 0), timing.within_hours) {
        (Some(from), Some(to)) => format!("  after {}, within {}", days(from), days(to)),
        (Some(from), None) => format!("  after {}", days(from)),
        (None, Some(to)) => format!("  within {}", days(to)),
        (None, None) => String::new(),
    }
}
