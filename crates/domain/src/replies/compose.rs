//! Composes one reply.

use std::sync::Arc;

use super::eml::eml;
use super::html::html;
use super::mailto::mailto;
use super::objection::objection;
use super::request::ReplyRequest;
use crate::catalog::{
    AtomIndex, Catalog, Form, LocaleIndex, Rendered, Reply, Scope, Variable, VariableText, VariableType,
};
use crate::error::{Error, Result};
use crate::history::Channel;

/// A reply.
#[derive(Debug)]
pub struct Composed<'c> {
    /// The words; none while something is missing.
    pub words: Option<Words>,
    /// The advice that it carries.
    pub atoms: Vec<AtomIndex>,
    /// What has to be filled in before there are words.
    pub missing: Vec<Missing<'c>>,
}

/// The words of a reply, in every form that fits its channel.
#[derive(Debug)]
pub struct Words {
    /// For e-mail: the subject.
    pub subject: Option<String>,
    /// The text: a message, or what to say.
    pub text: String,
    /// The text as HTML.
    pub html: String,
    /// For e-mail: a link that opens it in a mail program; none if it would be too long.
    pub mailto: Option<String>,
    /// For e-mail: a message that opens as a draft.
    pub eml: Option<String>,
    /// For a talk: what to say, in short.
    pub talking_points: Vec<String>,
}

/// Something that has to be filled in.
#[derive(Debug)]
pub struct Missing<'c> {
    /// The variable.
    pub variable: &'c Variable,
    /// What it is for.
    pub text: Option<&'c VariableText>,
}

/// Composes a reply.
///
/// # Errors
/// `ReplyNotAdvised` if the situation makes it unwise and nobody insists.
pub fn compose<'c>(request: &ReplyRequest<'c>) -> Result<Composed<'c>> {
    let ReplyRequest { catalog, reply, context, values, form, is_insisted, locale } = request;
    let _span = tracing::info_span!("compose reply", rebound.reply.template = %reply.id).entered();
    let facts = catalog.thresholds().facts(context);
    if !is_insisted && let Some(refusal) = objection(request, facts) {
        return Err(refusal);
    }
    let rule = &reply.rule;
    let situations: Vec<bool> = rule.situations.iter().map(|situation| situation.condition.holds(facts)).collect();
    let mut atoms = reply.atoms.clone();
    for (situation, holds) in rule.situations.iter().zip(&situations) {
        atoms.extend(situation.atoms.iter().filter(|_| *holds));
    }
    let uses = |index: usize| catalog.uses(reply, locale.index, *form, index);
    let text = |variable: &'c Variable| catalog.variable_text(reply, &variable.name, locale.index);
    let missing: Vec<_> = (rule.variables.iter().enumerate())
        .filter(|(index, variable)| variable.is_required && values[*index].is_none() && uses(*index))
        .map(|(_, variable)| Missing { variable, text: text(variable) })
        .collect();
    if !missing.is_empty() {
        return Ok(Composed { words: None, atoms, missing });
    }
    let filled = rule.variables.iter().zip(values).map(|(variable, value)| match value {
        Some(value) => Some(catalog.spelled(variable, value, locale.index)),
        None => text(variable).and_then(|text| text.fallback.clone()),
    });
    let scope = Scope { rule: Arc::clone(rule), values: filled.collect(), situations, context: *context };
    let rendered = catalog.render(reply, locale.index, *form, &Arc::new(scope)).map_err(Error::internal)?;
    Ok(Composed { words: Some(words(request, rendered)), atoms, missing })
}

/// The channels on which a text of a reply uses a variable; every e-mail has an address.
pub fn channels<'c>(
    catalog: &'c Catalog,
    reply: &'c Reply,
    variable: &Variable,
    locale: LocaleIndex,
) -> impl Iterator<Item = Channel> + use<'c> {
    let index = reply.rule.variables.iter().position(|one| one.name == variable.name);
    let is_address = variable.variable_type == VariableType::Email;
    let is_used = move |channel: Channel| {
        let mut forms = Form::all().filter(|form| form.channel == channel);
        forms.any(|form| index.is_some_and(|index| catalog.uses(reply, locale, form, index)))
    };
    let uses = move |channel: &Channel| is_used(*channel) || (is_address && *channel == Channel::Email);
    Channel::ALL.iter().copied().filter(uses)
}

/// The words in every form.
fn words(request: &ReplyRequest<'_>, rendered: Rendered) -> Words {
    let Rendered { subject, text, points } = rendered;
    let html = html(&text, request.catalog.locales().tag(request.locale.index));
    if request.form.channel != Channel::Email {
        return Words { subject: None, text, html, mailto: None, eml: None, talking_points: points };
    }
    let value = |name: &str| {
        let index = request.reply.rule.variables.iter().position(|variable| *variable.name == *name)?;
        request.values[index].as_deref().map(str::trim)
    };
    let address = value("recipient_email");
    let mailto = mailto(address, &subject, &text);
    let eml = eml(address.map(|address| (value("recipient_name"), address)), &subject, &text, &html);
    Words { subject: Some(subject), text, html, mailto, eml, talking_points: points }
}
