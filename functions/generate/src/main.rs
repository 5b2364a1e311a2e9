//! Wires the function: HTTP for people, the queue for its worker.

use vitae_runtime::{Aws, Error, Function, telemetry};
use vitae_store::Store;
use vitae_web::Web;

#[tokio::main]
async fn main() -> Result<(), Error> {
    telemetry::init("generate");
    let aws = Aws::from_environment();
    let store = Store::from_environment(&aws)?;
    let state = generate::State::from_environment(&aws, store.clone())?;
    let router = generate::routes().into_router().with_state(state.clone());
    Function::new()
        .http(vitae_web::app(router, Web::from_environment(&aws, store)?))
        .queue(move |event| generate::work(state.clone(), event))
        .run()
        .await
}
