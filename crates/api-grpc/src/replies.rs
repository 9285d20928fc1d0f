//! Replies: the templates, and one composed from what happened and what the person fills in.

use http::HeaderMap;
use rebound_domain::catalog::{
    Catalog, CatalogIndex, Catalogs, Length, LocaleIndex, Reply, Tone, Variable, VariableType,
};
use rebound_domain::history::Channel;
use rebound_domain::replies::{Composed, Missing, ReplyRequest, Sent, channels, compose};
use rebound_domain::{Error, ErrorKind, FieldError, Result};

use crate::catalog::{audience, language, page};
use crate::context::draft;
use crate::guidance::sources;
use crate::locale;
use crate::proto::v1;

/// `ComposeReply`.
///
/// # Errors
/// `Invalid` with every field that is wrong, `ReplyNotAdvised`.
pub(crate) fn compose_reply(
    catalogs: &Catalogs,
    metadata: &HeaderMap,
    asked: v1::ComposeReplyRequest,
) -> Result<v1::ComposeReplyResponse> {
    let mut errors = Vec::new();
    let catalog = catalogs.find(asked.catalog_version.as_deref()).unwrap_or_else(|error| {
        errors.push(error);
        CatalogIndex::default()
    });
    let named = asked.locale.as_deref();
    let accepted = || locale::accepted(catalogs.get(catalog), metadata);
    let locale = locale::resolve(catalogs.get(catalog), named, accepted, &mut errors);
    let mut variables: Vec<_> = asked.variables.into_iter().collect();
    variables.sort_unstable();
    let sent = Sent {
        template: Some(asked.template).filter(|template| !template.is_empty()),
        context: asked.context.as_ref().map(draft),
        variables,
        channel: choice(asked.channel, Channel::ALL, "/channel", Channel::allowed, &mut errors),
        tone: choice(asked.tone, Tone::ALL, "/tone", Tone::allowed, &mut errors),
        length: choice(asked.length, Length::ALL, "/length", Length::allowed, &mut errors),
        is_insisted: asked.r#override,
        locale,
        catalog,
    };
    let request = ReplyRequest::new(catalogs.get(catalog), sent, errors)?;
    let composed = compose(&request)?;
    Ok(reply(&request, composed))
}

/// `ListReplyTemplates`.
///
/// # Errors
/// `Invalid` without a usable locale or page token.
pub(crate) fn list_reply_templates(
    catalog: &Catalog,
    metadata: &HeaderMap,
    asked: &v1::ListReplyTemplatesRequest,
) -> Result<v1::ListReplyTemplatesResponse> {
    let locale = language(catalog, metadata, asked.locale.as_deref())?;
    let page = page("reply_templates", asked.page_size, &asked.page_token)?;
    let (replies, next_page_token) = page.cut(catalog.replies.iter(), |reply| &*reply.id);
    Ok(v1::ListReplyTemplatesResponse {
        catalog_version: catalog.version().to_owned(),
        locale: Some(locale::shown(catalog, &locale)),
        reply_templates: replies.into_iter().map(|reply| template(catalog, reply, locale.index)).collect(),
        next_page_token,
    })
}

/// `GetReplyTemplate`.
///
/// # Errors
/// `Invalid` without a usable locale, `NotFound` if there is no such template.
pub(crate) fn get_reply_template(
    catalog: &Catalog,
    metadata: &HeaderMap,
    asked: &v1::GetReplyTemplateRequest,
) -> Result<v1::GetReplyTemplateResponse> {
    let locale = language(catalog, metadata, asked.locale.as_deref())?;
    let not_found = || Error::new(ErrorKind::NotFound, "There is no reply template with this id.");
    let reply = catalog.replies.get(&asked.id).ok_or_else(not_found)?;
    Ok(v1::GetReplyTemplateResponse {
        catalog_version: catalog.version().to_owned(),
        locale: Some(locale::shown(catalog, &locale)),
        reply_template: Some(template(catalog, reply, locale.index)),
    })
}

/// The choice with a number; none for 0.
fn choice<T: Copy>(
    number: i32,
    all: &[T],
    pointer: &str,
    allowed: fn() -> String,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    if number == 0 {
        return None;
    }
    let found = usize::try_from(number).ok().and_then(|number| all.get(number - 1)).copied();
    if found.is_none() {
        errors.push(FieldError::new(pointer, format!("not an allowed value; {}", allowed())));
    }
    found
}

fn reply(request: &ReplyRequest<'_>, composed: Composed<'_>) -> v1::ComposeReplyResponse {
    let Composed { words, atoms, missing } = composed;
    let catalog = request.catalog;
    let answer = v1::ComposeReplyResponse {
        catalog_version: catalog.version().to_owned(),
        locale: Some(locale::shown(catalog, &request.locale)),
        atoms: atoms.iter().map(|atom| catalog.atom(*atom).id.to_string()).collect(),
        missing: missing.iter().map(lacking).collect(),
        ..v1::ComposeReplyResponse::default()
    };
    let Some(words) = words else { return answer };
    v1::ComposeReplyResponse {
        subject: words.subject,
        text: Some(words.text),
        html: Some(words.html),
        mailto: words.mailto,
        eml: words.eml,
        talking_points: words.talking_points,
        ..answer
    }
}

fn lacking(missing: &Missing<'_>) -> v1::MissingVariable {
    v1::MissingVariable {
        name: missing.variable.name.to_string(),
        r#type: variable_type(missing.variable.variable_type).into(),
        about: missing.text.map(|text| text.about.clone()).unwrap_or_default(),
    }
}

fn template(catalog: &Catalog, reply: &Reply, locale: LocaleIndex) -> v1::ReplyTemplate {
    let text = reply.text(locale);
    let all = [v1::Tone::Warm, v1::Tone::Neutral, v1::Tone::Formal];
    let variables = reply.rule.variables.iter();
    v1::ReplyTemplate {
        id: reply.id.to_string(),
        since: reply.since.to_string(),
        deprecated: reply.deprecated,
        title: text.title.clone(),
        purpose: text.purpose.clone(),
        when: reply.condition.tests(),
        audiences: reply.audience_names().map(audience).collect(),
        variables: variables.map(|it| variable(catalog, reply, it, locale)).collect(),
        channels: Channel::ALL.iter().map(|it| channel(*it)).collect(),
        tones: all.map(Into::into).to_vec(),
        lengths: vec![v1::Length::Short.into(), v1::Length::Standard.into()],
        sources: sources(catalog, &reply.atoms),
    }
}

fn variable(catalog: &Catalog, reply: &Reply, variable: &Variable, locale: LocaleIndex) -> v1::ReplyVariable {
    let text = catalog.variable_text(reply, &variable.name, locale);
    v1::ReplyVariable {
        name: variable.name.to_string(),
        r#type: variable_type(variable.variable_type).into(),
        required: variable.is_required,
        max_length: u32::try_from(variable.max_length).unwrap_or(u32::MAX),
        fallback: text.and_then(|text| text.fallback.clone()),
        about: text.map(|text| text.about.clone()).unwrap_or_default(),
        example: text.map(|text| text.example.clone()).unwrap_or_default(),
        channels: channels(catalog, reply, variable, locale).map(channel).collect(),
    }
}

fn channel(channel: Channel) -> i32 {
    let channel = match channel {
        Channel::Email => v1::Channel::Email,
        Channel::Phone => v1::Channel::Phone,
        Channel::Chat => v1::Channel::Chat,
        Channel::InPerson => v1::Channel::InPerson,
    };
    channel.into()
}

const fn variable_type(variable_type: VariableType) -> v1::VariableType {
    match variable_type {
        VariableType::Text => v1::VariableType::Text,
        VariableType::Name => v1::VariableType::Name,
        VariableType::Email => v1::VariableType::Email,
        VariableType::Date => v1::VariableType::Date,
    }
}
