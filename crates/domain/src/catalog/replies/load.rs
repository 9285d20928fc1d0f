//! Builds the rules of the replies from their files, and parses every form of their words.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::engine::{Engine, Rendered, Scope};
use super::model::{
    Form, Frame, LetterText, Objection, Reply, ReplyRule, ReplyText, Situation, Variable, VariableText, VariableType,
};
use super::source::{pieces, template, with_phrases};
use crate::catalog::files::{File, Problem};
use crate::catalog::load::Loader;
use crate::catalog::place::problem;
use crate::catalog::reader::Reader;
use crate::catalog::{AtomIndex, Catalog, Item, LocaleIndex, Shelf};
use crate::condition::Source;
use crate::context::Field;

/// The id of the frame.
pub(super) const FRAME: (&str, &str) = ("reply-frames", "letter");

/// How many variables a reply may have: each has a bit in [`Engine::uses`].
const MAX_VARIABLES: usize = 32;

/// A reply as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::catalog) struct ReplyEntry {
    #[serde(default)]
    variables: BTreeMap<String, VariableEntry>,
    #[serde(default)]
    situations: BTreeMap<String, SituationEntry>,
    #[serde(default)]
    objections: Vec<ObjectionEntry>,
}

/// What all replies share as its file has it.
pub(in crate::catalog) type FrameEntry = ReplyEntry;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariableEntry {
    #[serde(rename = "type")]
    variable_type: VariableType,
    #[serde(default)]
    required: bool,
    max_length: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SituationEntry {
    when: Source,
    #[serde(default)]
    atoms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectionEntry {
    rule: String,
    needs: Source,
    atom: Option<String>,
    instead: String,
}

impl Loader<'_> {
    /// The rule that an entry is.
    fn reply_rule(&mut self, reader: &Reader<'_>, entry: ReplyEntry) -> ReplyRule {
        let variables = entry.variables.into_iter().map(|(name, entry)| Variable {
            name: name.into(),
            is_required: entry.required,
            max_length: entry.max_length.unwrap_or(entry.variable_type.max_length()),
            variable_type: entry.variable_type,
        });
        let variables = variables.collect();
        let mut situations = Vec::with_capacity(entry.situations.len());
        for (name, SituationEntry { when, atoms }) in entry.situations {
            let condition = self.compile(reader, &when);
            let atoms = atoms.iter().filter_map(|atom| self.known_atom(reader, "situations", atom)).collect();
            situations.push(Situation { name: name.into(), condition, atoms });
        }
        let mut objections = Vec::with_capacity(entry.objections.len());
        for ObjectionEntry { rule, needs, atom, instead } in entry.objections {
            let needs = self.compile(reader, &needs);
            let atom = atom.and_then(|atom| self.known_atom(reader, "objections", &atom));
            objections.push(Objection { rule: rule.into(), needs, atom, instead: instead.into() });
        }
        ReplyRule { variables, situations, objections }
    }

    fn known_atom(&mut self, reader: &Reader<'_>, field: &str, atom: &str) -> Option<AtomIndex> {
        let found = self.atom(atom);
        if found.is_none() {
            self.report(reader.problem(field, &format!("\"{atom}\""), "there is no such atom"));
        }
        found
    }
}

/// A reply, or the frame, with its rule; `frame` is what it shares with others.
pub(in crate::catalog) fn reply<T>(
    loader: &mut Loader<'_>,
    folder: &str,
    frame: Option<&ReplyRule>,
    item: Item<ReplyEntry, T>,
) -> Option<Item<Arc<ReplyRule>, T>> {
    let id = item.id.clone();
    let (entry, item) = item.take_rule();
    let rule = loader.reread(folder, &id, |loader, reader| loader.reply_rule(reader, entry))?;
    let mut variables: Vec<_> = frame.into_iter().flat_map(|frame| frame.variables.clone()).collect();
    variables.retain(|variable| rule.variables.iter().all(|own| own.name != variable.name));
    variables.extend(rule.variables);
    variables.sort_by(|left, right| left.name.cmp(&right.name));
    let situations = frame.into_iter().flat_map(|frame| frame.situations.clone()).chain(rule.situations).collect();
    let objections = rule.objections.into_iter().chain(frame.into_iter().flat_map(|frame| frame.objections.clone()));
    let rule = ReplyRule { variables, situations, objections: objections.collect() };
    Some(item.map_rule(Arc::new(rule)))
}

/// The templates of all replies in every form and language.
///
/// # Errors
/// Every one that cannot be parsed, or asks for what there is not.
pub(in crate::catalog) fn engine(files: &[File], catalog: &Catalog) -> Result<Engine, Vec<Problem>> {
    let mut engine = Engine::new(catalog.locales().iter().count());
    let mut problems = Vec::new();
    let Some(frame) = catalog.letters.get(FRAME.1) else {
        let file = format!("{}/{}/{}.toml", catalog.locales().tag(LocaleIndex::default()), FRAME.0, FRAME.1);
        return Err(vec![Problem::new(files, file, "", "", "this file is missing".to_owned())]);
    };
    for reply in &catalog.replies {
        if reply.rule.variables.len() > MAX_VARIABLES {
            let message = format!("has more than {MAX_VARIABLES} variables, those of the frame included");
            let at = ("replies", &*reply.id);
            problems.push(problem(files, catalog, LocaleIndex::default(), at, "variables", message));
        }
        for (locale, _) in catalog.locales().iter() {
            for form in Form::all() {
                let parsed = Parsing { files, catalog, frame, reply, locale, form }.parse(&mut engine);
                problems.extend(parsed.err());
            }
        }
    }
    problems.dedup();
    if problems.is_empty() { Ok(engine) } else { Err(problems) }
}

/// One form that is parsed.
struct Parsing<'a> {
    files: &'a [File],
    catalog: &'a Catalog,
    frame: &'a Frame,
    reply: &'a Reply,
    locale: LocaleIndex,
    form: Form,
}

impl Parsing<'_> {
    fn parse(&self, engine: &mut Engine) -> Result<(), Problem> {
        let (text, frame) = (self.reply.text(self.locale), self.frame.text(self.locale));
        let template = template(&pieces(text, frame, self.form));
        let names = engine.names(&template).map_err(|_| self.wrong_piece(engine, text, frame))?;
        let source = with_phrases(&template, frame, |name| names.iter().any(|used| used == name));
        let names = engine.names(&source).map_err(|_| self.wrong_piece(engine, text, frame))?;
        let mut uses = 0;
        for name in &names {
            let variables = &self.reply.rule.variables;
            if let Some(index) = variables.iter().position(|variable| *variable.name == **name) {
                uses |= 1_u32.checked_shl(u32::try_from(index).unwrap_or(u32::MAX)).unwrap_or_default();
            } else if !self.knows(name) {
                return Err(self.unknown_name(engine, text, frame, name));
            }
        }
        let name = format!("{}/{}/{:?}", self.reply.id, self.catalog.locales().tag(self.locale), self.form);
        engine.add(name, source, uses);
        Ok(())
    }

    /// Whether a name is one of a situation or of a field.
    fn knows(&self, name: &str) -> bool {
        self.reply.rule.situations.iter().any(|situation| *situation.name == *name) || Field::from_name(name).is_some()
    }

    /// The mistake in the piece or phrase that cannot be parsed.
    fn wrong_piece(&self, engine: &Engine, text: &ReplyText, frame: &LetterText) -> Problem {
        self.first(text, frame, |words| {
            let error = engine.names(words).err()?;
            Some(error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned))
        })
        .unwrap_or_else(|| self.problem(false, "text", "its pieces are no template together".to_owned()))
    }

    /// The mistake in the piece or phrase that asks for a name.
    fn unknown_name(&self, engine: &Engine, text: &ReplyText, frame: &LetterText, name: &str) -> Problem {
        let variables = self.reply.rule.variables.iter().map(|variable| &*variable.name);
        let situations = self.reply.rule.situations.iter().map(|situation| &*situation.name);
        let allowed: Vec<_> = variables.chain(situations).chain(frame.phrases.keys().map(String::as_str)).collect();
        let message = format!("there is no `{name}`; allowed: {} and the context fields", allowed.join(", "));
        let asks = |words: &str| engine.names(words).is_ok_and(|names| names.iter().any(|used| used == name));
        self.first(text, frame, |words| asks(words).then(|| message.clone()))
            .unwrap_or_else(|| self.problem(false, "text", message.clone()))
    }

    fn first(&self, text: &ReplyText, frame: &LetterText, wrong: impl Fn(&str) -> Option<String>) -> Option<Problem> {
        let pieces = pieces(text, frame, self.form).into_iter().map(|(_, piece)| piece);
        let pieces = pieces.map(|piece| (piece.is_shared, piece.field, piece.words));
        let phrases = frame.phrases.iter().map(|(name, words)| (true, format!("text.phrases.{name}"), &**words));
        let mut wrong = pieces.chain(phrases).filter_map(|(shared, field, words)| Some((shared, field, wrong(words)?)));
        wrong.next().map(|(is_shared, field, message)| self.problem(is_shared, &field, message))
    }

    fn problem(&self, is_shared: bool, field: &str, message: String) -> Problem {
        let at = if is_shared { FRAME } else { ("replies", &*self.reply.id) };
        problem(self.files, self.catalog, self.locale, at, field, message)
    }
}

impl Catalog {
    /// The words about a variable of a reply.
    #[must_use]
    pub fn variable_text<'c>(
        &'c self,
        reply: &'c Reply,
        variable: &str,
        locale: LocaleIndex,
    ) -> Option<&'c VariableText> {
        let shared = self.letter().and_then(|frame| frame.text(locale).variables.get(variable));
        reply.text(locale).variables.get(variable).or(shared)
    }

    /// Why a rule speaks against a reply.
    #[must_use]
    pub fn objection_text<'c>(&'c self, reply: &'c Reply, rule: &str, locale: LocaleIndex) -> Option<&'c str> {
        let shared = self.letter().and_then(|frame| frame.text(locale).objections.get(rule));
        reply.text(locale).objections.get(rule).or(shared).map(String::as_str)
    }

    /// A day, written out.
    pub(crate) fn day(&self, day: jiff::civil::Date, locale: LocaleIndex) -> String {
        let Some(frame) = self.letter() else { return day.to_string() };
        let dates = &frame.text(locale).dates;
        let month = usize::try_from(day.month()).ok().and_then(|month| dates.months.get(month - 1));
        let format = dates.format.replace("{day}", &day.day().to_string()).replace("{year}", &day.year().to_string());
        format.replace("{month}", month.map_or("", String::as_str))
    }

    /// Whether a form of a reply uses one of its variables.
    #[must_use]
    pub fn uses(&self, reply: &Reply, locale: LocaleIndex, form: Form, variable: usize) -> bool {
        self.place(reply).is_some_and(|place| self.engine.uses(place, locale, form, variable))
    }

    /// The words of a form of a reply.
    pub(crate) fn render(
        &self,
        reply: &Reply,
        locale: LocaleIndex,
        form: Form,
        scope: &Arc<Scope>,
    ) -> Result<Rendered, minijinja::Error> {
        let unknown = || minijinja::Error::new(minijinja::ErrorKind::TemplateNotFound, "no reply of this catalog");
        self.engine.render(self.place(reply).ok_or_else(unknown)?, locale, form, scope)
    }

    /// Where a reply stands on its shelf.
    fn place(&self, reply: &Reply) -> Option<usize> {
        self.replies.iter().position(|one| std::ptr::eq(one, reply))
    }

    fn letter(&self) -> Option<&Frame> {
        self.letters.get(FRAME.1)
    }

    /// The frames of the replies, before their rules are known.
    pub(in crate::catalog) fn reply_rules(
        loader: &mut Loader<'_>,
        frames: Shelf<FrameEntry, LetterText>,
        replies: Shelf<ReplyEntry, ReplyText>,
    ) -> (Shelf<Arc<ReplyRule>, LetterText>, Shelf<Arc<ReplyRule>, ReplyText>) {
        let frames = frames.filter_map(|item| reply(loader, FRAME.0, None, item));
        let shared = frames.get(FRAME.1).map(|frame| Arc::clone(&frame.rule));
        let replies = replies.filter_map(|item| reply(loader, "replies", shared.as_deref(), item));
        (frames, replies)
    }
}
