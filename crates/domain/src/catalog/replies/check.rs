//! Renders every reply in every form, with nothing but what it needs and with everything, and reads it as an editor
//! would.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::engine::Scope;
use super::model::{Form, Reply, VariableType};
use super::reading::{holes, wordy};
use crate::catalog::check::Found;
use crate::catalog::place::problem;
use crate::catalog::{Catalog, File, LocaleIndex, words};
use crate::context::{Context, Field, Fields, Shape};
use crate::history::Channel;
use crate::replies::accepts;

/// Every mistake in the replies of a catalog.
pub(in crate::catalog) fn check(files: &[File], catalog: &Catalog) -> Vec<Found> {
    let mut found = Vec::new();
    for (place, reply) in catalog.replies.iter().enumerate() {
        let mut checker = Checker { files, catalog, place, reply, found: &mut found };
        checker.rule();
        for (locale, _) in catalog.locales().iter() {
            checker.variables(locale);
            for form in Form::all() {
                checker.form(locale, form);
            }
        }
    }
    found
}

struct Checker<'a> {
    files: &'a [File],
    catalog: &'a Catalog,
    place: usize,
    reply: &'a Reply,
    found: &'a mut Vec<Found>,
}

impl Checker<'_> {
    fn report(&mut self, locale: LocaleIndex, field: &str, message: String) {
        self.note(locale, field, message, false);
    }

    /// Notes something once.
    fn note(&mut self, locale: LocaleIndex, field: &str, message: String, is_style: bool) {
        let problem = problem(self.files, self.catalog, locale, ("replies", &self.reply.id), field, message);
        if !self.found.iter().any(|found| found.problem == problem) {
            self.found.push(Found { problem, is_style });
        }
    }

    /// What an action of a tip offers is composed, the better step exists, and a situation is as narrow as its atoms.
    fn rule(&mut self) {
        let (catalog, base) = (self.catalog, LocaleIndex::default());
        let offered = self.reply.audiences.clone().and(&self.reply.condition);
        for objection in &self.reply.rule.objections {
            let unproven = offered.unproven(&objection.needs, catalog.thresholds());
            if !unproven.is_empty() {
                let message = format!("is offered where {} speaks against it: {}", objection.rule, unproven.join(", "));
                self.report(base, "objections", message);
            }
            if catalog.tips.get(&objection.instead).is_none() {
                self.report(base, "objections", format!("there is no tip `{}`", objection.instead));
            }
        }
        for situation in &self.reply.rule.situations {
            let narrowed = offered.clone().and(&situation.condition);
            for atom in situation.atoms.iter().map(|index| catalog.atom(*index)) {
                let unproven = narrowed.unproven(&atom.condition, catalog.thresholds());
                if !unproven.is_empty() {
                    let message = format!("`{}` does not apply here; needs {}", atom.id, unproven.join(" and "));
                    self.report(base, &format!("situations.{}", situation.name), message);
                }
            }
        }
    }

    /// Every variable and objection has its words.
    fn variables(&mut self, locale: LocaleIndex) {
        let (catalog, reply) = (self.catalog, self.reply);
        for variable in &reply.rule.variables {
            let field = format!("text.variables.{}", variable.name);
            let Some(text) = catalog.variable_text(reply, &variable.name, locale) else {
                self.report(locale, &field, "says nowhere what it is for".to_owned());
                continue;
            };
            if let Err(detail) = accepts(variable, &text.example) {
                self.report(locale, &field, format!("the example {detail}"));
            }
            if variable.is_required && text.fallback.is_some() {
                self.report(locale, &field, "is required and has a fallback".to_owned());
            }
            let is_used = variable.variable_type == VariableType::Email
                || Form::all().any(|form| self.uses(locale, form, &variable.name));
            let is_own = reply.text(locale).variables.contains_key(&*variable.name);
            if is_own && !is_used {
                self.report(locale, &field, "no text uses it".to_owned());
            }
        }
        for objection in &reply.rule.objections {
            let field = format!("text.objections.{}", objection.rule);
            match catalog.objection_text(reply, &objection.rule, locale) {
                None => self.report(locale, &field, "says nowhere why".to_owned()),
                Some(text) => self.words(locale, &field, text, words::EXACT_GRADE),
            }
        }
    }

    fn uses(&self, locale: LocaleIndex, form: Form, name: &str) -> bool {
        let index = self.reply.rule.variables.iter().position(|variable| *variable.name == *name);
        index.is_some_and(|index| self.catalog.engine.uses(self.place, locale, form, index))
    }

    /// Renders a form in every situation that it asks about.
    fn form(&mut self, locale: LocaleIndex, form: Form) {
        let section = match form.channel {
            Channel::Phone | Channel::InPerson => "spoken",
            channel => channel.name(),
        };
        let field = format!("text.{section}.{}.{}", form.tone, form.length);
        let names = self.catalog.engine.asked(self.place, locale, form);
        let mut read = BTreeSet::new();
        for (context, situations) in situations(self.reply, &names) {
            for (filling, values) in self.fillings(locale, form).into_iter().enumerate() {
                let rule = Arc::clone(&self.reply.rule);
                let scope = Arc::new(Scope { rule, values, situations: situations.clone(), context });
                match self.catalog.engine.render(self.place, locale, form, &scope) {
                    Err(error) => {
                        let message = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
                        self.report(locale, &field, message);
                    }
                    // Most situations change one sentence of many.
                    Ok(rendered) if !read.insert((rendered.text.clone(), rendered.points.clone())) => {}
                    Ok(rendered) => {
                        for text in [&rendered.subject, &rendered.text, &rendered.points.join(" ")] {
                            self.problems_of(locale, &field, holes(text));
                        }
                        // The others are between these two.
                        if filling > 1 {
                            continue;
                        }
                        self.problems_of(locale, &field, wordy(form, &rendered));
                        self.words(locale, &field, &rendered.text, words::GRADE);
                        self.words(locale, &field, &format!("{}.", rendered.subject), f64::INFINITY);
                        if !rendered.points.is_empty() {
                            self.words(locale, &field, &rendered.points.join(" "), words::GRADE);
                        }
                    }
                }
            }
        }
    }

    fn words(&mut self, locale: LocaleIndex, field: &str, text: &str, limit: f64) {
        self.problems_of(locale, field, words::faults(text));
        for fault in words::style(text) {
            self.note(locale, field, fault, true);
        }
        if let Some(grade) = words::grade(text).filter(|grade| *grade > limit) {
            self.note(locale, field, format!("reads at grade {grade:.1}, above {limit}: {text}"), true);
        }
    }

    fn problems_of(&mut self, locale: LocaleIndex, field: &str, faults: Vec<String>) {
        for fault in faults {
            self.report(locale, field, fault);
        }
    }

    /// The values to try: only what is required, everything, and each that is not required alone.
    fn fillings(&self, locale: LocaleIndex, form: Form) -> Vec<Vec<Option<String>>> {
        let variables = &self.reply.rule.variables;
        let example = |index: usize| {
            let text = self.catalog.variable_text(self.reply, &variables[index].name, locale)?;
            Some(self.catalog.spelled(&variables[index], &text.example, locale))
        };
        let absent = |index: usize| {
            let text = self.catalog.variable_text(self.reply, &variables[index].name, locale)?;
            text.fallback.clone()
        };
        let fill = |is_filled: &dyn Fn(usize) -> bool| {
            let value = |index: usize| {
                if variables[index].is_required || is_filled(index) { example(index) } else { absent(index) }
            };
            (0..variables.len()).map(value).collect::<Vec<_>>()
        };
        let optional = (0..variables.len()).filter(|index| {
            !variables[*index].is_required && self.catalog.engine.uses(self.place, locale, form, *index)
        });
        let alone = optional.map(|only| fill(&|index| index == only));
        [fill(&|_| false), fill(&|_| true)].into_iter().chain(alone).collect()
    }
}

/// Every combination of the situations and fields that a template asks for.
fn situations(reply: &Reply, names: &[String]) -> Vec<(Context, Vec<bool>)> {
    let rule = &reply.rule.situations;
    let asked: Vec<_> = (0..rule.len()).filter(|index| names.iter().any(|name| **name == *rule[*index].name)).collect();
    let flags: Vec<Vec<bool>> = (0..1_usize << asked.len())
        .map(|bits| {
            let place = |index: &usize| asked.iter().position(|one| one == index);
            (0..rule.len()).map(|index| place(&index).is_some_and(|place| bits >> place & 1 == 1)).collect()
        })
        .collect();
    let mut fields = vec![Fields::default().with(Field::Kind, "other")];
    for field in names.iter().filter_map(|name| Field::from_name(name)) {
        if field.shape() == Shape::Count {
            continue;
        }
        let known = field.values().iter().flat_map(|value| fields.iter().map(move |one| one.with(field, value)));
        fields = fields.iter().copied().chain(known).collect();
    }
    let contexts = fields.into_iter().filter_map(|fields| fields.context().ok());
    contexts.flat_map(|context| flags.iter().map(move |flags| (context, flags.clone()))).collect()
}
