//! A FHIR facade over a DICOMweb server. The conversations are the crate's; the sockets, the clock and the log are here.

mod answer;
mod archive;
mod arguments;
#[path = "../../translate/day.rs"]
mod day;

use answer::Facade;
use axum::Router;
use axum::routing::get;
use std::error::Error;
use std::ffi::OsString;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).init();
    let all: Result<Vec<String>, OsString> = std::env::args_os().skip(1).map(OsString::into_string).collect();
    let arguments = arguments::parse(all.map_err(|_| "an argument is no UTF-8")?.into_iter())?;
    let facade = Arc::new(Facade::new(&arguments)?);
    let app = Router::new().route("/dicom-web/{*path}", get(answer::passthrough)).fallback(answer::fhir).with_state(facade);
    let listener = TcpListener::bind(&arguments.listen).await?;
    tracing::info!(listen = %listener.local_addr()?, server = arguments.config.server.id(), release = %arguments.config.release, "ready");
    let served = axum::serve(listener, app).with_graceful_shutdown(told_to_stop());
    tokio::select! {
        served = served.into_future() => served?,
        // A client that never ends its request, or never takes its answer, is not waited for.
        () = async { told_to_stop().await; tokio::time::sleep(AT_MOST).await } => tracing::warn!("not all was finished"),
    }
    tracing::info!("stopped");
    Ok(())
}

/// How long what has begun may take to finish.
const AT_MOST: Duration = Duration::from_secs(60);

/// Conversations that have begun are finished.
async fn told_to_stop() {
    let mut terminate = signal(SignalKind::terminate()).expect("a handler of signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
