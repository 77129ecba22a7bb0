//! What is counted of requests, for whoever watches over the service: by the operation's pattern, never by the address, which may hold a
//! number or an id.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// How long answers take, in seconds: to the time limit of a quick handler.
const SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// What is counted of requests. Cheap to clone: all clones count together.
#[derive(Debug, Clone)]
pub struct Measures {
    requests: Family<[(&'static str, String); 3], Counter>,
    durations: Family<[(&'static str, String); 2], Histogram>,
    under_way: Gauge,
    listeners: Gauge,
}

impl Default for Measures {
    fn default() -> Self {
        Measures {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            under_way: Gauge::default(),
            listeners: Gauge::default(),
        }
    }
}

impl Measures {
    /// Has a registry show them.
    pub fn register(&self, registry: &mut Registry) {
        let help = "Requests that were answered, by operation, method and class of the answer's status";
        registry.register("http_requests", help, self.requests.clone());
        let help = "How long it took until an answer began, by operation and method";
        registry.register("http_request_duration_seconds", help, self.durations.clone());
        registry.register("http_requests_under_way", "Requests that are being answered", self.under_way.clone());
        registry.register("live_listeners", "Listeners to what changes (/api/v1/live)", self.listeners.clone());
    }

    /// Notes that a request is being answered, as long as what is returned is kept.
    pub(crate) fn under_way(&self) -> Counted {
        Counted::on(&self.under_way)
    }

    /// Notes that somebody listens, as long as what is returned is kept.
    pub(crate) fn listens(&self) -> Counted {
        Counted::on(&self.listeners)
    }

    /// Notes an answer.
    pub(crate) fn answered(&self, (route, method): (&str, &Method), status: StatusCode, took: Duration) {
        let operation = [("route", route.to_owned()), ("method", known(method).to_owned())];
        self.durations.get_or_create(&operation).observe(took.as_secs_f64());
        let [route, method] = operation;
        let class = match status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&[route, method, ("status", class.to_owned())]).inc();
    }
}

/// Routes that are not the API's, such as those for webhooks of providers: their requests are counted alike.
pub fn counted(routes: Router, measures: &Measures) -> Router {
    routes.layer(from_fn_with_state(measures.clone(), count))
}

async fn count(State(measures): State<Measures>, request: Request, next: Next) -> Response {
    let (began, _under_way) = (Instant::now(), measures.under_way());
    let (route, method) = (route_of(&request), request.method().clone());
    let response = next.run(request).await;
    measures.answered((&route, &method), response.status(), began.elapsed());
    response
}

/// The pattern of the route that a request is for: its address may hold a phone number.
pub(crate) fn route_of(request: &Request) -> String {
    request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned()
}

/// The method, if it is one of HTTP's: strangers can make up any number of others.
fn known(method: &Method) -> &str {
    const KNOWN: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if KNOWN.contains(method) { method.as_str() } else { "other" }
}

/// Is counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted(Gauge);

impl Counted {
    fn on(gauge: &Gauge) -> Counted {
        gauge.inc();
        Counted(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
