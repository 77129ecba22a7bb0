//! The engine's `PaymentProvider`.

use domain::time::Instant;
use engine::payments::checkouts::{HostedPage, Order, PaymentProvider, ProviderFailure};
use futures::future::BoxFuture;

use crate::amounts;
use crate::event::origin;
use crate::rest::{Client, NewCharge, NewSession, RestError};

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
        let new = NewSession {
            reference: &order.checkout,
            number: number(order)?,
            currency: order.currency.code(),
            name: &order.payee,
            email: order.email.as_deref(),
            back: &order.back,
            keep_card: order.keep_card,
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

    async fn charged(&self, order: &Order, payer: &str) -> Result<String, ProviderFailure> {
        let new =
            NewCharge { reference: &order.checkout, number: number(order)?, currency: order.currency.code(), payer };
        match self.client.charge(&new).await {
            Ok(Some(charged)) if charged.status == "succeeded" => Ok(origin(&charged.id)),
            Ok(Some(charged)) if charged.status == "processing" => Err(ProviderFailure::Away),
            Ok(Some(charged)) => Err(ProviderFailure::Refused(format!("the payment is {}", charged.status))),
            Ok(None) => Err(ProviderFailure::Refused("the card is not kept any more".to_owned())),
            Err(error) => Err(not_charged(&order.checkout, error)),
        }
    }
}

/// What it means that a charge was not answered as it should be.
fn not_charged(checkout: &str, error: RestError) -> ProviderFailure {
    match error {
        // A key that is not taken says nothing about the card.
        RestError::Refused { status: status @ (401 | 403), message } => {
            tracing::error!(checkout, status, message, "Stripe does not take the secret key");
            ProviderFailure::Away
        }
        // Somebody asks under the same key just now, it may be ourselves: what comes of it is not known yet.
        RestError::Refused { status: 409, .. } => ProviderFailure::Away,
        RestError::Refused { status, message } => {
            tracing::info!(checkout, status, message, "Stripe does not charge a card");
            ProviderFailure::Refused(message)
        }
        error => {
            tracing::warn!(checkout, %error, "Stripe does not say whether a card was charged");
            ProviderFailure::Away
        }
    }
}

/// What Stripe writes for the amount of an order.
fn number(order: &Order) -> Result<i64, ProviderFailure> {
    let (amount, currency) = (order.amount, order.currency);
    let none = || ProviderFailure::Refused(format!("{} {currency} cannot be paid there", amount.to_text(currency)));
    amounts::number(amount, currency).ok_or_else(none)
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

    fn charge<'a>(&'a self, order: &'a Order, payer: &'a str) -> BoxFuture<'a, Result<String, ProviderFailure>> {
        Box::pin(self.charged(order, payer))
    }
}
