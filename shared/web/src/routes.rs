//! A function's routes, and their descriptions, which are made only where somebody asks for them.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route};
use tower::{Layer, Service};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// The routes of a function. They come by [`routes!`](crate::routes) alone, so that each has a description.
///
/// [`OpenApiRouter`] does the same and describes every route as it is added: in `auth` that was more than half of all
/// that a start computes, for a document that a function never shows.
pub struct Routes<S> {
    router: Router<S>,
    descriptions: Vec<fn() -> UtoipaMethodRouter<S>>,
}

/// Handlers of one path with their description, as [`routes!`](crate::routes) makes them.
pub struct Described<S> {
    handlers: Vec<(String, MethodRouter<S>)>,
    description: fn() -> UtoipaMethodRouter<S>,
}

impl<S> Described<S> {
    /// For [`routes!`](crate::routes).
    #[doc(hidden)]
    pub fn new(handlers: Vec<(String, MethodRouter<S>)>, description: fn() -> UtoipaMethodRouter<S>) -> Self {
        Self { handlers, description }
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self { router: Router::new(), descriptions: Vec::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// These and `described`.
    #[must_use]
    pub fn routes(mut self, described: Described<S>) -> Self {
        for (path, handlers) in described.handlers {
            self.router = self.router.route(&path, handlers);
        }
        self.descriptions.push(described.description);
        self
    }

    /// Middleware around the routes that are here by now.
    #[must_use]
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { router: self.router.route_layer(layer), ..self }
    }

    /// These and `others`.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.descriptions.extend(others.descriptions);
        Self { router: self.router.merge(others.router), ..self }
    }

    /// What answers.
    pub fn into_router(self) -> Router<S> {
        self.router
    }

    /// What describes it.
    pub fn document(&self) -> OpenApi {
        let described = self.descriptions.iter().fold(OpenApiRouter::new(), |all, describe| all.routes(describe()));
        described.into_openapi()
    }
}

/// Handlers of one path, each described by `#[utoipa::path]`: `routes!(people::list, people::add)`.
#[macro_export]
macro_rules! routes {
    ($($first:ident $(:: $rest:ident)*),+ $(,)?) => {
        $crate::Described::new(
            vec![$({
                use $crate::utoipa_axum::PathItemExt as _;
                let methods = $crate::utoipa_axum::routes!(@path [methods()] of $first $(:: $rest)*);
                let handlers = methods.iter().fold(axum::routing::MethodRouter::new(), |handlers, method| {
                    handlers.on(method.to_method_filter(), $first $(:: $rest)*)
                });
                ($crate::utoipa_axum::routes!(@path [path()] of $first $(:: $rest)*), handlers)
            }),+],
            || $crate::utoipa_axum::routes!($($first $(:: $rest)*),+),
        )
    };
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use tower::ServiceExt;

    use super::*;

    #[utoipa::path(get, path = "/things", responses((status = 200)))]
    async fn list() -> &'static str {
        "listed"
    }

    #[utoipa::path(post, path = "/things", responses((status = 201)))]
    async fn add() -> StatusCode {
        StatusCode::CREATED
    }

    #[utoipa::path(get, path = "/closed", responses((status = 200)))]
    async fn closed() -> &'static str {
        "never seen"
    }

    fn all() -> Routes<()> {
        let refused = Routes::new()
            .routes(routes!(closed))
            .route_layer(from_fn(|_: Request, _: axum::middleware::Next| async { StatusCode::FORBIDDEN }));
        Routes::new().routes(routes!(list, add)).merge(refused)
    }

    #[tokio::test]
    async fn each_handler_answers_its_method_of_its_path() {
        let status = async |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            all().into_router().oneshot(request).await.unwrap().status()
        };
        assert_eq!(status("GET", "/things").await, StatusCode::OK);
        assert_eq!(status("POST", "/things").await, StatusCode::CREATED);
        assert_eq!(status("PUT", "/things").await, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(status("GET", "/closed").await, StatusCode::FORBIDDEN);
    }

    #[test]
    fn the_document_has_every_route() {
        let document = serde_json::to_value(all().document()).unwrap();
        let of = |path: &str| document["paths"][path].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!((of("/things"), of("/closed")), (vec!["get".to_owned(), "post".to_owned()], vec!["get".to_owned()]));
    }
}
