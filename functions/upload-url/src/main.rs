//! Wires the function: HTTP for people, the clock for the sweeper.

use vitae_runtime::{Aws, Error, Function, telemetry};
use vitae_store::Store;
use vitae_web::Web;

#[tokio::main]
async fn main() -> Result<(), Error> {
    telemetry::init("upload-url");
    let aws = Aws::from_environment();
    let store = Store::from_environment(&aws)?;
    let state = upload_url::State::from_environment(&aws, store.clone())?;
    let router = upload_url::routes().into_router().with_state(state.clone());
    Function::new()
        .http(vitae_web::app(router, Web::from_environment(&aws, store)?))
        .schedule(move || upload_url::sweep(state.clone()))
        .run()
        .await
}
