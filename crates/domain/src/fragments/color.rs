//! The colour of a link: readable on a white page and on a dark one, for nobody knows on which an e-mail is read.
//!
//! WCAG 2.2 asks for 4.5 to 1. No colour has that on white and on a dark grey at once (`#121212` is 18.7 to 1 on white,
//! less than 4.5 times 4.5), so dark means black here; on the dark grey of a mail program such a colour has about 4.1.

use std::fmt;

use crate::error::FieldError;

/// The contrast that a text needs (WCAG 2.2, success criterion 1.4.3).
const NEEDED: f64 = 4.5;

/// What a colour is told that is no colour.
const ALLOWED: &str = "not a colour; allowed: # and six hexadecimal digits, such as #767676";

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Color {
    /// The background of a page that is light.
    pub const WHITE: Self = Self([0xff; 3]);

    /// The background of a page that is dark.
    pub const BLACK: Self = Self([0; 3]);

    /// A colour for links.
    pub(super) fn of_link(text: &str, pointer: &str) -> Result<Self, FieldError> {
        let color = Self::read(text).ok_or_else(|| FieldError::new(pointer, ALLOWED))?;
        if color.is_readable() {
            return Ok(color);
        }
        let ratios = [Self::WHITE, Self::BLACK].map(|background| color.contrast(background));
        let detail = format!(
            "has a contrast of {:.2} on white and {:.2} on black; allowed: at least {NEEDED} on both (WCAG 2.2), such as {}",
            ratios[0],
            ratios[1],
            color.nearest_readable()
        );
        Err(FieldError::new(pointer, detail))
    }

    fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// The ratio of contrast to another colour, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }

    fn is_readable(self) -> bool {
        self.contrast(Self::WHITE) >= NEEDED && self.contrast(Self::BLACK) >= NEEDED
    }

    /// The relative luminance, as WCAG defines it.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The colour made darker or lighter until it can be read; where its hue has no such shade, a grey.
    fn nearest_readable(self) -> Self {
        let mix = |other: Self, percent: u16| {
            let channel = |at: usize| {
                let (own, other) = (u16::from(self.0[at]), u16::from(other.0[at]));
                u8::try_from((own * (200 - percent) + other * percent + 100) / 200).unwrap_or(u8::MAX)
            };
            Self([channel(0), channel(1), channel(2)])
        };
        let towards = if self.contrast(Self::WHITE) < NEEDED { Self::BLACK } else { Self::WHITE };
        (0..=200).map(|percent| mix(towards, percent)).find(|color| color.is_readable()).unwrap_or(Self([0x76; 3]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suggestion_is_one_that_is_taken() {
        for number in (0..0x0100_0000_u32).step_by(997) {
            let [_, channels @ ..] = number.to_be_bytes();
            let suggested = Color(channels).nearest_readable();
            assert_eq!(Color::of_link(&suggested.to_string(), ""), Ok(suggested), "{}", Color(channels));
        }
    }

    #[test]
    fn contrast_is_that_of_the_guideline() {
        let grey = Color([0x76; 3]);
        assert!((Color::WHITE.contrast(Color::BLACK) - 21.0).abs() < 1e-9);
        assert!((grey.contrast(Color::WHITE) - 4.54).abs() < 0.01);
        assert!((grey.contrast(Color::BLACK) - 4.62).abs() < 0.01);
    }
}
