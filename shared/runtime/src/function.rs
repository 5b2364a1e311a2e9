use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use futures::future::{BoxFuture, LocalBoxFuture};
use lambda_http::request::LambdaRequest;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};
use tracing::Instrument;

use crate::metrics;
use crate::trace::{self, TraceHeader};

/// What goes back to Lambda.
type Answer = Result<Box<RawValue>, Error>;

/// A whole HTTP application: the routes with every layer around them.
pub type HttpRouter = BoxCloneSyncService<axum::extract::Request, axum::response::Response, Infallible>;

type HttpHandler = Arc<dyn Fn(LambdaEvent<Box<RawValue>>) -> LocalBoxFuture<'static, Answer> + Send + Sync>;
type BatchHandler = Arc<dyn Fn(SqsEvent) -> BoxFuture<'static, SqsBatchResponse> + Send + Sync>;
type ScheduleHandler = Arc<dyn Fn() -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

/// What one Lambda function answers to. A function may be reached over HTTP (API Gateway's HttpApi, payload 2.0), by a
/// queue (SQS batches) and by the clock; each event says which it is.
#[derive(Clone, Default)]
pub struct Function {
    http: Option<HttpHandler>,
    queue: Option<BatchHandler>,
    schedule: Option<ScheduleHandler>,
}

impl Function {
    /// A function that answers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers HTTP requests by `app`.
    #[must_use]
    pub fn http<S>(mut self, app: S) -> Self
    where
        S: Service<axum::extract::Request, Response = axum::response::Response, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        let app = HttpRouter::new(app);
        // What speaks HTTP is named only here, so a worker that nobody asks by HTTP is linked without it.
        self.http = Some(Arc::new(move |event| Box::pin(answer_http(app.clone(), event))));
        self
    }

    /// Answers SQS batches by `handler`, which says which messages must come again.
    #[must_use]
    pub fn queue<F, Fut>(mut self, handler: F) -> Self
    where
        F: Fn(SqsEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = SqsBatchResponse> + Send + 'static,
    {
        self.queue = Some(Arc::new(move |event| Box::pin(handler(event))));
        self
    }

    /// Answers the clock by `handler`.
    #[must_use]
    pub fn schedule<F, Fut>(mut self, handler: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.schedule = Some(Arc::new(move || Box::pin(handler())));
        self
    }

    /// Takes events from the Lambda Runtime API until the environment ends.
    ///
    /// # Errors
    /// When the Runtime API cannot be reached.
    pub async fn run(self) -> Result<(), Error> {
        // Not `lambda_runtime::run`, whose span would put the same things on every line under names of its own.
        Runtime::new(service_fn(move |event| {
            let function = self.clone();
            async move { function.handle(event).await }
        }))
        .run()
        .await
    }

    /// Answers one event. Its lines say which one it was, and what was measured goes out at its end.
    ///
    /// # Errors
    /// When the event is of a kind that this function does not answer, or a schedule's work failed.
    pub async fn handle(&self, event: LambdaEvent<Box<RawValue>>) -> Answer {
        let header = event.context.xray_trace_id.as_deref().and_then(TraceHeader::parse);
        let invocation_id = &event.context.request_id;
        let trace_id = header.as_ref().map(TraceHeader::id);
        let span = tracing::error_span!("invocation", invocation_id, trace_id);
        let work = Box::pin(self.answer(event));
        trace::within(header, metrics::gathered(work).instrument(span)).await
    }

    async fn answer(&self, event: LambdaEvent<Box<RawValue>>) -> Answer {
        match (Kind::of(event.payload.get()), &self.http, &self.queue, &self.schedule) {
            (Kind::Http, Some(handler), _, _) => handler(event).await,
            (Kind::Queue, _, Some(handler), _) => {
                let batch: SqsEvent = serde_json::from_str(event.payload.get())?;
                Ok(to_raw_value(&handler(batch).await)?)
            }
            (Kind::Schedule, _, _, Some(handler)) => {
                handler().await.map_err(|error| {
                    tracing::error!(error = format!("{error:#}"), "the scheduled work failed");
                    Error::from(error.to_string())
                })?;
                Ok(to_raw_value(&())?)
            }
            _ => Err(Error::from("this function does not answer events of this kind")),
        }
    }
}

async fn answer_http(app: HttpRouter, event: LambdaEvent<Box<RawValue>>) -> Answer {
    let request: LambdaRequest = serde_json::from_str(event.payload.get())?;
    // Lambda's body type becomes axum's here and back in the adapter.
    let app = app.map_request(|request: lambda_http::Request| request.map(into_axum_body));
    let response = lambda_http::Adapter::from(app)
        .call(LambdaEvent { payload: request, context: event.context })
        .await
        .unwrap_or_else(|never: Infallible| match never {});
    Ok(to_raw_value(&response)?)
}

fn into_axum_body(body: lambda_http::Body) -> axum::body::Body {
    match body {
        lambda_http::Body::Empty => axum::body::Body::empty(),
        lambda_http::Body::Text(text) => text.into(),
        lambda_http::Body::Binary(bytes) => bytes.into(),
        _ => axum::body::Body::empty(),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Http,
    Queue,
    Schedule,
    Unknown,
}

impl Kind {
    fn of(payload: &str) -> Self {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Probe {
            #[serde(default, rename = "Records")]
            records: Option<serde::de::IgnoredAny>,
            #[serde(default)]
            request_context: Option<serde::de::IgnoredAny>,
            #[serde(default)]
            source: Option<String>,
        }
        match serde_json::from_str::<Probe>(payload) {
            Ok(Probe { request_context: Some(_), .. }) => Self::Http,
            Ok(Probe { records: Some(_), .. }) => Self::Queue,
            Ok(Probe { source: Some(source), .. }) if source == "aws.events" || source == "aws.scheduler" => {
                Self::Schedule
            }
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::get;

    fn event(payload: &str) -> LambdaEvent<Box<RawValue>> {
        LambdaEvent { payload: RawValue::from_string(payload.to_owned()).unwrap(), context: Default::default() }
    }

    #[tokio::test]
    async fn an_event_that_nobody_answers_is_an_error() {
        let function = Function::new();
        assert!(function.handle(event("{}")).await.is_err());
        assert!(function.handle(event(r#"{"Records":[]}"#)).await.is_err());
    }

    #[tokio::test]
    async fn one_function_answers_http_and_queue() {
        let function = Function::new()
            .http(Router::new().route("/ping", get(|| async { "pong" })))
            .queue(|_| async { SqsBatchResponse::default() });
        let http = r#"{"version":"2.0","routeKey":"$default","rawPath":"/ping","rawQueryString":"","headers":{"host":"x"},
            "requestContext":{"accountId":"1","apiId":"a","domainName":"x","domainPrefix":"x","requestId":"r","routeKey":"$default",
            "stage":"$default","time":"t","timeEpoch":0,"http":{"method":"GET","path":"/ping","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":"t"}},
            "isBase64Encoded":false}"#;
        let answer = function.handle(event(http)).await.unwrap();
        let answer: serde_json::Value = serde_json::from_str(answer.get()).unwrap();
        assert_eq!(answer["statusCode"], 200);
        assert_eq!(answer["body"], "pong");
        let batch = function.handle(event(r#"{"Records":[]}"#)).await.unwrap();
        assert_eq!(batch.get(), r#"{"batchItemFailures":[]}"#);
    }
}
