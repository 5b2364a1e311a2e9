//! Wires the worker. The same binary is the child process in which an untrusted file is read.

use vitae_runtime::{Aws, Error, Function, telemetry};
use vitae_store::Store;

fn main() -> Result<(), Error> {
    vitae_document::sandbox::run_child_if_asked();
    tokio::runtime::Runtime::new()?.block_on(run())
}

async fn run() -> Result<(), Error> {
    telemetry::init("parse");
    let aws = Aws::from_environment();
    let store = Store::from_environment(&aws)?;
    let state = parse::State::from_environment(&aws, store)?;
    Function::new().queue(move |batch| parse::work(state.clone(), batch)).run().await
}
