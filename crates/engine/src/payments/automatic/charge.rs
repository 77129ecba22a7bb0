//! The charging. Which balances are low is looked for every few seconds; what is to be charged is on record, with a job, before the provider is
//! asked, and no provider is asked within a transaction. Whatever breaks off, the job asks again for the same checkout, and the provider
//! charges it once.

use domain::money::Amount;
use domain::time::Instant;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use storage::automatic_top_ups::{AutomaticTopUpRecord, Often};
use storage::checkouts::CheckoutRecord;

use super::AutomaticError;
use crate::customers::{self, CustomerState};
use crate::jobs::{self, Handler, Job, JobFailure, NewJob};
use crate::payments::checkouts::{self, Checkout, CheckoutError, Checkouts, Notice, Order, ProviderFailure};
use crate::payments::currency_of;
use crate::tenants::{self, Tenant, TenantError};
use crate::{Engine, Scope, Work};

/// The jobs that charge cards.
pub const AUTOMATIC_TOP_UPS: &str = "automatic_top_up";
/// How often is looked for low balances, in milliseconds.
const LOOK_MILLIS: i64 = 15_000;
/// How many customers of a tenant are charged by one look.
const MOST_AT_ONCE: i64 = 200;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// For how long a provider that does not answer is asked, in milliseconds: Stripe knows what it was asked for a day, and would charge again
/// after that.
const LONGEST_ASKED: i64 = 20 * HOUR;
/// Why that ends.
const NO_ANSWER: &str = "the payment provider does not answer";

/// What a job is to charge. It names the payer, so that the card is the same however often it is asked for.
#[derive(Debug, Serialize, Deserialize)]
struct Charge {
    checkout: String,
    payer: String,
}

/// Looks for low balances, for ever.
pub async fn watch(engine: Engine, pages: Checkouts) {
    loop {
        if let Err(error) = look(&engine, &pages).await {
            tracing::warn!(%error, "balances could not be looked at for automatic top-ups; it is tried again");
        }
        let now = engine.clock().now();
        engine.clock().sleep_until(Instant::clamped(now.millis() + LOOK_MILLIS)).await;
    }
}

/// Looks once, in all tenants whose customers may have automatic top-ups: puts what is to be charged on record, with its jobs, and tells how
/// many they are.
///
/// # Errors
/// The database does not answer.
pub async fn look(engine: &Engine, pages: &Checkouts) -> Result<usize, TenantError> {
    let mut begun = 0;
    for tenant in tenants::all(engine).await? {
        if !tenant.settings.automatic_top_up.offered || !pages.serve(tenant.tenant) {
            continue;
        }
        let actor = jobs::actor(tenant.tenant);
        let mut view = engine.view(&actor).await?;
        let often = often(&tenant, view.now());
        let due = storage::automatic_top_ups::due(view.tx(), tenant.tenant, often, MOST_AT_ONCE).await?;
        drop(view);
        for customer in due {
            let provider = pages.provider.name();
            let asked = engine.run(&actor, |work| Box::pin(begin(work, provider, customer.clone()))).await;
            match asked {
                Ok(is_begun) => begun += usize::from(is_begun),
                Err(AutomaticError::Storage(error)) => return Err(error.into()),
                // One that cannot be read, say: it must not keep the others from being topped up.
                Err(error) => {
                    let tenant = tenant.tenant;
                    tracing::error!(%error, tenant, customer, "a balance could not be topped up");
                }
            }
        }
    }
    Ok(begun)
}

fn often(tenant: &Tenant, now: Instant) -> Often {
    Often { since: now.millis() - DAY, most: tenant.settings.automatic_top_up.most_per_day.into() }
}

/// Puts on record that a customer's card is to be charged, if that still is so now that nobody else can; whether it is.
async fn begin(work: &mut Work, provider: &str, customer: String) -> Result<bool, AutomaticError> {
    let tenant = work.tenant();
    let Some(wanted) = storage::automatic_top_ups::lock(&mut work.tx, tenant, &customer).await? else {
        return Ok(false);
    };
    if wanted.state != "on" || !is_low(work, &wanted).await? {
        return Ok(false);
    }
    let customer = customers::get(work, &customer).await?;
    let card = storage::saved_cards::get(&mut work.tx, tenant, &customer.id).await?;
    let Some(card) = card.filter(|card| card.provider == provider && customer.state == CustomerState::Active) else {
        return Ok(false);
    };
    let now = work.now();
    let record = CheckoutRecord {
        id: work.id("chk"),
        customer: customer.id,
        currency: wanted.currency,
        amount: wanted.amount,
        invoice: None,
        provider: provider.to_owned(),
        page: None,
        url: None,
        state: "begun".to_owned(),
        payment: None,
        created_at: now.millis(),
        expires_at: None,
        decided_at: None,
        keep_card: 0,
        automatic: 1,
    };
    storage::checkouts::insert(&mut work.tx, tenant, &record).await?;
    let charge = Charge { checkout: record.id.clone(), payer: card.payer };
    let job = NewJob {
        kind: AUTOMATIC_TOP_UPS,
        key: format!("{AUTOMATIC_TOP_UPS}/{}", record.id),
        payload: serde_json::json!(charge).to_string(),
        run_at: now,
    };
    jobs::enqueue(work, &[job]).await?;
    let (id, checkout) = (record.id.clone(), Checkout::of(record)?);
    work.audit("checkout.begin", &id, None, Some(&checkout)).await?;
    Ok(true)
}

/// Whether a balance is low, nothing is being charged for it, and it was not charged as often as it may be.
async fn is_low(work: &mut Work, wanted: &AutomaticTopUpRecord) -> Result<bool, AutomaticError> {
    let (tenant, now) = (work.tenant(), work.now());
    let often = often(&tenants::get(work).await?, now);
    // Before the balance: what was paid meanwhile is on it.
    let tried = storage::automatic_top_ups::tried(&mut work.tx, tenant, &wanted.customer, often.since).await?;
    let since = tried.iter().filter(|tried| tried.created_at >= often.since).count();
    if tried.iter().any(|tried| tried.state == "begun") || i64::try_from(since).is_ok_and(|since| since >= often.most) {
        return Ok(false);
    }
    let account = storage::ledger::account(&mut work.tx, tenant, &wanted.customer, &wanted.currency).await?;
    Ok(account.is_some_and(|account| account.balance.saturating_sub(account.held) < wanted.below))
}

/// Charges cards.
pub struct CardCharges(Checkouts);

impl CardCharges {
    /// By this provider.
    #[must_use]
    pub fn new(pages: Checkouts) -> Self {
        CardCharges(pages)
    }

    async fn charge(&self, engine: &Engine, job: &Job) -> Result<Option<String>, JobFailure> {
        let Charge { checkout, payer } =
            serde_json::from_str(&job.payload).map_err(|error| JobFailure::GiveUp(error.to_string()))?;
        let later = |error: CheckoutError| JobFailure::Retry(error.to_string());
        let (provider, actor) = (self.0.provider.name(), job.actor());
        let mut view = engine.view(&actor).await?;
        let record = storage::checkouts::get(view.tx(), job.tenant, &checkout).await?;
        let now = view.now();
        drop(view);
        let Some(record) = record.filter(|record| record.state == "begun") else {
            return Ok(Some("it is decided already".to_owned()));
        };
        if now.millis() - record.created_at > LONGEST_ASKED {
            let refused = Notice::Refused { checkout, reason: NO_ANSWER.to_owned() };
            checkouts::told(engine, job.tenant, provider, refused).await.map_err(later)?;
            return Ok(Some(NO_ANSWER.to_owned()));
        }
        let currency = currency_of(&record.currency).map_err(|error| JobFailure::GiveUp(error.to_string()))?;
        let order = Order {
            checkout: checkout.clone(),
            amount: Amount::from_micros(record.amount),
            currency,
            payee: String::new(),
            email: None,
            back: String::new(),
            keep_card: false,
        };
        let notice = match self.0.provider.charge(&order, &payer).await {
            Ok(origin) => Notice::Paid { checkout, origin, amount: order.amount, currency, payer: None },
            Err(ProviderFailure::Refused(reason)) => Notice::Refused { checkout, reason },
            Err(ProviderFailure::Away) => return Err(JobFailure::Retry(NO_ANSWER.to_owned())),
        };
        let said = match &notice {
            Notice::Refused { reason, .. } => Some(format!("not charged: {reason}")),
            _ => None,
        };
        checkouts::told(engine, job.tenant, provider, notice).await.map_err(later)?;
        Ok(said)
    }
}

impl Handler for CardCharges {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(self.charge(engine, job))
    }
}
