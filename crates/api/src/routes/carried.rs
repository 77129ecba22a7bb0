//! What trunks carried of a call, and what that costs the tenant.

use domain::money::Amount;
use engine::View;
use engine::calls::{self, Call, CarriedLeg};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::Problem;

/// A leg of a call that a trunk carried.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CarriedDocument {
    trunk: CarryingTrunk,
    /// The id of the route that led there.
    route: Option<String>,
    /// From the answer on the trunk to the end, each second that has begun: it may begin before both talk.
    seconds: i64,
    currency: String,
    /// What it costs the tenant, by the buying rate that the route had when the call was made; none, where it had none.
    cost: Option<String>,
    /// How the cost came about, segment by segment.
    explanation: Option<Value>,
}

/// The trunk of a leg.
#[derive(Debug, Serialize, ToSchema)]
struct CarryingTrunk {
    id: String,
    /// None of one that was deleted since.
    name: Option<String>,
}

/// What trunks carried of a call, and what is left of its price; nothing for whoever is not to know.
pub(super) async fn carried(
    view: &mut View,
    call: &Call,
) -> Result<(Option<Vec<CarriedDocument>>, Option<String>), Problem> {
    let Some(carried) = calls::carried_by(view, call).await? else { return Ok((None, None)) };
    let currency = call.price.as_ref().map(|price| price.currency);
    let margin = carried.margin.zip(currency).map(|(margin, currency)| margin.to_text(currency));
    Ok((Some(carried.legs.into_iter().map(CarriedDocument::of).collect()), margin))
}

impl CarriedDocument {
    fn of(leg: CarriedLeg) -> Self {
        let text = |cost: Amount| cost.to_text(leg.currency);
        CarriedDocument {
            cost: leg.cost.map(text),
            trunk: CarryingTrunk { id: leg.trunk, name: leg.trunk_name },
            route: leg.route,
            seconds: leg.seconds,
            currency: leg.currency.to_string(),
            explanation: leg.charge.and_then(|charge| serde_json::from_str(&charge).ok()),
        }
    }
}
