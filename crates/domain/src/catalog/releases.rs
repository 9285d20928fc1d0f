//! The change log of a catalog, as data: which releases there were, and what changed with each.

use jiff::civil::Date;
use serde::Deserialize;

use super::files::Problem;
use super::reader::Reader;

/// The file of the change log.
pub(super) const FILE: &str = "changelog.toml";

/// One release of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its version, such as `2026.11.0`.
    pub version: Box<str>,
    /// The day on which it was released.
    pub released: Date,
    /// What changed with it, a sentence each; never empty.
    pub changes: Vec<Box<str>>,
    place: Box<str>,
}

impl Release {
    /// A text by which releases are in order, the newest first.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    version: String,
    released: String,
    changes: Vec<String>,
}

/// Reads the change log of the catalog with this version.
///
/// # Errors
/// Every mistake in it.
pub(super) fn read(mut reader: Reader<'_>, version: &str) -> Result<Vec<Release>, Vec<Problem>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Log {
        release: Vec<Entry>,
    }
    let log: Log = reader.rest().map_err(|problem| vec![problem])?;
    let (mut releases, mut problems) = (Vec::<Release>::new(), Vec::new());
    for Entry { version, released, changes } in log.release {
        let needle = format!("\"{version}\"");
        let mut refuse = |field: &str, needle: &str, message: &str| {
            problems.push(reader.problem(&format!("release.{field}"), needle, message));
        };
        let Some(place) = place(&version) else {
            refuse("version", &needle, "not three numbers with dots between, such as 2026.11.0");
            continue;
        };
        if releases.last().is_some_and(|newer| *newer.place >= *place) {
            refuse("version", &needle, "the newest release comes first, and each once");
        }
        if changes.is_empty() || changes.iter().any(String::is_empty) {
            refuse("changes", &needle, "says what changed, in at least one sentence");
        }
        match released.parse() {
            Ok(released) => releases.push(Release {
                version: version.into(),
                released,
                changes: changes.into_iter().map(Into::into).collect(),
                place,
            }),
            Err(_) => refuse("released", &format!("\"{released}\""), "not a day such as 2026-11-22"),
        }
    }
    if problems.is_empty() && releases.first().is_none_or(|newest| *newest.version != *version) {
        problems.push(reader.problem(
            "release",
            "",
            &format!("the first release is not {version}, as catalog.toml says"),
        ));
    }
    if problems.is_empty() { Ok(releases) } else { Err(problems) }
}

/// The place of a version among all others, the newest first; `None` if it is no version.
fn place(version: &str) -> Option<Box<str>> {
    let number = |part: &str| part.parse::<u32>().ok().filter(|number| number.to_string() == part);
    let numbers = version.split('.').map(number).collect::<Option<Vec<_>>>()?;
    let [year, month, patch] = numbers[..] else { return None };
    Some([year, month, patch].map(|number| format!("{:010}", u32::MAX - number)).concat().into())
}
