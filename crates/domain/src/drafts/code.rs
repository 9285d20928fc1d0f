//! What a check can find, how much it matters, and what follows from it.

names! {
    /// Who writes to whom.
    Profile {
        /// A person answers a rejection.
        CandidateReply "candidate_reply",
        /// An employer writes one.
        EmployerRejection "employer_rejection",
    }
    /// What to do with a draft.
    Verdict {
        /// Nothing stands against it.
        Fine "fine",
        /// Something in it would be better changed.
        Revise "revise",
        /// Better kept until the anger has passed. Nobody is kept from sending it.
        Hold "hold",
    }
    /// How much a finding matters.
    Severity {
        /// Worth a thought; the draft is fine with it.
        Info "info",
        /// Better changed before it is sent.
        Warning "warning",
        /// Would do lasting harm: wait before sending.
        Critical "critical",
    }
    /// What a check can find. The last five are for employers alone.
    Code {
        /// Swear words, disguised ones too.
        Profanity "profanity",
        /// An attack on somebody, or ill wishes, with or without a swear word.
        Hostility "hostility",
        /// Looking down on the reader or the organization.
        Contempt "contempt",
        /// Announcing harm: to a person, by publicity or by law.
        Threat "threat",
        /// Pushing for an answer or another decision.
        Pressure "pressure",
        /// Putting people down for what they are.
        Discrimination "discrimination",
        /// Praise that means the opposite.
        Sarcasm "sarcasm",
        /// Saying whose fault it was.
        Blame "blame",
        /// Defending oneself against the decision or the feedback.
        Defensive "defensive",
        /// Begging.
        Pleading "pleading",
        /// Putting oneself down.
        SelfDeprecation "self_deprecation",
        /// Capital letters and rows of exclamation marks.
        Shouting "shouting",
        /// A gap of a template that nobody filled.
        Placeholder "placeholder",
        /// No word of thanks, though somebody gave time.
        NoGratitude "no_gratitude",
        /// A request for feedback that names nothing.
        VagueRequest "vague_request",
        /// More than one thing asked for.
        TooManyAsks "too_many_asks",
        /// Asks for, or offers, what the situation rules out.
        AgainstPolicy "against_policy",
        /// Longer than anybody reads.
        TooLong "too_long",
        /// The word "rejected".
        SaysRejected "says_rejected",
        /// Nothing that the person could do next.
        NoNextStep "no_next_step",
        /// Measures the person against others.
        Comparison "comparison",
        /// Promises what nobody can.
        Promise "promise",
        /// Speaks of what the law protects: age, family, origin, health and so on.
        ProtectedCharacteristic "protected_characteristic",
    }
}
