//! Every method that is answered: the one table behind routing, authorization, metrics and the access log.

use rebound_domain::access::Scope;
use rebound_domain::governance::RECEIPT_SCOPES;
use rebound_domain::history::{
    AGGREGATE_SCOPES, DIARY_READ_SCOPES, DIARY_WRITE_SCOPES, ERASE_SCOPES, READ_SCOPES, WRITE_SCOPES,
};

macro_rules! methods {
    ($($variant:ident $name:literal $scope:expr;)+) => {
        /// A method of the API, or what stands for one that is not ours.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Method {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Method {
            /// Every method, in the order of the protos.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its full name, as metrics and the access log show it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The scopes of which a key needs one; none: no key is needed.
            #[must_use]
            pub const fn scopes(self) -> &'static [Scope] {
                match self { $(Self::$variant => $scope,)+ }
            }
        }
    };
}

methods! {
    GetGuidance "rebound.v1.GuidanceService/GetGuidance" &[Scope::Guidance];
    BatchGetGuidance "rebound.v1.GuidanceService/BatchGetGuidance" &[Scope::Guidance];
    RenderFragment "rebound.v1.FragmentService/RenderFragment" &[Scope::Guidance];
    BatchRenderFragments "rebound.v1.FragmentService/BatchRenderFragments" &[Scope::Guidance];
    ComposeReply "rebound.v1.ReplyService/ComposeReply" &[Scope::Guidance];
    ListReplyTemplates "rebound.v1.ReplyService/ListReplyTemplates" &[Scope::Guidance];
    GetReplyTemplate "rebound.v1.ReplyService/GetReplyTemplate" &[Scope::Guidance];
    CheckDraft "rebound.v1.ReplyService/CheckDraft" &[Scope::Guidance];
    ListTips "rebound.v1.CatalogService/ListTips" &[Scope::Guidance];
    GetTip "rebound.v1.CatalogService/GetTip" &[Scope::Guidance];
    ListPrompts "rebound.v1.CatalogService/ListPrompts" &[Scope::Guidance];
    ListScenarios "rebound.v1.CatalogService/ListScenarios" &[Scope::Guidance];
    ListChallenges "rebound.v1.CatalogService/ListChallenges" &[Scope::Guidance];
    GetTaxonomy "rebound.v1.CatalogService/GetTaxonomy" &[Scope::Guidance];
    ListSources "rebound.v1.CatalogService/ListSources" &[Scope::Guidance];
    ListCatalogVersions "rebound.v1.CatalogService/ListCatalogVersions" &[Scope::Guidance];
    AdviseSendTime "rebound.v1.SendTimeService/AdviseSendTime" &[Scope::Guidance];
    CreateRejection "rebound.v1.HistoryService/CreateRejection" WRITE_SCOPES;
    ListRejections "rebound.v1.HistoryService/ListRejections" READ_SCOPES;
    GetRejection "rebound.v1.HistoryService/GetRejection" READ_SCOPES;
    UpdateRejection "rebound.v1.HistoryService/UpdateRejection" WRITE_SCOPES;
    DeleteRejection "rebound.v1.HistoryService/DeleteRejection" WRITE_SCOPES;
    AdvanceRejection "rebound.v1.HistoryService/AdvanceRejection" DIARY_WRITE_SCOPES;
    CreateContact "rebound.v1.HistoryService/CreateContact" DIARY_WRITE_SCOPES;
    CreateFeedback "rebound.v1.HistoryService/CreateFeedback" DIARY_WRITE_SCOPES;
    UpdateFeedback "rebound.v1.HistoryService/UpdateFeedback" DIARY_WRITE_SCOPES;
    CreateReflection "rebound.v1.HistoryService/CreateReflection" DIARY_WRITE_SCOPES;
    SetOutcome "rebound.v1.HistoryService/SetOutcome" WRITE_SCOPES;
    DeleteOutcome "rebound.v1.HistoryService/DeleteOutcome" WRITE_SCOPES;
    GetRejectionGuidance "rebound.v1.HistoryService/GetRejectionGuidance" READ_SCOPES;
    CreateActionItem "rebound.v1.HistoryService/CreateActionItem" DIARY_WRITE_SCOPES;
    ListActionItems "rebound.v1.HistoryService/ListActionItems" DIARY_READ_SCOPES;
    UpdateActionItem "rebound.v1.HistoryService/UpdateActionItem" DIARY_WRITE_SCOPES;
    CreateUserToken "rebound.v1.HistoryService/CreateUserToken" DIARY_WRITE_SCOPES;
    GetTimeline "rebound.v1.HistoryService/GetTimeline" DIARY_READ_SCOPES;
    GetInsights "rebound.v1.HistoryService/GetInsights" DIARY_READ_SCOPES;
    GetDevelopmentPlan "rebound.v1.HistoryService/GetDevelopmentPlan" DIARY_READ_SCOPES;
    ExportUser "rebound.v1.HistoryService/ExportUser" DIARY_READ_SCOPES;
    EraseUser "rebound.v1.HistoryService/EraseUser" ERASE_SCOPES;
    GetErasureReceipt "rebound.v1.HistoryService/GetErasureReceipt" RECEIPT_SCOPES;
    GetAggregates "rebound.v1.HistoryService/GetAggregates" AGGREGATE_SCOPES;
    ListTenants "rebound.v1.AdminService/ListTenants" &[Scope::Operator];
    CreateTenant "rebound.v1.AdminService/CreateTenant" &[Scope::Operator];
    GetTenant "rebound.v1.AdminService/GetTenant" &[Scope::Operator];
    GetTenantLimits "rebound.v1.AdminService/GetTenantLimits" &[Scope::Admin, Scope::Operator];
    PutTenantLimits "rebound.v1.AdminService/PutTenantLimits" &[Scope::Operator];
    GetTenantUsage "rebound.v1.AdminService/GetTenantUsage" &[Scope::Admin, Scope::Operator];
    ListApiKeys "rebound.v1.AdminService/ListApiKeys" &[Scope::Admin, Scope::Operator];
    CreateApiKey "rebound.v1.AdminService/CreateApiKey" &[Scope::Admin, Scope::Operator];
    RotateApiKey "rebound.v1.AdminService/RotateApiKey" &[Scope::Admin, Scope::Operator];
    RevokeApiKey "rebound.v1.AdminService/RevokeApiKey" &[Scope::Admin, Scope::Operator];
    GetTenantSettings "rebound.v1.AdminService/GetTenantSettings" &[Scope::Admin];
    PutTenantSettings "rebound.v1.AdminService/PutTenantSettings" &[Scope::Admin];
    ListAuditEvents "rebound.v1.AdminService/ListAuditEvents" &[Scope::Admin];
    ListOverlays "rebound.v1.AdminService/ListOverlays" &[Scope::Admin];
    GetOverlay "rebound.v1.AdminService/GetOverlay" &[Scope::Admin];
    PutOverlay "rebound.v1.AdminService/PutOverlay" &[Scope::Admin];
    DeleteOverlay "rebound.v1.AdminService/DeleteOverlay" &[Scope::Admin];
    PreviewOverlays "rebound.v1.AdminService/PreviewOverlays" &[Scope::Admin];
    PublishOverlays "rebound.v1.AdminService/PublishOverlays" &[Scope::Admin];
    RollbackOverlays "rebound.v1.AdminService/RollbackOverlays" &[Scope::Admin];
    ListOverlayVersions "rebound.v1.AdminService/ListOverlayVersions" &[Scope::Admin];
    Health "grpc.health.v1.Health" &[];
    Reflection "grpc.reflection" &[];
    Unknown "unknown" &[];
}

impl Method {
    /// Whether it is one of `AdminService`.
    pub(crate) fn is_administration(self) -> bool {
        self.name().starts_with("rebound.v1.AdminService/")
    }

    /// The method that a request path names.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let name = path.strip_prefix('/').unwrap_or(path);
        if let Some(method) = Self::ALL.iter().find(|method| method.name() == name && !method.scopes().is_empty()) {
            return *method;
        }
        match name.split_once('/') {
            Some(("grpc.health.v1.Health", _)) => Self::Health,
            Some(("grpc.reflection.v1.ServerReflection" | "grpc.reflection.v1alpha.ServerReflection", _)) => {
                Self::Reflection
            }
            _ => Self::Unknown,
        }
    }
}
