//! Log lines, progress on a terminal, and traces for an OpenTelemetry collector.

use std::io::{self, IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use indicatif::MultiProgress;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::{info, warn};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};
use url::Url;

use crate::config::LogFormat;

/// What spans are told under. Log lines leave them out, so that they read the same with and without a collector.
pub(crate) const SPANS: &str = "stoa::span";
/// How long a collector may take for a batch, and for the last one at the end.
const PATIENCE: Duration = Duration::from_secs(5);
const AT_THE_END: Duration = Duration::from_millis(800);

/// Why there is no telemetry.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("otlp: {url} is no address of a collector, such as http://127.0.0.1:4318")]
    Address { url: Url },
    #[error("otlp: no exporter of traces: {0}")]
    Exporter(#[from] ExporterBuildError),
    #[error("otlp: no HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    #[error("log lines are already written elsewhere: {0}")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// What a process tells of itself, until [`Self::end`].
#[derive(Debug)]
pub struct Telemetry {
    /// Bars on a terminal; log lines go around them.
    pub bars: MultiProgress,
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Starts log lines on standard error, and traces where a collector is named.
    ///
    /// # Errors
    /// Where the collector's address is none.
    pub fn start(format: LogFormat, otlp: Option<&Url>) -> Result<Self, TelemetryError> {
        let bars = MultiProgress::new();
        let filter = EnvFilter::try_from_default_env()
            .unwrap_or_else(|_| EnvFilter::new("info,sqlx::postgres::notice=warn"));
        let lines = tracing_subscriber::fmt::layer().with_writer(AroundBars(bars.clone()));
        let lines = match format {
            LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        let traces = otlp.map(provider).transpose()?;
        let spans = traces.as_ref().map(|traces| {
            let kept = Targets::new()
                .with_target(SPANS, tracing::Level::TRACE)
                .with_target("stoa_indexer", tracing::Level::INFO);
            tracing_opentelemetry::layer()
                .with_tracer(traces.tracer("stoa-indexer"))
                .with_location(false)
                .with_threads(false)
                .with_filter(kept)
        });
        tracing_subscriber::registry().with(spans).with(lines.with_filter(filter)).try_init()?;
        if let Some(url) = otlp {
            info!(collector = %host(url), "sending traces");
        }
        Ok(Self { bars, traces })
    }

    /// Sends what is left, for a moment.
    pub async fn end(self) {
        let _ = self.bars.clear();
        if let Some(traces) = self.traces {
            let sent = tokio::task::spawn_blocking(move || traces.shutdown_with_timeout(AT_THE_END)).await;
            if !matches!(sent, Ok(Ok(()))) {
                warn!("the last traces were not sent");
            }
        }
    }
}

/// The address may hold a key: only its host is told.
fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn provider(url: &Url) -> Result<SdkTracerProvider, TelemetryError> {
    let wrong = || TelemetryError::Address { url: url.clone() };
    let mut endpoint = url.clone();
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong());
    }
    endpoint.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend(["v1", "traces"]);
    let client = Client {
        client: reqwest::Client::builder().timeout(PATIENCE).build()?,
        runtime: Handle::current(),
        failing: AtomicBool::new(false),
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(endpoint)
        .with_timeout(PATIENCE)
        .build()?;
    let resource = Resource::builder()
        .with_service_name("stoa-indexer")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// The HTTP client that is here anyway. The exporter's thread has no runtime, so requests are made on ours.
#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    runtime: Handle,
    failing: AtomicBool,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let answer = client.execute(request.try_into()?).await?;
            let status = answer.status();
            Ok::<_, HttpError>((status, answer.bytes().await?))
        });
        let answer = sent.await?;
        let trouble = match &answer {
            Ok((status, _)) if status.is_success() => None,
            Ok((status, _)) => Some(status.to_string()),
            // The address may hold a key.
            Err(error) => Some(match error.downcast_ref::<reqwest::Error>() {
                Some(error) if error.is_timeout() => "it does not answer".to_owned(),
                Some(error) if error.is_connect() => "it is not there".to_owned(),
                _ => "it broke off".to_owned(),
            }),
        };
        match (&trouble, self.failing.swap(trouble.is_some(), Ordering::Relaxed)) {
            (Some(trouble), false) => warn!(%trouble, "the collector takes no traces; indexing goes on"),
            (None, true) => info!("the collector takes traces again"),
            _ => {}
        }
        let (status, body) = answer?;
        Ok(Response::builder().status(status).body(body)?)
    }
}

/// Standard error, with the bars out of the way.
#[derive(Clone, Debug)]
struct AroundBars(MultiProgress);

impl<'a> MakeWriter<'a> for AroundBars {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for AroundBars {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().lock().write(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
