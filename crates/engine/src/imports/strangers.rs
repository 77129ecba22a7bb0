use std::collections::BTreeMap;

use domain::plan::PlanKind;
use domain::time::Instant;

use super::ImportError;
use super::refusal::or_reason;
use super::summary::RefusedCustomer;
use crate::calls::{FinishedCall, Payer};
use crate::customers::{self, Details, Mode, NewCustomer};
use crate::lines::{self, ANY_EXTENSION, LineError, NewLine};
use crate::plans::StoredPlan;
use crate::tenants::Settings;
use crate::{Actor, Engine, Scope, Work};

/// The payers of a file who are not known, and when the first call of each began.
#[derive(Debug, Default)]
pub(super) struct Strangers(BTreeMap<Stranger, Instant>);

/// A payer who is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Stranger {
    /// The account code, or the number in canonical form.
    reference: String,
    /// The number of the line to be opened.
    number: String,
}

/// What became of strangers.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) customers: u64,
    pub(super) refused: Vec<RefusedCustomer>,
}

impl Strangers {
    /// Notes the payer of a call that the directory does not know.
    pub(super) fn note(&mut self, call: &FinishedCall, settings: &Settings) {
        let Some(stranger) = Stranger::of(&call.payer, settings) else { return };
        let times = [call.started_at, call.answered_at, Some(call.ended_at)];
        let began = times.into_iter().flatten().min().unwrap_or(call.ended_at);
        self.0.entry(stranger).and_modify(|first| *first = began.min(*first)).or_insert(began);
    }

    /// Makes each stranger a customer with one line on the plan, opened when the first call began; one transaction each. One that
    /// the rules refuse is passed over: the calls wait for a price.
    pub(super) async fn welcome(self, engine: &Engine, actor: &Actor, plan: &StoredPlan) -> Result<Made, ImportError> {
        let mut made = Made::default();
        for (stranger, began) in self.0 {
            let reference = stranger.reference.clone();
            let outcome = engine
                .run(actor, move |work| {
                    let (stranger, plan) = (stranger.clone(), plan.clone());
                    Box::pin(async move { welcome(work, stranger, plan, began).await })
                })
                .await;
            match or_reason(outcome)? {
                Ok(new) => made.customers += u64::from(new),
                Err(reason) => made.refused.push(RefusedCustomer { external_reference: reference, reason }),
            }
        }
        Ok(made)
    }
}

impl Stranger {
    /// The customer that a payer can become; `None` for a row without an account code, or with a number that no line can have.
    fn of(payer: &Payer, settings: &Settings) -> Option<Stranger> {
        match payer {
            Payer::Account(code) if !code.is_empty() => {
                Some(Stranger { reference: code.clone(), number: ANY_EXTENSION.to_owned() })
            }
            Payer::Number(number) => {
                let number = settings.dial_plan.canonical(number).ok()?;
                let free = !settings.dial_plan.is_reserved(&number);
                free.then(|| Stranger { reference: number.to_string(), number: number.to_string() })
            }
            Payer::Account(_) | Payer::Line(_) => None,
        }
    }
}

/// Makes the customer, unless there is one of this reference, and opens the line, unless the customer has one. Says whether the
/// customer is new.
async fn welcome(work: &mut Work, stranger: Stranger, plan: StoredPlan, began: Instant) -> Result<bool, LineError> {
    let tenant = work.tenant();
    let known = storage::customers::by_reference(&mut work.tx, tenant, &stranger.reference).await?;
    let new = known.is_none();
    let customer = match known {
        Some(customer) => customer.id,
        None => create(work, &stranger.reference, &plan).await?,
    };
    if lines::of_customer(work, &customer).await?.is_empty() {
        let opened_at = Some(began.min(work.now()));
        lines::open(work, NewLine { customer, number: stranger.number, plan: plan.id, opened_at }).await?;
    }
    Ok(new)
}

async fn create(work: &mut Work, reference: &str, plan: &StoredPlan) -> Result<String, LineError> {
    let new = NewCustomer {
        details: Details { organisation: Some(reference.to_owned()), ..Details::default() },
        external_reference: Some(reference.to_owned()),
        mode: if plan.kind == PlanKind::Prepaid { Mode::Prepaid } else { Mode::Postpaid },
        currency: Some(plan.currency),
        credit_limit: None,
    };
    Ok(customers::create(work, new).await?.id)
}
