//! What a reply is asked with. Both APIs hand over what was sent; here it is found right or wrong, with every mistake
//! in it.

use crate::catalog::{Catalog, CatalogIndex, Form, Length, Reply, ResolvedLocale, Tone};
use crate::context::{Context, Draft};
use crate::error::{Error, FieldError, Result};
use crate::history::Channel;
use crate::replies::value::accepts;

/// What was sent, member by member.
#[derive(Debug)]
pub struct Sent {
    /// The id of the template.
    pub template: Option<String>,
    /// What happened.
    pub context: Option<Draft>,
    /// What was filled in.
    pub variables: Vec<(String, String)>,
    /// The way it goes; absent: e-mail.
    pub channel: Option<Channel>,
    /// How it sounds; absent: neutral.
    pub tone: Option<Tone>,
    /// How much it says; absent: standard.
    pub length: Option<Length>,
    /// Whether it is to be composed though it may be unwise.
    pub is_insisted: bool,
    /// The language.
    pub locale: ResolvedLocale,
    /// The catalog that answers, of which the language is.
    pub catalog: CatalogIndex,
}

/// A reply to compose.
#[derive(Debug)]
pub struct ReplyRequest<'c> {
    /// The catalog that it comes from.
    pub catalog: &'c Catalog,
    /// The template.
    pub reply: &'c Reply,
    /// What happened.
    pub context: Context,
    /// The value of each variable of the template.
    pub values: Vec<Option<String>>,
    /// The form.
    pub form: Form,
    /// Whether it is to be composed though it may be unwise.
    pub is_insisted: bool,
    /// The language.
    pub locale: ResolvedLocale,
}

impl<'c> ReplyRequest<'c> {
    /// The request that was sent to `catalog`.
    ///
    /// # Errors
    /// `Invalid` with what was found wrong before (`errors`) and everything else that is.
    pub fn new(catalog: &'c Catalog, sent: Sent, mut errors: Vec<FieldError>) -> Result<Self> {
        let Sent { template, context, variables, channel, tone, length, is_insisted, locale, .. } = sent;
        let is_whole = errors.iter().any(|error| error.pointer.is_empty());
        let has = |errors: &[FieldError], pointer: &str| errors.iter().any(|error| error.pointer == pointer);
        let reply = template.as_deref().and_then(|id| catalog.replies.get(id));
        if reply.is_none() && !is_whole && !has(&errors, "/template") {
            let ids: Vec<_> = catalog.replies.iter().map(|reply| &*reply.id).collect();
            let problem = if template.is_some() { "there is no such template" } else { "required" };
            errors.push(FieldError::new("/template", format!("{problem}; allowed: {}", ids.join(", "))));
        }
        if context.is_none() && !is_whole && !has(&errors, "/context") {
            errors.push(FieldError::new("/context", "required: an object that says what happened"));
        }
        let context = context.and_then(|context| context.finish().map_err(|found| errors.extend(found)).ok());
        let values = reply.map(|reply| values(reply, variables, &mut errors)).unwrap_or_default();
        match (reply, context) {
            (Some(reply), Some(context)) if errors.is_empty() => Ok(Self {
                catalog,
                reply,
                context,
                values,
                form: Form {
                    channel: channel.unwrap_or(Channel::Email),
                    tone: tone.unwrap_or(Tone::Neutral),
                    length: length.unwrap_or(Length::Standard),
                },
                is_insisted,
                locale,
            }),
            _ => Err(Error::invalid(errors)),
        }
    }
}

/// The value of each variable of a template.
fn values(reply: &Reply, sent: Vec<(String, String)>, errors: &mut Vec<FieldError>) -> Vec<Option<String>> {
    let variables = &reply.rule.variables;
    let mut values = vec![None; variables.len()];
    for (name, value) in sent {
        let pointer = || format!("/variables/{}", segment(&name));
        match variables.iter().position(|variable| *variable.name == *name) {
            None => {
                let names: Vec<_> = variables.iter().map(|variable| &*variable.name).collect();
                errors.push(FieldError::new(pointer(), format!("no such variable; allowed: {}", names.join(", "))));
            }
            Some(index) => match accepts(&variables[index], &value) {
                Ok(()) => values[index] = Some(value),
                Err(detail) => errors.push(FieldError::new(pointer(), detail)),
            },
        }
    }
    values
}

/// A name as a segment of a JSON pointer (RFC 6901), cut so that an error is not as long as what it is about.
fn segment(name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    name.replace('~', "~0").replace('/', "~1")
}
