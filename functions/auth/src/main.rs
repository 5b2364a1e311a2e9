//! Wires the function: HTTP for people, the queue for what takes longer.

use vitae_runtime::{Aws, Error, Function, telemetry};
use vitae_store::Store;
use vitae_web::Web;

#[tokio::main]
async fn main() -> Result<(), Error> {
    telemetry::init("auth");
    let aws = Aws::from_environment();
    let web = Web::from_environment(&aws, Store::from_environment(&aws)?)?;
    let state = auth::State::from_environment(&aws, &web)?;
    let router = auth::routes().into_router().with_state(state.clone());
    Function::new().http(vitae_web::app(router, web)).queue(move |event| auth::work(state.clone(), event)).run().await
}
