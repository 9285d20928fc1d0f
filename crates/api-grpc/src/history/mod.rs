//! The history of a person: each handler reads a message, takes one step of the domain, and shows what came of it.
//! Rules and rights are the domain's; what may be shown of a diary is decided in `view.rs` alone.

mod desk;
mod diary;
mod export;
mod input;
mod items;
mod learning;
mod numbers;
mod person;
mod records;
mod view;

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use rebound_domain::{Error, Result};

use self::desk::Desk;
use crate::call::Handed;
use crate::method::Method;
use crate::proto::v1;
use crate::service::{Core, Outcome};
use crate::wire::{Answer, read_one};

/// Answers a call of `HistoryService`.
///
/// # Errors
/// Those of the method.
pub(crate) async fn answer<B>(core: Arc<Core>, call: Handed, request: Request<B>) -> Result<Outcome>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
{
    let caller = call.caller.ok_or_else(|| Error::internal("a method of the history that needs no key"))?;
    let (head, body) = request.into_parts();
    /// What a handler is given: the request, and the desk of its user.
    macro_rules! asked {
        ($request:ident) => {{
            let mut asked: v1::$request = read_one(&head.headers, body).await?;
            let user_id = std::mem::take(&mut asked.user_id);
            (Desk::open(core, caller, user_id).await?, asked)
        }};
    }
    macro_rules! answered {
        ($module:ident::$handler:ident $request:ident) => {{
            let (desk, asked) = asked!($request);
            Answer::new(&$module::$handler(&desk, asked).await?)
        }};
    }
    let answer = match call.method {
        Method::CreateRejection => answered!(records::create_rejection CreateRejectionRequest),
        Method::ListRejections => answered!(records::list_rejections ListRejectionsRequest),
        Method::GetRejection => answered!(records::get_rejection GetRejectionRequest),
        Method::UpdateRejection => answered!(records::update_rejection UpdateRejectionRequest),
        Method::DeleteRejection => answered!(records::delete_rejection DeleteRejectionRequest),
        Method::AdvanceRejection => answered!(diary::advance_rejection AdvanceRejectionRequest),
        Method::CreateContact => answered!(diary::create_contact CreateContactRequest),
        Method::CreateFeedback => answered!(diary::create_feedback CreateFeedbackRequest),
        Method::UpdateFeedback => answered!(diary::update_feedback UpdateFeedbackRequest),
        Method::CreateReflection => answered!(diary::create_reflection CreateReflectionRequest),
        Method::SetOutcome => answered!(diary::set_outcome SetOutcomeRequest),
        Method::DeleteOutcome => answered!(diary::delete_outcome DeleteOutcomeRequest),
        Method::GetRejectionGuidance => {
            let (desk, asked) = asked!(GetRejectionGuidanceRequest);
            Answer::new(&learning::get_rejection_guidance(&desk, &head.headers, asked).await?)
        }
        Method::CreateActionItem => answered!(items::create_action_item CreateActionItemRequest),
        Method::ListActionItems => answered!(items::list_action_items ListActionItemsRequest),
        Method::UpdateActionItem => answered!(items::update_action_item UpdateActionItemRequest),
        Method::CreateUserToken => answered!(person::create_user_token CreateUserTokenRequest),
        Method::GetTimeline => answered!(person::get_timeline GetTimelineRequest),
        Method::GetInsights => answered!(learning::get_insights GetInsightsRequest),
        Method::GetDevelopmentPlan => answered!(learning::get_development_plan GetDevelopmentPlanRequest),
        Method::EraseUser => answered!(person::erase_user EraseUserRequest),
        Method::GetErasureReceipt => {
            let asked = read_one(&head.headers, body).await?;
            Answer::new(&person::get_erasure_receipt(&core, caller, asked).await?)
        }
        Method::GetAggregates => {
            let asked = read_one(&head.headers, body).await?;
            Answer::new(&learning::get_aggregates(&core, caller, asked).await?)
        }
        Method::ExportUser => {
            let (desk, _) = asked!(ExportUserRequest);
            return export::export_user(desk, &call).map(Outcome::Stream);
        }
        _ => return Err(Error::internal("a method without a handler")),
    };
    Ok(Outcome::Single(answer))
}
