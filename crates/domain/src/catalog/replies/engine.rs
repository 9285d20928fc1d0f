//! The template engine: Jinja syntax without filters, tests, functions, includes or a loader. A template can name what
//! is in its [`Scope`] and nothing else, runs on limited fuel, and writes a limited text. What is absent can be asked
//! for with `if` and never be printed.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use minijinja::value::{Object, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

use super::model::{Form, ReplyRule};
use super::source::SEPARATOR;
use crate::catalog::LocaleIndex;
use crate::context::{Context, Field, Shape};

/// How many instructions a template may run.
const FUEL: u64 = 2_000;

/// How many bytes it may write.
const MAX_BYTES: usize = 16 * 1024;

/// The templates of every reply in every form and language.
pub(in crate::catalog) struct Engine {
    /// What templates run in, with none of them.
    environment: Environment<'static>,
    plans: Vec<Plan>,
    locales: usize,
}

/// One template.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) name: String,
    source: String,
    /// Which of the reply's variables it uses, one bit each.
    pub(super) uses: u32,
    /// The template, parsed when it is first rendered: there are many, and few are asked for.
    parsed: OnceLock<Environment<'static>>,
}

/// What a template gave.
#[derive(Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject; empty where the channel has none.
    pub subject: String,
    /// The text, its paragraphs with an empty line between.
    pub text: String,
    /// The talking points; empty where the channel has none.
    pub points: Vec<String>,
}

/// What a template can name: variables, situations and the fields of the context.
#[derive(Debug)]
pub struct Scope {
    /// The variables and situations that there are.
    pub rule: Arc<ReplyRule>,
    /// The value of each variable.
    pub values: Vec<Option<String>>,
    /// Whether each situation is the case.
    pub situations: Vec<bool>,
    /// What happened.
    pub context: Context,
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if let Some(index) = self.rule.variables.iter().position(|variable| *variable.name == *key) {
            return Some(self.values[index].as_deref().map_or(Value::from(()), Value::from));
        }
        if let Some(index) = self.rule.situations.iter().position(|situation| *situation.name == *key) {
            return Some(Value::from(self.situations[index]));
        }
        Some(fact(&self.context, Field::from_name(key)?))
    }
}

/// A field as a template sees it: a text, a truth value, a number, or none where it is unknown.
fn fact(context: &Context, field: Field) -> Value {
    let mut values = context.values(field);
    match field.shape() {
        Shape::Choice(_) => values.next().map_or(Value::from(()), Value::from),
        Shape::Flag => values.next().map_or(Value::from(()), |value| Value::from(value == "true")),
        Shape::Count => context.count(field).map_or(Value::from(()), Value::from),
        Shape::List(_) => values.map(Value::from).collect(),
    }
}

impl Engine {
    /// An engine without templates, for a catalog of so many languages.
    pub(in crate::catalog) fn new(locales: usize) -> Self {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_formatter(|out, _, value| match value.as_str() {
            Some(text) => Ok(out.write_str(text)?),
            None => Err(Error::new(ErrorKind::InvalidOperation, "prints what has no text here")),
        });
        Self { environment, plans: Vec::new(), locales }
    }

    /// Parses a template and answers the names that it looks for.
    pub(super) fn names(&self, source: &str) -> Result<Vec<String>, Error> {
        let template = self.environment.template_from_str(source)?;
        let mut names: Vec<_> = template.undeclared_variables(false).into_iter().collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Adds the template of the next form, which has been parsed once.
    pub(super) fn add(&mut self, name: String, source: String, uses: u32) {
        self.plans.push(Plan { name, source, uses, parsed: OnceLock::new() });
    }

    /// What the template of a plan is in.
    fn parsed<'p>(&self, plan: &'p Plan) -> Result<&'p Environment<'static>, Error> {
        if let Some(parsed) = plan.parsed.get() {
            return Ok(parsed);
        }
        let mut environment = self.environment.clone();
        environment.add_template_owned(plan.name.clone(), plan.source.clone())?;
        Ok(plan.parsed.get_or_init(|| environment))
    }

    /// The template of a form of the reply at a place of the shelf.
    fn plan(&self, reply: usize, locale: LocaleIndex, form: Form) -> Option<&Plan> {
        self.plans.get((reply * self.locales + locale.0) * Form::COUNT + form.index())
    }

    /// Whether a form uses a variable of its reply.
    pub(in crate::catalog) fn uses(&self, reply: usize, locale: LocaleIndex, form: Form, variable: usize) -> bool {
        self.plan(reply, locale, form).is_some_and(|plan| plan.uses & (1 << variable) != 0)
    }

    /// The names that the template of a form asks for.
    pub(super) fn asked(&self, reply: usize, locale: LocaleIndex, form: Form) -> Vec<String> {
        self.plan(reply, locale, form).and_then(|plan| self.names(&plan.source).ok()).unwrap_or_default()
    }

    /// The words of a form.
    ///
    /// # Errors
    /// A template that asks for what it does not have. The check of a catalog finds it before anybody else does.
    pub(in crate::catalog) fn render(
        &self,
        reply: usize,
        locale: LocaleIndex,
        form: Form,
        scope: &Arc<Scope>,
    ) -> Result<Rendered, Error> {
        let missing = || Error::new(ErrorKind::TemplateNotFound, "no such form");
        let plan = self.plan(reply, locale, form).ok_or_else(missing)?;
        let template = self.parsed(plan)?.get_template(&plan.name)?;
        let mut written = Limited(Vec::with_capacity(1024));
        template.render_captured_to(Value::from_dyn_object(Arc::clone(scope)), &mut written)?;
        let whole = String::from_utf8(written.0).map_err(|_| missing())?;
        let mut sections = whole.split(SEPARATOR);
        let subject = sections.next().unwrap_or_default().trim().to_owned();
        let text = paragraphs(sections.next().unwrap_or_default());
        let points = sections.next().unwrap_or_default().lines().map(str::trim).filter(|point| !point.is_empty());
        Ok(Rendered { subject, text, points: points.map(ToOwned::to_owned).collect() })
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("templates", &self.plans.len()).finish_non_exhaustive()
    }
}

/// The text without the paragraphs that came out empty.
fn paragraphs(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if !whole.is_empty() {
            whole.push_str("\n\n");
        }
        whole.push_str(paragraph);
    }
    whole
}

/// Takes so many bytes and no more.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_BYTES {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
