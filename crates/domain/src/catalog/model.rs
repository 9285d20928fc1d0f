//! The items of the catalog. What an item is about is the same in every language; its words are there once for each
//! locale, with every gap already filled from the next locale of the chain.

use serde::Deserialize;

use crate::condition::Condition;
use crate::fragments::TipParts;

/// Position of an atom in [`Catalog::atoms`](super::Catalog::atoms).
pub type AtomIndex = u16;

/// What kind of item it is. The order is that of `carried_by` lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemType {
    /// A piece of advice.
    Tip,
    /// A question for private reflection.
    Prompt,
    /// A quiz scenario.
    Scenario,
    /// A practice challenge.
    Challenge,
    /// A reply that the person can send.
    Reply,
    /// A check of a draft.
    Check,
    /// A kind of rejection, from the taxonomy.
    Kind,
    /// A cause that a person may guess at, from the taxonomy.
    Cause,
    /// A reason code, from the taxonomy.
    Reason,
}

impl ItemType {
    /// The name that clients see.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tip => "tip",
            Self::Prompt => "prompt",
            Self::Scenario => "scenario",
            Self::Challenge => "challenge",
            Self::Reply => "reply",
            Self::Check => "check",
            Self::Kind => "kind",
            Self::Cause => "cause",
            Self::Reason => "reason",
        }
    }
}

/// One item: what all items have, the rule `R` of its type, and the words `T`.
#[derive(Debug, Clone)]
pub struct Item<R, T> {
    /// Its id, stable for ever: the name of its file.
    pub id: Box<str>,
    /// The catalog version that brought it.
    pub since: Box<str>,
    /// Retired: still resolvable by its id, never shown as advice.
    pub deprecated: bool,
    /// Whether it is offered at all. Only an overlay says no: then it still resolves by its id.
    pub enabled: bool,
    /// The advice that it carries.
    pub atoms: Vec<AtomIndex>,
    /// When it applies, without the audience.
    pub condition: Condition,
    /// Who may see it; empty: everybody.
    pub audiences: Condition,
    /// What is particular to its type.
    pub rule: R,
    texts: Vec<T>,
    /// Of each locale the words that come from another one.
    borrowed: Vec<Borrowed>,
}

/// Words by name, and the locale that they come from.
pub(super) type Borrowed = Vec<(Box<str>, LocaleIndex)>;

impl<R, T> Item<R, T> {
    pub(super) fn with_texts(self, texts: Vec<(T, Borrowed)>) -> Self {
        let (texts, borrowed) = texts.into_iter().unzip();
        Self { texts, borrowed, ..self }
    }

    pub(super) fn map_rule<S>(self, rule: S) -> Item<S, T> {
        let Self { id, since, deprecated, enabled, atoms, condition, audiences, texts, borrowed, .. } = self;
        Item { id, since, deprecated, enabled, atoms, condition, audiences, rule, texts, borrowed }
    }

    /// The rule and the item without it.
    pub(super) fn take_rule(self) -> (R, Item<(), T>) {
        let Self { id, since, deprecated, atoms, condition, audiences, rule, texts, borrowed, enabled } = self;
        (rule, Item { id, since, deprecated, atoms, condition, audiences, rule: (), texts, borrowed, enabled })
    }

    /// Its words in a locale of the catalog.
    #[must_use]
    pub fn text(&self, locale: LocaleIndex) -> &T {
        &self.texts[locale.0]
    }

    /// Whether it can come as advice: neither retired nor switched off.
    #[must_use]
    pub const fn is_offered(&self) -> bool {
        self.enabled && !self.deprecated
    }

    /// The audiences that may see it.
    pub fn audience_names(&self) -> impl Iterator<Item = &'static str> {
        let audiences = crate::context::Field::Audience.values().iter().copied();
        audiences.filter(|audience| self.audiences.is_open_to(audience))
    }

    /// Its words in every locale of the catalog.
    pub(super) fn localized(&self) -> impl Iterator<Item = (LocaleIndex, &T)> {
        self.texts.iter().enumerate().map(|(place, text)| (LocaleIndex(place), text))
    }

    /// The locale that a word of it comes from, such as its `title`.
    pub(crate) fn origin(&self, locale: LocaleIndex, word: &str) -> LocaleIndex {
        let borrowed = self.borrowed.get(locale.0).into_iter().flatten();
        borrowed.into_iter().find(|(name, _)| **name == *word).map_or(locale, |(_, origin)| *origin)
    }
}

impl<R, T> Item<R, T> {
    pub(super) fn new(id: &str, since: String, rule: R) -> Self {
        Self {
            id: id.into(),
            since: since.into(),
            deprecated: false,
            enabled: true,
            atoms: Vec::new(),
            condition: Condition::default(),
            audiences: Condition::default(),
            rule,
            texts: Vec::new(),
            borrowed: Vec::new(),
        }
    }
}

/// A locale that the catalog has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LocaleIndex(pub(super) usize);

/// The part of the way that a step of guidance belongs to, in the order in which steps are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepPhase {
    /// Get through the first pain.
    Recover,
    /// Answer those who decided.
    Respond,
    /// Understand what happened.
    Reflect,
    /// Get better.
    Improve,
    /// Turn to what comes.
    LookAhead,
    /// Practise hearing no.
    Practice,
}

impl StepPhase {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Recover, Self::Respond, Self::Reflect, Self::Improve, Self::LookAhead, Self::Practice];

    /// The name that clients see.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recover => "recover",
            Self::Respond => "respond",
            Self::Reflect => "reflect",
            Self::Improve => "improve",
            Self::LookAhead => "look_ahead",
            Self::Practice => "practice",
        }
    }
}

/// When a step makes sense, in hours after the news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Not earlier than this.
    pub not_before_hours: Option<u32>,
    /// Best within this time.
    pub within_hours: Option<u32>,
}

/// The type of item that an action opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionType {
    /// A reply to compose.
    Reply,
    /// A reflection prompt.
    Prompt,
    /// A quiz scenario.
    Scenario,
    /// A practice challenge.
    Challenge,
}

impl ActionType {
    /// The name that clients see.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Prompt => "prompt",
            Self::Scenario => "scenario",
            Self::Challenge => "challenge",
        }
    }
}

/// What a step offers to do next. It has the condition of the item that it opens.
#[derive(Debug, Clone)]
pub struct Action {
    /// The type of the item.
    pub action_type: ActionType,
    /// The id of the item.
    pub id: Box<str>,
    /// Whether the item is offered at all.
    pub enabled: bool,
    /// The condition of the item, its audience included.
    pub condition: Condition,
    /// The advice that the item carries.
    pub atoms: Vec<AtomIndex>,
    /// For a prompt about causes: the prompt about what went well, without which it is not offered (rule C7).
    pub paired_with: Option<Box<str>>,
}

/// What is particular to a tip.
#[derive(Debug, Clone)]
pub struct TipRule {
    /// Where it belongs.
    pub phase: StepPhase,
    /// How much it matters: higher comes first.
    pub priority: u16,
    /// When it makes sense.
    pub timing: Option<Timing>,
    /// What it offers to do next.
    pub actions: Vec<Action>,
    /// When its phase is open to the person.
    pub gate: Condition,
    /// Everything together: gate, audience and condition.
    pub whole: Condition,
    pub(super) parts: Vec<TipParts>,
}

impl TipRule {
    /// The tip as it stands in fragments of a locale.
    pub(crate) fn parts(&self, locale: LocaleIndex) -> &TipParts {
        &self.parts[locale.0]
    }
}

/// What is particular to a prompt.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptRule {
    /// The subject: `causes`, `strengths`, `feelings` and so on.
    pub about: String,
    /// For a prompt about causes: the prompt about what went well that comes with it (rule C7).
    pub paired_with: Option<String>,
    /// After how many hours reading the answer again helps.
    pub revisit_after_hours: Option<u32>,
}

/// What is particular to a scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRule {
    /// Whose answer key it is: `ours` where the source gives none.
    pub answer_key: String,
}

/// What is particular to a challenge.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRule {
    /// Over how many days it goes.
    pub days: u32,
}

/// What is particular to an article.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticleRule {
    /// Who wrote it, if anybody signed it.
    pub author: Option<String>,
    /// When it appeared or was last updated, as an ISO 8601 date.
    pub published: Option<String>,
}

/// Nothing is particular to items of this type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoRule {}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
        }
    )+};
}

texts! {
    /// The words of a tip.
    TipText {
        /// At most 60 characters.
        title: String,
        /// 40 to 90 words, one idea.
        body: String,
    }
    /// The words of a prompt.
    PromptText {
        /// The open question.
        question: String,
        /// A help to begin.
        hint: String,
    }
    /// The words of a scenario.
    ScenarioText {
        /// Its title.
        title: String,
        /// What happened.
        situation: String,
        /// What is asked.
        question: String,
        /// The answers to choose from.
        options: Vec<ScenarioOption>,
    }
    /// One answer of a scenario.
    ScenarioOption {
        /// Its letter.
        id: String,
        /// The answer.
        text: String,
        /// Whether it is among the best ones.
        best: bool,
        /// Why, or why not yet.
        rationale: String,
    }
    /// The words of a challenge.
    ChallengeText {
        /// Its title.
        title: String,
        /// What to do.
        instructions: String,
        /// What to think about afterwards.
        why_question: String,
        /// When it is done.
        counts_as_done: String,
    }
    /// The words of a check, shown to the writer alone.
    CheckText {
        /// Its title.
        title: String,
        /// Why it matters, to a person who answers.
        message: String,
        /// How to say it instead.
        suggestion: String,
        /// The same for those who write in an employer's name.
        employer: CheckWords,
    }
    /// What a check says to one kind of writer.
    CheckWords {
        /// Why it matters.
        message: String,
        /// How to say it instead.
        suggestion: String,
    }
    /// The words around the tips of a fragment, one line for each voice.
    FrameText {
        /// The employer says "we".
        we: String,
        /// The employer is named, as `{name}`.
        name: String,
        /// Nobody in particular speaks.
        neutral: String,
    }
    /// The words of a taxonomy entry.
    LabelText {
        /// A short name.
        label: String,
        /// What it means, and what it does not.
        details: String,
    }
    /// The words about an article.
    ArticleText {
        /// Its title.
        title: String,
        /// What to know about it.
        note: String,
    }
}

/// A tip.
pub type Tip = Item<TipRule, TipText>;
/// A reflection prompt.
pub type Prompt = Item<PromptRule, PromptText>;
/// A quiz scenario.
pub type Scenario = Item<ScenarioRule, ScenarioText>;
/// A practice challenge.
pub type Challenge = Item<ChallengeRule, ChallengeText>;
/// A draft check.
pub type Check = Item<NoRule, CheckText>;
/// What a fragment says around its tips.
pub type FrameItem = Item<NoRule, FrameText>;
/// A taxonomy entry.
pub type Label = Item<NoRule, LabelText>;
/// An article.
pub type Article = Item<ArticleRule, ArticleText>;

/// One piece of advice of an article.
#[derive(Debug, Clone)]
pub struct Atom {
    /// Its id, stable for ever.
    pub id: Box<str>,
    /// The id of its article.
    pub article: Box<str>,
    /// Where in the article it stands, as lines of the copy that was read.
    pub position: Box<str>,
    /// The advice in our words.
    pub advice: Box<str>,
    /// When the article gives it.
    pub condition: Condition,
}
