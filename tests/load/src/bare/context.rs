//! The request body as any service would declare it: plain structs, parsed by serde's own derives.

use serde::Deserialize;

/// The body of `POST /v1/guidance`.
#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, then thrown away")]
pub(super) struct GuidanceRequest {
    context: Context,
    locale: Option<String>,
    limit: Option<i64>,
    #[serde(default)]
    explain: bool,
}

macro_rules! choices {
    ($($name:ident { $($value:ident)+ })+) => {
        $(
            #[derive(Deserialize)]
            #[serde(rename_all = "snake_case")]
            enum $name { $($value,)+ }
        )+
    };
}

choices! {
    Kind { JobApplication Promotion Idea Project Dismissal ProgramAdmission Other }
    Outcome { Declined NoResponse }
    Stage { Applied Screening Assessment Interview FinalInterview Offer }
    Conversation { None Held }
    ConversationWith { Recruiter Interviewer HiringManager Manager Committee }
    Notice { FormEmail PersonalEmail Phone InPerson VideoCall }
    Reason {
        NotGiven StrongerCandidate SkillGap ExperienceGap QualificationGap Communication Confidence Preparation
        InterviewPerformance ApplicationIncomplete NotAFit Presentation Attire PositionFilled PositionClosed
        Compensation Location WorkAuthorization Timing Budget LacksVolunteering
    }
    FeedbackPolicy { Gives Refuses }
    Feedback { None Requested Received Refused TimedOut }
    Cause {
        Nerves Preparation Misunderstanding InterviewPerformance StrongerCandidate FormError MissedPoint ExperienceGap
        SkillGap Confidence Communication Presentation NoIdea
    }
    Opening { Open Filled Closed }
    Decision { Final OpenToChange }
    Attachment { Organization Role Concept None }
    OtherApplications { NoneLeft Awaiting Offer }
    Phase { Shock Processing Reflecting Acting Recovered }
    Audience { Candidate EmployerBranded InternalHr }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, then thrown away")]
pub(super) struct Context {
    kind: Kind,
    outcome: Option<Outcome>,
    stage: Option<Stage>,
    rounds_completed: Option<u32>,
    rounds_total: Option<u32>,
    conversation: Option<Conversation>,
    #[serde(default)]
    conversation_with: Vec<ConversationWith>,
    notice: Option<Notice>,
    #[serde(default)]
    reasons: Vec<Reason>,
    feedback_policy: Option<FeedbackPolicy>,
    feedback: Option<Feedback>,
    #[serde(default)]
    causes: Vec<Cause>,
    opening: Option<Opening>,
    decision: Option<Decision>,
    knows_strong_candidate: Option<bool>,
    known_obstacle: Option<bool>,
    still_interested: Option<bool>,
    niche_field: Option<bool>,
    will_reapply: Option<bool>,
    employer_open_to_future: Option<bool>,
    attachment: Option<Attachment>,
    other_applications: Option<OtherApplications>,
    phase: Option<Phase>,
    days_since: Option<u32>,
    audience: Option<Audience>,
}
