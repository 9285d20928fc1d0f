//! Every method that is answered: the one table behind routing, authorization, metrics and the access log.

use rebound_domain::access::Scope;

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
    ListTips "rebound.v1.CatalogService/ListTips" &[Scope::Guidance];
    GetTip "rebound.v1.CatalogService/GetTip" &[Scope::Guidance];
    ListPrompts "rebound.v1.CatalogService/ListPrompts" &[Scope::Guidance];
    ListScenarios "rebound.v1.CatalogService/ListScenarios" &[Scope::Guidance];
    ListChallenges "rebound.v1.CatalogService/ListChallenges" &[Scope::Guidance];
    GetTaxonomy "rebound.v1.CatalogService/GetTaxonomy" &[Scope::Guidance];
    ListSources "rebound.v1.CatalogService/ListSources" &[Scope::Guidance];
    ListCatalogVersions "rebound.v1.CatalogService/ListCatalogVersions" &[Scope::Guidance];
    ListTenants "rebound.v1.AdminService/ListTenants" &[Scope::Operator];
    CreateTenant "rebound.v1.AdminService/CreateTenant" &[Scope::Operator];
    GetTenant "rebound.v1.AdminService/GetTenant" &[Scope::Operator];
    ListApiKeys "rebound.v1.AdminService/ListApiKeys" &[Scope::Admin, Scope::Operator];
    CreateApiKey "rebound.v1.AdminService/CreateApiKey" &[Scope::Admin, Scope::Operator];
    RotateApiKey "rebound.v1.AdminService/RotateApiKey" &[Scope::Admin, Scope::Operator];
    RevokeApiKey "rebound.v1.AdminService/RevokeApiKey" &[Scope::Admin, Scope::Operator];
    GetTenantSettings "rebound.v1.AdminService/GetTenantSettings" &[Scope::Admin];
    PutTenantSettings "rebound.v1.AdminService/PutTenantSettings" &[Scope::Admin];
    ListAuditEvents "rebound.v1.AdminService/ListAuditEvents" &[Scope::Admin];
    Health "grpc.health.v1.Health" &[];
    Reflection "grpc.reflection" &[];
    Unknown "unknown" &[];
}

impl Method {
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
