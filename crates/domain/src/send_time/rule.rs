//! The rules, with what they say to somebody who plans a message.

names! {
    /// A rule about when to send.
    Rule {
        /// A short wait after the decision.
        ConsideredDelay "considered_delay",
        /// The caller named an earliest moment.
        NotBefore "not_before",
        /// Between nine and five.
        OfficeHours "office_hours",
        /// Not on a Friday from three o'clock on.
        FridayAfternoon "friday_afternoon",
        /// Not on a Saturday or Sunday.
        Weekend "weekend",
        /// Not between eight in the evening and eight in the morning.
        Night "night",
        /// Not later than the other rules need.
        Soon "soon",
        /// Many messages go out in parts.
        Spread "spread",
        /// Time to call it back.
        TimeToCancel "time_to_cancel",
    }
}

impl Rule {
    /// What it asks for, and why.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ConsideredDelay => "Wait a short time after the decision. It shows that somebody gave it thought.",
            Self::NotBefore => "Wait for the time that you named.",
            Self::OfficeHours => "Send between nine and five, when somebody is there to answer questions.",
            Self::FridayAfternoon => {
                "Do not send on a Friday after three. Over the weekend, people are often alone with the news."
            }
            Self::Weekend => "Do not send on a Saturday or a Sunday, when there is nobody to ask.",
            Self::Night => {
                "Do not send between eight at night and eight in the morning. News like this can cost sleep."
            }
            Self::Soon => "Send as soon as the other rules allow. It is hard to wait for an answer.",
            Self::Spread => "Send a few at a time. Then you can answer questions, and stop if there is a mistake.",
            Self::TimeToCancel => "Leave some time before it goes out. Until then, you can still stop it.",
        }
    }
}
