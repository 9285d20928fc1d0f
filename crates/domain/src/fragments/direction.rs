//! The direction in which a language is written.

names! {
    /// A direction of writing, as `dir` in HTML names it.
    Direction {
        /// From left to right.
        LeftToRight "ltr",
        /// From right to left.
        RightToLeft "rtl",
    }
}

/// Scripts that are written from right to left (ISO 15924).
const SCRIPTS: &[&str] = &["Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"];

/// Languages that are, where no script is named (the likely scripts of Unicode CLDR).
const LANGUAGES: &[&str] = &[
    "ar", "arc", "azb", "bal", "ckb", "dv", "fa", "glk", "he", "ks", "lrc", "mzn", "nqo", "pnb", "ps", "rhg", "sd",
    "sdh", "syr", "ug", "ur", "yi",
];

impl Direction {
    /// The direction of a canonical BCP 47 tag.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let mut subtags = tag.split('-');
        let language = subtags.next().unwrap_or_default();
        let script = subtags.next().filter(|subtag| subtag.len() == 4);
        let is_rtl = script.map_or_else(|| LANGUAGES.contains(&language), |script| SCRIPTS.contains(&script));
        if is_rtl { Self::RightToLeft } else { Self::LeftToRight }
    }
}
