//! Metrics for Prometheus, on a listener of their own. What happens is counted where it happens (`measures` of the other crates); what there is
//! is looked at here, whenever somebody asks.

mod process;

use std::sync::Arc;
use std::time::Duration;

use api::{App, Limits};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use engine::switching::Exchange;
use engine::{Engine, jobs};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use softswitch::Softswitch;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use process::Process;

/// How long the database has to answer: Prometheus waits for ten seconds, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(3);
/// The text format that the library writes.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type By<const N: usize> = Family<[(&'static str, String); N], Gauge>;

/// What Prometheus is shown.
pub(crate) struct Metrics {
    engine: Engine,
    exchange: Exchange,
    phones: Arc<Softswitch>,
    /// Ours, and what all programs tell of themselves.
    registries: [Registry; 2],
    process: Process,
    state: Looks,
    /// Who looks does it alone.
    looking: Mutex<()>,
}

/// What there is at the moment of asking.
#[derive(Default)]
struct Looks {
    database_up: Gauge,
    connections: By<2>,
    file_bytes: By<1>,
    live_calls: By<1>,
    roles: By<1>,
    phones: Gauge,
    jobs: By<1>,
    overdue: By<1>,
}

impl Metrics {
    /// What a server shows that is made of these.
    pub(crate) fn of(exchange: &Exchange, phones: &Arc<Softswitch>, app: &App) -> Metrics {
        let (engine, mut ours, mut usual) =
            (exchange.engine().clone(), Registry::with_prefix("tollgate"), Registry::default());
        let (state, process) = (Looks::default(), Process::default());
        let database = match engine.store().engine() {
            storage::Engine::Sqlite => "sqlite",
            storage::Engine::Postgres => "postgresql",
        };
        let build = Family::<_, Gauge>::default();
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION")), ("database", database)]).set(1);
        ours.register("build_info", "The program, and what it keeps its records in", build);
        app.measures().register(&mut ours);
        engine.measures().register(&mut ours);
        engine.store().measures().register(&mut ours);
        state.register(&mut ours);
        process.register(&mut usual);
        Metrics {
            engine,
            exchange: exchange.clone(),
            phones: phones.clone(),
            registries: [ours, usual],
            process,
            state,
            looking: Mutex::new(()),
        }
    }

    /// What there is now, as text.
    async fn text(&self) -> Result<String, std::fmt::Error> {
        let _alone = self.looking.lock().await;
        self.look().await;
        let mut text = String::new();
        for registry in &self.registries {
            encode_registry(&mut text, registry)?;
        }
        encode_eof(&mut text)?;
        Ok(text)
    }

    async fn look(&self) {
        let (state, store) = (&self.state, self.engine.store());
        for pool in store.connections() {
            for (what, count) in [("max", pool.most), ("open", pool.open), ("idle", pool.idle)] {
                let labels = [("pool", pool.name.to_owned()), ("state", what.to_owned())];
                state.connections.get_or_create(&labels).set(count.into());
            }
        }
        for (file, bytes) in store.file_sizes() {
            let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
            state.file_bytes.get_or_create(&[("file", file.to_owned())]).set(bytes);
        }
        for (switch, calls, holds) in self.exchange.carried() {
            let labels = [("switch", switch.to_owned())];
            state.live_calls.get_or_create(&labels).set(i64::try_from(calls).unwrap_or(i64::MAX));
            state.roles.get_or_create(&labels).set(holds.into());
        }
        state.phones.set(i64::try_from(self.phones.phones()).unwrap_or(i64::MAX));
        self.process.look();
        self.ask().await;
    }

    /// What the database alone knows. Of one that does not answer nothing is shown but that.
    async fn ask(&self) {
        let state = &self.state;
        state.jobs.clear();
        state.overdue.clear();
        let answered = tokio::time::timeout(PATIENCE, jobs::waiting(&self.engine)).await;
        state.database_up.set(i64::from(matches!(answered, Ok(Ok(_)))));
        for waiting in answered.into_iter().flatten().flatten() {
            let labels = [("kind", waiting.kind)];
            state.jobs.get_or_create(&labels).set(waiting.count);
            state.overdue.get_or_create(&labels).set(waiting.overdue_millis / 1000);
        }
    }
}

impl Looks {
    fn register(&self, registry: &mut Registry) {
        let help = "Whether the database answers";
        registry.register("database_up", help, self.database_up.clone());
        let help = "Connections to the database: how many there may be, there are, and are not in use";
        registry.register("database_connections", help, self.connections.clone());
        let help = "How large SQLite's file is, and the journal beside it";
        registry.register("database_file_bytes", help, self.file_bytes.clone());
        let help = "Calls that this program carries";
        registry.register("calls_live", help, self.live_calls.clone());
        let help = "Whether this program is the switch: of several on one database one is";
        registry.register("switch_role", help, self.roles.clone());
        let help = "Phones that are registered at the built-in exchange";
        registry.register("phones_connected", help, self.phones.clone());
        let help = "Jobs of all tenants that wait for their time or next try, or are being done";
        registry.register("jobs_waiting", help, self.jobs.clone());
        let help = "For how long the first job of its kind is due";
        registry.register("jobs_overdue_seconds", help, self.overdue.clone());
    }
}

/// Where Prometheus may read them: nothing else is served there.
///
/// # Errors
/// The address cannot be listened on.
pub(crate) async fn bind(address: std::net::SocketAddr) -> anyhow::Result<TcpListener> {
    use anyhow::Context;
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| {
        format!("cannot listen for Prometheus on {address}: name another address with --metrics-listen")
    })
}

/// Serves them as long as the program runs.
pub(crate) async fn serve(listener: TcpListener, metrics: Metrics) {
    let router = Router::new().route("/metrics", get(shown)).with_state(Arc::new(metrics));
    let never = std::future::pending();
    if let Err(error) = api::serve(listener, router, None, Limits::default(), never).await {
        tracing::error!(%error, "no metrics are shown");
    }
}

async fn shown(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    match metrics.text().await {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
