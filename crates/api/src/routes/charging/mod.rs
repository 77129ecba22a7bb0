//! Calls charged while they run: for any switch.

mod authorize;
mod events;
mod steps;
mod view;

use std::time::Duration;

use domain::charging::EndCause;
use domain::money::{Amount, Currency};
use engine::charging::{ChargingError, Ended, Grant, Reply, Request, What};
use engine::idempotency::Claim;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::guard::Caller;
use crate::problem::{Problem, UNAVAILABLE};

/// How long a switch waits at most: it has to decide about a call.
const DEADLINE: Duration = Duration::from_secs(4);

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(view::list_live_calls, authorize::authorize_call))
        .routes(routes!(view::get_live_call, steps::release_call))
        .routes(routes!(steps::answer_call))
        .routes(routes!(steps::extend_call))
        .routes(routes!(steps::settle_call))
        .routes(routes!(steps::beat_for_call))
        .routes(routes!(events::charge_event))
}

/// What a switch is granted. Seconds count from the answer; null is without a limit, as for emergency numbers.
#[derive(Debug, Serialize, ToSchema)]
struct GrantDocument {
    /// The session's id, which is its call's.
    id: String,
    /// How long the call may last: before that it is to be extended, or ended.
    granted_seconds: Option<i64>,
    /// The second at which the call must end, where it can't be extended any more.
    must_end_at_seconds: Option<i64>,
    /// How long it could last if it is extended, as things stand.
    reaches_seconds: Option<i64>,
    /// The seconds at which the payer is to be warned of the end.
    warn_at_seconds: Vec<i64>,
    /// What is set aside for it.
    held: String,
    currency: String,
    /// Until when a sign of life is expected: the answer, if it is not answered; else any request about it.
    alive_until: String,
}

/// How a session ended.
#[derive(Debug, Serialize, ToSchema)]
struct EndDocument {
    /// The session's id, which is its call's: `/api/v1/calls/{id}` explains the price.
    id: String,
    /// `settled`, `released`, `lapsed` if it was not answered in time, or `lost` if its switch fell silent.
    #[schema(value_type = String, pattern = "^(settled|released|lapsed|lost)$")]
    cause: EndCause,
    answered_at: Option<String>,
    ended_at: String,
    /// What was charged.
    charged: String,
    currency: String,
    /// Seconds that allowances and included minutes paid for.
    free_seconds: i64,
    /// Seconds beyond those granted; a prepaid customer does not pay for them.
    overrun_seconds: i64,
    /// What the true end, told late, should have charged and could not, since it was not there.
    uncollected: String,
}

impl App {
    /// Asks the charge combiner, as long as a switch waits.
    async fn charge(&self, Caller(caller): &Caller, claim: Option<Claim>, what: What) -> Result<Reply, Problem> {
        let request = Request { owner: caller.name.clone(), key: claim.map(|claim| claim.key), what };
        in_time(self.engine.charge(caller.tenant, request)).await
    }
}

/// What comes of a request before its switch gives up waiting.
async fn in_time<T>(asked: impl Future<Output = Result<T, ChargingError>>) -> Result<T, Problem> {
    match timeout(DEADLINE, asked).await {
        Ok(reply) => Ok(reply?),
        Err(_) => {
            let detail =
                "whether the request was done is not known yet: send it again, with the same origin or Idempotency-Key";
            Err(Problem::new(UNAVAILABLE, detail).retry_after(1))
        }
    }
}

impl GrantDocument {
    fn of(grant: Grant) -> Self {
        GrantDocument {
            id: grant.session,
            must_end_at_seconds: grant.granted.must_end_at_seconds(),
            granted_seconds: grant.granted.seconds,
            reaches_seconds: grant.granted.reaches_seconds,
            warn_at_seconds: grant.granted.warn_at_seconds,
            held: grant.held.to_text(grant.currency),
            currency: grant.currency.to_string(),
            alive_until: grant.alive_until.to_string(),
        }
    }
}

impl EndDocument {
    fn of(ended: Ended) -> Result<Self, Problem> {
        let Ended { session, end, currency, .. } = ended;
        Ok(EndDocument {
            id: session,
            cause: end.cause,
            answered_at: end.answered_at.map(|at| at.to_string()),
            ended_at: end.ended_at.to_string(),
            charged: text(end.charged.total()?, currency),
            currency: currency.to_string(),
            free_seconds: end.free_used.seconds(),
            overrun_seconds: end.overrun_seconds,
            uncollected: text(end.uncollected, currency),
        })
    }
}

fn text(amount: Amount, currency: Currency) -> String {
    amount.to_text(currency)
}
