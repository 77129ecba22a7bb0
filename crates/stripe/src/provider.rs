//! The engine's `PaymentProvider`.

use domain::time::Instant;
use engine::payments::checkouts::{HostedPage, Order, PaymentProvider, ProviderFailure};
use futures::future::BoxFuture;

use crate::amounts;
use crate::rest::{Client, NewSession, RestError};

/// What origins of Stripe's payments begin with.
pub const NAME: &str = "stripe";

/// Stripe, for one tenant.
#[derive(Debug)]
pub struct Stripe {
    client: Client,
    tenant: i64,
}

impl Stripe {
    /// Has pages made for this tenant.
    #[must_use]
    pub fn new(client: Client, tenant: i64) -> Stripe {
        Stripe { client, tenant }
    }

    async fn page(&self, order: &Order) -> Result<HostedPage, ProviderFailure> {
        let currency = order.currency;
        let number = amounts::number(order.amount, currency).ok_or_else(|| {
            ProviderFailure::Refused(format!("{} {currency} cannot be paid there", order.amount.to_text(currency)))
        })?;
        let new = NewSession {
            reference: &order.checkout,
            number,
            currency: currency.code(),
            name: &order.payee,
            email: order.email.as_deref(),
            back: &order.back,
        };
        match self.client.begin(&new).await {
            Ok(session) => Ok(HostedPage {
                page: session.id,
                url: session.url,
                expires_at: Instant::clamped(session.expires_at.saturating_mul(1000)),
            }),
            Err(error @ (RestError::Silent { .. } | RestError::Unwell { .. } | RestError::Unreadable)) => {
                tracing::warn!(checkout = order.checkout, %error, "Stripe makes no page");
                Err(ProviderFailure::Away)
            }
            Err(RestError::Refused { status, message }) => {
                tracing::error!(checkout = order.checkout, status, message, "Stripe refuses to make a page");
                Err(ProviderFailure::Refused(message))
            }
        }
    }
}

impl PaymentProvider for Stripe {
    fn name(&self) -> &'static str {
        NAME
    }

    fn serves(&self, tenant: i64) -> bool {
        self.tenant == tenant
    }

    fn begin<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<HostedPage, ProviderFailure>> {
        Box::pin(self.page(order))
    }
}
