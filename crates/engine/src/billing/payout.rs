//! The statement of a payout to an agent.

use domain::money::{Amount, Currency};
use domain::paper::{Paper, PaperKind, PayoutSums, Side};
use domain::period::Period;
use storage::documents::DocumentRecord;

use super::BillingError;
use super::documents::number_text;
use super::paper::{Addressee, addressed_to};
use super::prepaid::{record, save};
use crate::agents::Agent;
use crate::tenants::Tenant;
use crate::{Scope, Work};

/// Issues the statement of a payout under the next number of its series, and has it mailed; answers its id.
pub(crate) async fn payout_statement(
    work: &mut Work,
    tenant: &Tenant,
    agent: &Agent,
    (period, currency, amount, sums): (Period, Currency, Amount, PayoutSums),
) -> Result<(String, Paper), BillingError> {
    let next = storage::documents::take_numbers(&mut work.tx, tenant.tenant, "payout", 1).await?;
    let addressee = Addressee {
        side: Side {
            name: agent.name.clone(),
            email: agent.details.email.clone(),
            phone: agent.details.phones.first().cloned(),
            ..Side::default()
        },
        language: agent.details.languages.first().cloned(),
        reference: None,
        currency,
    };
    let paper = Paper {
        number: Some(number_text(&tenant.settings.billing.prefixes.payout, next)),
        period: Some(period),
        net: amount,
        total: amount,
        payout: Some(sums),
        ..addressed_to(tenant, addressee, PaperKind::Payout, work.now())
    };
    let document = DocumentRecord {
        period_from: period.from().to_string(),
        period_to: period.to().to_string(),
        ..record(work, &paper, &agent.id)
    };
    let id = document.id.clone();
    save(work, document).await?;
    Ok((id, paper))
}
