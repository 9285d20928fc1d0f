//! What a check is asked with, and what is wrong with it.

use super::{Profile, TEXT_LENGTH};
use crate::context::{self, Context};
use crate::error::{Error, FieldError, Result};

/// A draft to be checked. It has no `Debug`: the text is nobody else's business.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckRequest {
    /// Who writes to whom.
    pub profile: Profile,
    /// The draft.
    pub text: String,
    /// The situation, if it is known.
    pub context: Option<Context>,
}

impl CheckRequest {
    /// A request, unless something of it or of what was read before (`errors`) is wrong. Errors repeat nothing of the
    /// text.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn new(
        profile: Option<Profile>,
        text: Option<String>,
        context: Option<context::Draft>,
        mut errors: Vec<FieldError>,
    ) -> Result<Self> {
        let is_new = |errors: &[FieldError], pointer: &str| {
            errors.iter().all(|error| error.pointer != pointer && !error.pointer.is_empty())
        };
        if profile.is_none() && is_new(&errors, "/profile") {
            errors.push(FieldError::new("/profile", format!("required; {}", Profile::allowed())));
        }
        let length = text.as_ref().map(|text| text.chars().count());
        match length {
            None if !is_new(&errors, "/text") => {}
            Some(length) if TEXT_LENGTH.contains(&length) => {}
            _ => {
                let (least, most) = (TEXT_LENGTH.start(), TEXT_LENGTH.end());
                errors.push(FieldError::new("/text", format!("required: a text of {least} to {most} characters")));
            }
        }
        let context = context.map(context::Draft::finish).transpose().unwrap_or_else(|found| {
            errors.extend(found);
            None
        });
        match (profile, text) {
            (Some(profile), Some(text)) if errors.is_empty() => Ok(Self { profile, text, context }),
            _ => Err(Error::invalid(errors)),
        }
    }
}
