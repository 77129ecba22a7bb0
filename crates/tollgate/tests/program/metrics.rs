//! Metrics, read by Prometheus' own library for Python; and what the dashboard and the alerts make of them.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::exchange::{hears, quiet, rings, talk};
use crate::run::Folder;
use crate::server::Server;

/// What is shown, as the parser has read it.
async fn read(server: &Server) -> (Value, String) {
    let shown = reqwest::get(server.metrics_url()).await.unwrap();
    assert_eq!(shown.status().as_u16(), 200);
    let kind = shown.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    let text = shown.text().await.unwrap();
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has prometheus_client: `make test` sets one up");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/metrics.py");
    let mut parser = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    parser.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = parser.wait_with_output().unwrap();
    assert!(output.status.success(), "{text}");
    (serde_json::from_slice(&output.stdout).unwrap(), text)
}

fn value(metrics: &Value, sample: &str) -> f64 {
    metrics["values"][sample].as_f64().unwrap_or_else(|| panic!("no {sample} in {metrics:#}"))
}

/// The names of metrics in a file: words that begin as ours and those of every program do.
fn named_in(file: &str) -> BTreeSet<String> {
    let path = format!("{}/../../docs/operating/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':');
    let is_metric = |word: &&str| word.starts_with("tollgate_") || word.starts_with("process_");
    words.filter(is_metric).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_how_the_server_does_and_name_nobody() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &["--metrics-listen", "127.0.0.1:0"]);
    let (mut caller, called) = talk(&server, "0040", "0002").await;
    let ringing = rings(&server, "0001", "0003").await;
    let (during, _) = read(&server).await;
    assert_eq!(value(&during, "tollgate_phones_connected{}"), 4.0);
    assert_eq!(value(&during, "tollgate_calls_live{switch=softswitch}"), 2.0);
    assert_eq!(value(&during, "tollgate_switch_role{switch=softswitch}"), 1.0);
    drop(ringing);
    called.send("hang_up", Vec::new()).unwrap();
    hears(&mut caller, "call_ended").await;
    quiet(&server).await;
    assert_eq!(server.get("/api/v1/customers/cus_nobody").await.0, 404);
    let refused = json!({"origin": "pbx:1", "line": "0999", "to": "+442079460018"});
    assert_eq!(server.post("/api/v1/charging/sessions", &refused).await.0, 422);

    let (after, text) = read(&server).await;
    for (sample, least) in [
        ("tollgate_calls_begun_total{switch=softswitch}", 2.0),
        ("tollgate_calls_ended_total{cause=hung_up,outcome=answered,switch=softswitch}", 1.0),
        ("tollgate_charging_requests_total{kind=authorize,outcome=granted}", 2.0),
        ("tollgate_charging_requests_total{kind=authorize,outcome=refused}", 1.0),
        ("tollgate_charging_requests_total{kind=settle,outcome=ended}", 1.0),
        ("tollgate_charging_batch_duration_seconds_count{}", 3.0),
        ("tollgate_http_requests_total{method=GET,route=/api/v1/customers/{id},status=4xx}", 1.0),
        ("tollgate_http_request_duration_seconds_count{method=GET,route=/api/v1/customers/{id}}", 1.0),
        ("tollgate_database_up{}", 1.0),
        ("tollgate_database_connections{pool=write,state=max}", 1.0),
        ("tollgate_database_wait_seconds_count{transaction=write}", 1.0),
        ("tollgate_database_file_bytes{file=main}", 100_000.0),
        ("tollgate_jobs_tried_total{kind=retention,outcome=done}", 1.0),
        ("tollgate_build_info{database=sqlite,version=0.1.0}", 1.0),
        ("process_resident_memory_bytes{}", 1_000_000.0),
        ("process_start_time_seconds{}", 1_700_000_000.0),
        ("process_open_fds{}", 5.0),
    ] {
        assert!(value(&after, sample) >= least, "{sample}: {}", value(&after, sample));
    }
    assert!(value(&after, "process_cpu_seconds_total{}") > 0.0);
    for sample in ["tollgate_charging_waiting{queue=running}", "tollgate_charging_waiting{queue=new_calls}"] {
        assert_eq!(value(&after, sample), 0.0, "{sample}");
    }
    assert_eq!(after["odd"], json!([]));
    // Without the values: four digits can stand in any of those by chance.
    let samples: Vec<&str> = text.lines().filter_map(|line| Some(line.rsplit_once(' ')?.0)).collect();
    for named in ["0040", "0002", "2079460018", "cus_", "line_", "pbx:1", "flow_"] {
        assert!(!samples.iter().any(|sample| sample.contains(named)), "{named} is in the metrics: {samples:#?}");
    }
    let names: BTreeSet<&str> = after["names"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for file in ["grafana-dashboard.json", "prometheus/alerts.yml"] {
        let named = named_in(file);
        assert!(named.len() > 10, "{file}: {named:?}");
        let unknown: Vec<&String> = named.iter().filter(|name| !names.contains(name.as_str())).collect();
        assert!(unknown.is_empty(), "{file} names what nobody shows: {unknown:?}");
    }
    // H114: nobody finds them where the world comes in.
    assert_eq!(server.get("/metrics").await.0, 404);
}
