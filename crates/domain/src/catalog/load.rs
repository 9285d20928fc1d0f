//! Builds a catalog from its files. Stops at nothing: every file is read, and all mistakes come back together.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Table;

use super::files::{EMBEDDED, File, Problem, line_of};
use super::locale::Locales;
use super::model::{
    Action, ActionType, Atom, AtomIndex, Borrowed, FrameText, Item, LocaleIndex, NoRule, StepPhase, Timing, Tip,
    TipRule, TipText,
};
use super::place;
use super::reader::{Reader, merge, path_of};
use super::releases::{self, Release};
use super::replies::{self, Engine};
use super::{Catalog, Shelf};
use crate::condition::{Compiler, Condition, NamedConditions, Source, Thresholds};
use crate::fragments::{TipParts, Tongue};

/// The item with the words around the tips of a fragment, and its file below the folder of the base locale.
pub(super) const FRAME_ID: &str = "frame";
const FRAME: &str = "fragments/frame.toml";

/// The audiences that an item may name.
const AUDIENCE: &str = "audience";

/// What the loading of one catalog has at hand.
pub(super) struct Loader<'a> {
    files: BTreeMap<&'a str, &'a str>,
    named: NamedConditions,
    thresholds: Thresholds,
    atoms: Vec<Atom>,
    locales: Locales,
    problems: Vec<Problem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AtomEntry {
    id: String,
    article: String,
    position: String,
    advice: String,
    #[serde(default)]
    when: Source,
}

/// A tip before its actions are known: they are items that are read later.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TipEntry {
    phase: StepPhase,
    priority: u16,
    timing: Option<Timing>,
    #[serde(default)]
    actions: Vec<ActionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionEntry {
    #[serde(rename = "type")]
    action_type: ActionType,
    id: String,
}

/// Loads a catalog.
///
/// # Errors
/// Every mistake that was found.
pub(super) fn load(sources: &[File]) -> Result<Catalog, Vec<Problem>> {
    let files: BTreeMap<&str, &str> = sources.iter().map(|(path, text)| (&**path, &**text)).collect();
    let digest = digest(&files);
    let mut loader = Loader {
        locales: Locales::new(String::new(), []),
        named: NamedConditions::new(),
        thresholds: Thresholds::default(),
        atoms: Vec::new(),
        problems: Vec::new(),
        files,
    };
    let version = loader.head();
    let releases = loader.releases(&version);
    loader.atoms();
    let prompts = loader.shelf("prompts");
    let scenarios = loader.shelf("scenarios");
    let challenges = loader.shelf("challenges");
    loader.complete_replies();
    let (letters, replies) = (loader.shelf("reply-frames"), loader.shelf("replies"));
    let (letters, replies) = Catalog::reply_rules(&mut loader, letters, replies);
    let mut catalog = Catalog {
        version,
        releases,
        digest,
        layer: None,
        locales: loader.locales.clone(),
        atoms: Vec::new(),
        articles: loader.shelf("articles"),
        tips: Shelf::default(),
        ranked: Vec::new(),
        checks: loader.shelf("checks"),
        kinds: loader.shelf("kinds"),
        causes: loader.shelf("causes"),
        reasons: loader.shelf("reasons"),
        thresholds: Thresholds::default(),
        prompts,
        scenarios,
        challenges,
        replies,
        frames: loader.frames(),
        letters,
        engine: Engine::new(1),
    };
    let entries: Shelf<TipEntry, TipText> = loader.shelf("tips");
    catalog.tips = entries.filter_map(|entry| loader.tip(entry, &catalog));
    catalog.ranked = (0..catalog.tips.0.len()).collect();
    catalog.ranked.sort_by_key(|index| std::cmp::Reverse(catalog.tips.0[*index].rule.priority));
    let mut catalog = loader.finish(catalog)?;
    catalog.engine = replies::engine(sources, &catalog)?;
    Ok(catalog)
}

/// A digest over every file, so that two catalogs with the same version and different words can be told apart.
fn digest(files: &BTreeMap<&str, &str>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for (path, text) in files {
        hasher.update(path.as_bytes()).update(&[0]).update(text.as_bytes()).update(&[0]);
    }
    *hasher.finalize().as_bytes()
}

impl<'a> Loader<'a> {
    fn finish(self, mut catalog: Catalog) -> Result<Catalog, Vec<Problem>> {
        catalog.atoms = self.atoms;
        catalog.thresholds = self.thresholds;
        if self.problems.is_empty() { Ok(catalog) } else { Err(self.problems) }
    }

    /// Keeps a mistake and goes on.
    fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn open(&mut self, path: &'a str) -> Option<Reader<'a>> {
        let opened = match self.files.get(path) {
            Some(source) => Reader::open(path, source),
            None => Err(Problem {
                file: path.to_owned(),
                line: 1,
                field: String::new(),
                message: "this file is missing".to_owned(),
            }),
        };
        self.keep(opened)
    }

    /// The catalog's own file and the named conditions. Answers the version.
    fn head(&mut self) -> String {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Head {
            version: String,
            locale: String,
        }
        if let Some(named) = self.open("conditions.toml").map(|mut reader| reader.rest()) {
            self.named = self.keep(named).unwrap_or_default();
        }
        let Some(head) = self.open("catalog.toml").map(|mut reader| reader.rest::<Head>()) else {
            return String::new();
        };
        let Some(head) = self.keep(head) else { return String::new() };
        let mut others: Vec<_> =
            self.files.keys().filter_map(|path| path.split_once('/')).map(|(locale, _)| locale.to_owned()).collect();
        others.dedup();
        others.retain(|locale| *locale != head.locale);
        self.locales = Locales::new(head.locale, others);
        head.version
    }

    fn releases(&mut self, version: &str) -> Vec<Release> {
        let Some(reader) = self.open(releases::FILE) else { return Vec::new() };
        releases::read(reader, version).unwrap_or_else(|problems| {
            self.problems.extend(problems);
            Vec::new()
        })
    }

    fn atoms(&mut self) {
        let Some(mut reader) = self.open("atoms.toml") else { return };
        let entries = reader.required::<Vec<AtomEntry>>("atom");
        for entry in self.keep(entries).unwrap_or_default() {
            let condition = self.compile(&reader, &entry.when);
            self.atoms.push(Atom {
                id: entry.id.into(),
                article: entry.article.into(),
                position: entry.position.into(),
                advice: entry.advice.into(),
                condition,
            });
        }
    }

    /// Keeps a mistake.
    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The place of an atom.
    pub(super) fn atom(&self, id: &str) -> Option<AtomIndex> {
        self.atoms.iter().position(|known| *known.id == *id).and_then(|at| AtomIndex::try_from(at).ok())
    }

    /// Opens the file of an item of the base locale once more, for what needs more than the item itself.
    pub(super) fn reread<T>(
        &mut self,
        folder: &str,
        id: &str,
        read: impl FnOnce(&mut Self, &Reader<'_>) -> T,
    ) -> Option<T> {
        let path = format!("{}/{folder}/{id}.toml", self.locales.tag(super::LocaleIndex::default()));
        let (_, source) = self.files.get_key_value(path.as_str())?;
        let opened = Reader::open(&path, source);
        let reader = self.keep(opened)?;
        Some(read(self, &reader))
    }

    pub(super) fn compile(&mut self, reader: &Reader<'_>, source: &Source) -> Condition {
        let mut compiler = Compiler { named: &self.named, thresholds: &mut self.thresholds };
        let compiled = compiler.compile(source);
        let compiled = compiled.map_err(|error| reader.problem("when", &error.text, &error.message));
        self.keep(compiled).unwrap_or_default()
    }

    /// All items in a folder of the base locale, in order of their ids.
    fn shelf<R: DeserializeOwned, T: DeserializeOwned>(&mut self, folder: &str) -> Shelf<R, T> {
        let base = self.locales.tag(super::LocaleIndex::default()).to_owned();
        let prefix = format!("{base}/{folder}/");
        let paths: Vec<_> = self.files.keys().copied().filter(|path| path.starts_with(&prefix)).collect();
        let mut items = Vec::with_capacity(paths.len());
        for path in paths {
            let Some(id) = path[prefix.len()..].strip_suffix(".toml") else { continue };
            let Some(reader) = self.open(path) else { continue };
            let item = self.item(reader, &format!("{folder}/{id}.toml"), id);
            items.extend(self.keep(item));
        }
        items.sort_by(|left: &Item<R, T>, right| left.id.cmp(&right.id));
        Shelf(items)
    }

    /// A catalog from before replies had words has those of this binary.
    fn complete_replies(&mut self) {
        let frames = format!("{}/reply-frames/", self.locales.tag(super::LocaleIndex::default()));
        if self.files.keys().any(|path| path.starts_with(&frames)) {
            return;
        }
        self.files.retain(|path, _| !path.contains("/replies/"));
        let is_of_a_reply = |path: &str| path.contains("/replies/") || path.contains("/reply-frames/");
        self.files.extend(EMBEDDED.iter().copied().filter(|(path, _)| is_of_a_reply(path)));
    }

    /// What fragments say around their tips. A catalog from before there were fragments has the words of this binary.
    fn frames(&mut self) -> Shelf<NoRule, FrameText> {
        let path = format!("{}/{FRAME}", self.locales.tag(super::LocaleIndex::default()));
        if !self.files.contains_key(path.as_str())
            && let Some((path, text)) = EMBEDDED.iter().find(|(known, _)| *known == path)
        {
            self.files.insert(path, text);
        }
        let frames = self.shelf("fragments");
        if frames.get(FRAME_ID).is_none() && self.problems.is_empty() {
            self.problems.push(Problem {
                file: path,
                line: 1,
                field: String::new(),
                message: "this file is missing".to_owned(),
            });
        }
        frames
    }

    fn item<R, T>(&mut self, mut reader: Reader<'a>, path: &str, id: &str) -> Result<Item<R, T>, Problem>
    where
        R: DeserializeOwned,
        T: DeserializeOwned,
    {
        let since = reader.required("since")?;
        let deprecated = reader.optional("deprecated")?.unwrap_or_default();
        let enabled = reader.optional("enabled")?.unwrap_or(true);
        let atoms: Vec<String> = reader.optional("atoms")?.unwrap_or_default();
        let audiences: Vec<String> = reader.optional("audiences")?.unwrap_or_default();
        let when = reader.optional("when")?.unwrap_or_default();
        let text: Table = reader.required("text")?;
        let mut item = Item::new(id, since, reader.rest()?);
        item.deprecated = deprecated;
        item.enabled = enabled;
        item.condition = self.compile(&reader, &when);
        if !audiences.is_empty() {
            let source = Source { all: vec![format!("{AUDIENCE}={}", audiences.join("|"))], ..Source::default() };
            item.audiences = self.compile(&reader, &source);
        }
        for atom in &atoms {
            match self.atom(atom) {
                Some(index) => item.atoms.push(index),
                None => self.problems.push(reader.problem("atoms", &format!("\"{atom}\""), "there is no such atom")),
            }
        }
        let texts = self.texts(path, &text)?;
        Ok(item.with_texts(texts))
    }

    /// The words in every locale: those of the base, with those of the chain laid over them.
    fn texts<T: DeserializeOwned>(&self, path: &str, text: &Table) -> Result<Vec<(T, Borrowed)>, Problem> {
        let mut texts = Vec::new();
        for (index, tag) in self.locales.iter() {
            let mut words = text.clone();
            let mut origins: BTreeMap<String, LocaleIndex> =
                text.keys().map(|name| (name.clone(), LocaleIndex::default())).collect();
            for locale in self.locales.chain(tag).into_iter().rev().skip(1) {
                let file = format!("{locale}/{path}");
                if let Some(source) = self.files.get(file.as_str()) {
                    let mut reader = Reader::open(&file, source)?;
                    let own: Table = reader.required("text")?;
                    let origin = self.locales.index(locale).unwrap_or_default();
                    origins.extend(own.keys().map(|name| (name.clone(), origin)));
                    merge(&mut words, &own);
                    reader.rest::<super::model::NoRule>()?;
                }
            }
            let text = words.try_into().map_err(|error: toml::de::Error| {
                let field = format!("text.{}", path_of(&error));
                let file = place::file(&self.locales, tag, path, &field, |file| self.files.get(file).copied());
                let source = self.files.get(file.as_str()).copied().unwrap_or_default();
                let (line, message) = (line_of(source, &field, ""), error.message().to_owned());
                Problem { file, line, field, message }
            })?;
            let borrowed = origins.into_iter().filter(|(_, origin)| *origin != index);
            texts.push((text, borrowed.map(|(name, origin)| (name.into(), origin)).collect()));
        }
        Ok(texts)
    }

    fn tip(&mut self, entry: Item<TipEntry, TipText>, catalog: &Catalog) -> Option<Tip> {
        self.reread("tips", &entry.id.clone(), |loader, reader| loader.tip_of(reader, entry, catalog))
    }

    fn tip_of(&mut self, reader: &Reader<'_>, entry: Item<TipEntry, TipText>, catalog: &Catalog) -> Tip {
        let mut actions = Vec::with_capacity(entry.rule.actions.len());
        for ActionEntry { action_type, id } in &entry.rule.actions {
            if let Some(action) = catalog.action(*action_type, id) {
                actions.push(action);
            } else {
                let message = format!("there is no {} `{id}`", action_type.name());
                self.problems.push(reader.problem("actions", &format!("\"{id}\""), &message));
            }
        }
        let gate = self.compile(reader, &entry.rule.phase.gate());
        let whole = gate.clone().and(&entry.audiences).and(&entry.condition);
        let TipEntry { phase, priority, timing, .. } = entry.rule;
        let parts = entry.localized().map(|(locale, text)| {
            let tongue = |word| Tongue::of(catalog, locale, entry.origin(locale, word));
            TipParts::new((&text.title, tongue("title")), (&text.body, tongue("body")))
        });
        let parts = parts.collect();
        entry.map_rule(TipRule { phase, priority, timing, actions, gate, whole, parts })
    }
}

impl Catalog {
    /// The action that opens an item.
    fn action(&self, action_type: ActionType, id: &str) -> Option<Action> {
        fn build<R, T>(action_type: ActionType, item: &Item<R, T>) -> Action {
            Action {
                action_type,
                id: item.id.clone(),
                enabled: item.enabled,
                condition: item.audiences.clone().and(&item.condition),
                atoms: item.atoms.clone(),
                paired_with: None,
            }
        }
        match action_type {
            ActionType::Reply => Some(build(action_type, self.replies.get(id)?)),
            ActionType::Scenario => Some(build(action_type, self.scenarios.get(id)?)),
            ActionType::Challenge => Some(build(action_type, self.challenges.get(id)?)),
            ActionType::Prompt => {
                let prompt = self.prompts.get(id)?;
                let paired_with = prompt.rule.paired_with.as_deref().map(Into::into);
                Some(Action { paired_with, ..build(action_type, prompt) })
            }
        }
    }
}
