//! The refusal of a reply that the situation makes unwise: which rule, which advice, and what would be better.

use super::request::ReplyRequest;
use crate::catalog::AtomIndex;
use crate::context::Facts;
use crate::error::{Advice, Error, FieldError};

/// The refusal of a request, if something speaks against it. The first objection gives the rule and the better step;
/// every field that one of them rests on is named.
pub(super) fn objection(request: &ReplyRequest<'_>, facts: Facts) -> Option<Error> {
    let ReplyRequest { catalog, reply, context, .. } = request;
    let mut failing = reply.rule.objections.iter().filter(|objection| !objection.needs.holds(facts)).peekable();
    let first = *failing.peek()?;
    let own = reply.atoms.first().copied();
    let (mut fields, mut atoms) = (Vec::<FieldError>::new(), Vec::<AtomIndex>::new());
    let mut rules: Vec<&str> = Vec::new();
    for objection in failing {
        let needed = objection.needs.tests().join(" and ");
        for because in objection.needs.because(context, facts) {
            let name = because.split(['=', '!', '>']).next().unwrap_or_default();
            let pointer = format!("/context/{name}");
            if fields.iter().all(|field| field.pointer != pointer) {
                fields.push(FieldError::new(pointer, format!("{because}; rule {} asks for {needed}", objection.rule)));
            }
        }
        // Of one rule, the first objection is the closest.
        if !rules.contains(&&*objection.rule) {
            rules.push(&objection.rule);
            atoms.extend(objection.atom.or(own).filter(|atom| !atoms.contains(atom)));
        }
    }
    let why = catalog.objection_text(reply, &first.rule, request.locale.index).unwrap_or_default();
    let detail = format!(
        "{why} (Rule {}.) The tip `{}` is a better next step. To compose it all the same, send `override`: true.",
        first.rule, first.instead
    );
    let advice = Advice {
        rule: first.rule.clone(),
        atoms: atoms.into_iter().map(|atom| catalog.atom(atom).id.clone()).collect(),
        instead: first.instead.clone(),
    };
    Some(Error::not_advised(detail, fields, advice))
}
