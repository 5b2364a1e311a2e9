//! Wires the function: HTTP for people and browsers, the events queue for the worker.

use vitae_runtime::{Aws, Error, Function, telemetry};
use vitae_store::Store;
use vitae_web::Web;

#[tokio::main]
async fn main() -> Result<(), Error> {
    telemetry::init("analytics");
    let aws = Aws::from_environment();
    let store = Store::from_environment(&aws)?;
    let state = analytics::State::from_environment(&aws, store.clone())?;
    let router = analytics::routes().into_router().with_state(state.clone());
    Function::new()
        .http(vitae_web::app(router, Web::from_environment(&aws, store)?))
        .queue(move |batch| analytics::worker(state.clone(), batch))
        .run()
        .await
}
