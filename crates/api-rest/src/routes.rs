//! The routes of the API, each with what says of it what the OpenAPI document says. That is asked only when somebody wants
//! for the document: saying it takes as long as the rest of the start, and more memory.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter};
use utoipa::openapi::{HttpMethod, OpenApi};
use utoipa_axum::PathItemExt;
use utoipa_axum::router::OpenApiRouter;

use crate::Api;

/// Adds the operations of a route to the document.
type Describe = fn(OpenApiRouter<Arc<Api>>) -> OpenApiRouter<Arc<Api>>;

/// The operations at one path. Made by [`routes!`].
pub(crate) struct Route {
    path: String,
    handlers: MethodRouter<Arc<Api>>,
    describe: Describe,
}

impl Route {
    pub(crate) fn new(describe: Describe) -> Self {
        Self { path: String::new(), handlers: MethodRouter::new(), describe }
    }

    pub(crate) fn on<H, T>(mut self, path: String, methods: &[HttpMethod], handler: H) -> Self
    where
        H: Handler<T, Arc<Api>>,
        T: 'static,
    {
        debug_assert!(self.path.is_empty() || self.path == path, "{path} is no {}", self.path);
        self.path = path;
        if let Some(any) = methods.iter().map(PathItemExt::to_method_filter).reduce(MethodFilter::or) {
            self.handlers = self.handlers.on(any, handler);
        }
        self
    }
}

/// The route of handlers that share a path, as their `#[utoipa::path]` has it.
macro_rules! routes {
    ($($($name:ident)::+),+) => {
        $crate::routes::Route::new(|document| document.routes(utoipa_axum::routes!($($($name)::+),+)))
            $(.on(
                utoipa_axum::routes!(@path [path()] of $($name)::+),
                &utoipa_axum::routes!(@path [methods()] of $($name)::+),
                $($name)::+,
            ))+
    };
}
pub(crate) use routes;

/// Routes, and how to describe them.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<Arc<Api>>,
    described: Vec<Describe>,
}

impl Routes {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a route.
    pub(crate) fn routes(mut self, route: Route) -> Self {
        self.router = self.router.route(&route.path, route.handlers);
        self.described.push(route.describe);
        self
    }

    /// Adds other routes.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.described.extend(other.described);
        self
    }

    /// What answers requests.
    pub(crate) fn into_router(self) -> Router<Arc<Api>> {
        self.router
    }

    /// The document `base` with every operation.
    pub(crate) fn describe(self, base: OpenApi) -> OpenApi {
        let operations = self.described.into_iter().fold(OpenApiRouter::new(), |document, describe| describe(document));
        OpenApiRouter::with_openapi(base).merge(operations).into_openapi()
    }
}
