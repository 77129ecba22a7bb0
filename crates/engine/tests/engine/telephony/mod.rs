//! SIP accounts, trunks, routes, and numbers from outside.

mod inbound_numbers;
mod sip_accounts;
mod trunk_routes;
mod trunks;

use engine::trunks::{Details, Trunk, TrunkError};

use crate::world::World;

/// A trunk on an endpoint of the only Asterisk.
pub(crate) fn trunk_details(endpoint: &str) -> Details {
    let (name, endpoint) = (format!("Trunk {endpoint}"), endpoint.to_owned());
    Details { name, endpoint, asterisk: None, enabled: true, most_calls: None }
}

pub(crate) async fn trunk(world: &World, details: Details) -> Result<Trunk, TrunkError> {
    world.run(async |work| engine::trunks::create(work, details).await).await
}
