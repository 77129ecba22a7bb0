//! Writes down what a piece of work says to the database, and how the database goes about it.

use std::sync::{LazyLock, Mutex, PoisonError};

use sqlx::{AssertSqlSafe, Connection, Row};
use tracing::field::{Field, Visit};
use tracing::{Event, Instrument, Metadata, Subscriber, span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

const SPAN: &str = "recorded";

/// Texts that were heard inside of recorded spans.
static HEARD: Mutex<Vec<(span::Id, String)>> = Mutex::new(Vec::new());

static LISTENING: LazyLock<()> = LazyLock::new(|| {
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Recorder)).unwrap();
});

/// Listens to the driver, which tells every statement, and every notice that PostgreSQL sends.
struct Recorder;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.name() == SPAN || ["sqlx::query", "sqlx::postgres::notice"].contains(&metadata.target())
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if let Some(span) = context.lookup_current().filter(|span| span.name() == SPAN) {
            let mut text = Text::default();
            event.record(&mut text);
            HEARD.lock().unwrap_or_else(PoisonError::into_inner).push((span.id(), text.0));
        }
    }
}

/// The statement, or the notice.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            // A short statement is its own summary; a long one comes as a field of its own after it.
            "summary" | "message" => self.0 = value.to_owned(),
            "db.statement" if !value.is_empty() => self.0 = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// What was heard during the work.
async fn heard(work: impl Future<Output = ()>) -> Vec<String> {
    LazyLock::force(&LISTENING);
    let span = tracing::info_span!("recorded");
    let id = span.id().unwrap();
    work.instrument(span).await;
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    heard.extract_if(.., |(of, _)| *of == id).map(|(_, text)| text).collect()
}

/// The plans by which PostgreSQL did the work. The connections have to come from [`explaining`].
pub(crate) async fn postgres_plans(work: impl Future<Output = ()>) -> Vec<String> {
    heard(work).await.into_iter().filter(|text| text.starts_with("duration:")).collect()
}

/// The address, of connections on which PostgreSQL sends the plan of each statement after it.
pub(crate) fn explaining(address: &str) -> String {
    let options = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 \
                   -c auto_explain.log_level=notice";
    format!("{address}?options={}", options.replace(' ', "%20").replace('=', "%3D"))
}

/// The plans that SQLite has for the statements of the work.
pub(crate) async fn sqlite_plans(address: &str, work: impl Future<Output = ()>) -> Vec<String> {
    let mut connection = sqlx::SqliteConnection::connect(address).await.unwrap();
    let mut plans = Vec::new();
    let is_question = |text: &String| !text.trim_start().starts_with("PRAGMA");
    for statement in heard(work).await.into_iter().filter(is_question) {
        let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = sqlx::query(explained).fetch_all(&mut connection).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
        plans.push(format!("{statement}{}", steps.join("\n")));
    }
    plans
}
