use crate::notices::{self, About};
use crate::tenants::{self, TenantError};
use crate::{Actor, Engine, Scope};

/// Tells those who own the lines that the world calls a number which leads nowhere: once a day for each.
pub(super) async fn tell(engine: &Engine, tenant: i64, number: &str) -> Result<(), TenantError> {
    let actor = Actor::program(tenant, "exchange");
    engine
        .run(&actor, |work| {
            let number = number.to_owned();
            Box::pin(async move {
                let zone = tenants::get(work).await?.settings.time_zone;
                let key = format!("unknown_number/{number}/{}", zone.date(work.now()));
                Ok(notices::to_owners(work, &key, &About::UnknownNumber { number }).await?)
            })
        })
        .await
}
