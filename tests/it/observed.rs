//! What an operator sees: the dashboard's figures exist and are explained, and traces reach a collector.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Of;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::Value;
use stoa_scripts::checkout;
use stoa_scripts::child::Spec;
use stoa_scripts::testing::Bin;
use stoa_tests::paper::Options;
use tokio::net::TcpListener;

use crate::outages::ground::{Ground, ended, log, said};
use crate::support::free_address;

fn read(path: &str) -> String {
    std::fs::read_to_string(checkout::root().join(path)).expect("the file is there")
}

/// The names that a text has of our metrics.
fn names(text: &str) -> BTreeSet<String> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    text.split(word).filter(|word| word.starts_with("stoa_indexer_")).map(str::to_owned).collect()
}

/// The names that Prometheus has after it was served `text`.
fn exported(text: &str) -> BTreeSet<String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let name = |line: &str| {
        let (name, kind) = line.split_once(' ').expect("a name and a type");
        if kind == "counter" { format!("{name}_total") } else { name.to_owned() }
    };
    types.map(name).collect()
}

#[tokio::test]
async fn every_figure_is_exported_explained_and_drawn() {
    let ground = Ground::start(31, 30).await;
    let database = ground.database().await;
    let address = free_address();
    let indexer = ground.indexer(database.url(), "measured", &["--http", &address]);
    ground.followed(database.url()).await;
    let text = reqwest::get(format!("http://{address}/metrics")).await.expect("an answer");
    let exported = exported(&text.text().await.expect("text"));
    assert!(exported.contains("stoa_indexer_rows_total"), "{exported:?}");
    let explained = names(&read("indexer/README.md"));
    assert_eq!(exported.difference(&explained).collect::<Vec<_>>(), Vec::<&String>::new(), "not explained");
    assert_eq!(explained.difference(&exported).collect::<Vec<_>>(), Vec::<&String>::new(), "not exported");
    let dashboard: Value = serde_json::from_str(&read("indexer/grafana/stoa.json")).expect("JSON");
    let drawn = drawn(&dashboard);
    assert_eq!(drawn.difference(&exported).collect::<Vec<_>>(), Vec::<&String>::new(), "not exported");
    assert_eq!(exported.difference(&drawn).collect::<Vec<_>>(), Vec::<&String>::new(), "not drawn");
    indexer.stop().await;
}

/// The metrics of a dashboard that Grafana takes: panels with places of their own, each with a question.
fn drawn(dashboard: &Value) -> BTreeSet<String> {
    for (key, kind) in
        [("uid", "string"), ("title", "string"), ("schemaVersion", "number"), ("time", "object")]
    {
        let found = &dashboard[key];
        let right = match kind {
            "string" => found.is_string(),
            "number" => found.is_u64(),
            _ => found.is_object(),
        };
        assert!(right, "{key} is no {kind}: {found}");
    }
    let mut names = names(&dashboard["templating"].to_string());
    let (mut ids, mut taken) = (BTreeSet::new(), BTreeSet::new());
    let panels = dashboard["panels"].as_array().expect("panels");
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        assert!(ids.insert(panel["id"].as_u64().expect("an id")), "{title}: its id is another panel's");
        let place = |key: &str| panel["gridPos"][key].as_u64().unwrap_or_else(|| panic!("{title}: no {key}"));
        let (x, y, w, h) = (place("x"), place("y"), place("w"), place("h"));
        assert!(x + w <= 24, "{title} is too wide");
        let mut cells = (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y)));
        assert!(cells.all(|cell| taken.insert(cell)), "{title} lies on another panel");
        if panel["type"] == "row" {
            continue;
        }
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{title}");
        let targets = panel["targets"].as_array().filter(|targets| !targets.is_empty());
        let mut references = BTreeSet::new();
        for target in targets.unwrap_or_else(|| panic!("{title} asks nothing")) {
            assert!(references.insert(target["refId"].as_str().expect("a refId")), "{title}");
            let expression = target["expr"].as_str().expect("an expression");
            let of = self::names(expression);
            assert!(!of.is_empty(), "{title}: {expression}");
            assert_eq!(expression.matches('(').count(), expression.matches(')').count(), "{expression}");
            names.extend(of);
        }
    }
    names
}

type Received = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

/// A collector on this machine, with its address.
async fn collector() -> (String, Received) {
    let received = Received::default();
    let take = async |State(received): State<Received>, body: Bytes| {
        let request = ExportTraceServiceRequest::decode(body).expect("OTLP in protobuf");
        received.lock().expect("no request failed").push(request);
    };
    let app = Router::new().route("/v1/traces", post(take)).with_state(received.clone());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    (format!("http://{address}"), received)
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Of::StringValue(text) => Some(text.clone()),
        Of::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

#[tokio::test]
async fn traces_reach_a_collector() {
    let mut ground = Ground::start(32, 60).await;
    let database = ground.database().await;
    let (address, received) = collector().await;
    let more = ["--otlp", &address, "--log-format", "json", "--archive-from", "20", "--range", "10"];
    let indexer = ground.indexer(database.url(), "traced", &more);
    ground.followed(database.url()).await;
    ground.world.grow(3);
    ground.followed(database.url()).await;
    indexer.signal("TERM");
    assert!(indexer.wait().await.success(), "{}", log(&indexer));
    for line in log(&indexer).lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(
            line.get("span").is_none() && line.get("spans").is_none(),
            "log lines stay as they are: {line}"
        );
    }
    let received = std::mem::take(&mut *received.lock().expect("no request failed"));
    let mut spans: Vec<Span> = Vec::new();
    for resource in received.into_iter().flat_map(|request| request.resource_spans) {
        let attributes = resource.resource.map(|resource| resource.attributes).unwrap_or_default();
        assert_eq!(text(&attributes, "service.name").as_deref(), Some("stoa-indexer"));
        spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
    }
    let of = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    for (step, part) in
        [("archive", "fetch"), ("archive", "commit"), ("follow", "fetch"), ("follow", "commit")]
    {
        let steps = of(step);
        assert!(!steps.is_empty(), "no span {step}");
        assert!(steps.iter().all(|span| text(&span.attributes, "chain_id").as_deref() == Some("31337")));
        let within = |span: &&&Span| steps.iter().any(|step| step.span_id == span.parent_span_id);
        assert!(of(part).iter().any(|span| within(&span)), "no {part} within {step}");
    }
    assert!(!of("build").is_empty());
    let rows: usize =
        of("commit").iter().filter_map(|span| text(&span.attributes, "rows")?.parse::<usize>().ok()).sum();
    assert_eq!(ground.world.history().logs(), rows, "each row is told of in one commit");
}

#[tokio::test]
async fn without_its_collector_it_indexes_on_and_ends_in_time() {
    let ground = Ground::start(33, 30).await;
    let database = ground.database().await;
    let address = format!("http://{}", free_address());
    let indexer = ground.indexer(database.url(), "untraced", &["--otlp", &address]);
    ground.followed(database.url()).await;
    said(&indexer, "the collector takes no traces; indexing goes on").await;
    let started = Instant::now();
    indexer.signal("TERM");
    assert!(indexer.wait().await.success(), "{}", log(&indexer));
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    ground.compare(database.url()).await;
}

#[tokio::test]
async fn on_a_terminal_a_bar_says_how_far_it_is() {
    let ground = Ground::start(34, 300).await;
    // A node that takes its time: there is something to be seen.
    ground.node.wire().set_options(Options { round_trip: Duration::from_millis(100), ..Options::default() });
    let database = ground.database().await;
    let until = ground.head().to_string();
    let more = ["--archive-from", "1", "--range", "10", "--until", &until];
    let quoted: Vec<String> =
        ground.arguments(database.url(), &more).iter().map(|word| format!("'{word}'")).collect();
    let command = format!("{} {}", Bin::path("stoa-indexer").display(), quoted.join(" "));
    // `script` lends a program a terminal.
    let started = Spec::new("script", "script", ground.log("terminal"))
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .start();
    let Ok(terminal) = started else {
        println!("skipped: this machine has no `script`, which lends a program a terminal");
        return;
    };
    ended(&terminal).await;
    let drawn = log(&terminal);
    for words in ["chain 31337 [", " of 300, ", " rows/s", " left", "following from here"] {
        assert!(drawn.contains(words), "{words:?} in {drawn}");
    }
}
