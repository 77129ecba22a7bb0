//! Who may have paid: loaded once for all invoices that are to be paid, and for each row the customers to whom something of it may point.

use std::collections::{BTreeMap, BTreeSet};

use domain::bank::{Assignment, Candidate, OpenInvoice, Payer, Received, assign, words};
use domain::money::{Amount, Currency};
use storage::bank::OwedInvoice;

use super::{BankError, BankRow, RowState};
use crate::Scope;

/// How many customers are shown to whom something points.
const MOST_CANDIDATES: usize = 10;

/// The invoices that have to be paid, by customer, the oldest first.
pub(super) struct Owed(BTreeMap<String, Vec<OpenInvoice>>);

impl Owed {
    /// Those of all customers.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn load(scope: &mut impl Scope) -> Result<Owed, storage::Error> {
        let tenant = scope.tenant();
        let mut owed = Owed(BTreeMap::new());
        for invoice in storage::bank::owed_invoices(scope.tx(), tenant, None).await? {
            owed.add(invoice);
        }
        Ok(owed)
    }

    /// Looks again at those of a customer.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn refresh(&mut self, scope: &mut impl Scope, customer: &str) -> Result<(), storage::Error> {
        let tenant = scope.tenant();
        self.0.remove(customer);
        for invoice in storage::bank::owed_invoices(scope.tx(), tenant, Some(customer)).await? {
            self.add(invoice);
        }
        Ok(())
    }

    fn add(&mut self, invoice: OwedInvoice) {
        let OwedInvoice { id, number, customer, left_of } = invoice;
        self.0.entry(customer).or_default().push(OpenInvoice { id, number, left: Amount::from_micros(left_of) });
    }

    /// Whose the money of a row is.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn assign(&self, scope: &mut impl Scope, row: &BankRow) -> Result<Assignment, BankError> {
        let received =
            Received { amount: row.amount, currency: row.currency, payer: row.payer.clone(), text: row.text.clone() };
        let fits = |invoice: &OpenInvoice| invoice.left == received.amount || received.names(&invoice.number);
        let owing =
            self.0.iter().filter(|(_, invoices)| invoices.iter().any(fits)).map(|(customer, _)| customer.as_str());
        let (owing, references): (Vec<&str>, BTreeSet<&str>) = (owing.collect(), words(&row.text));
        let references: Vec<&str> = references.into_iter().collect();
        let tenant = scope.tenant();
        let records = storage::bank::payers(scope.tx(), tenant, (&owing, &references), row.account.as_deref()).await?;
        let payers = records.into_iter().map(|record| {
            Ok(Payer {
                currency: Currency::parse(&record.currency)?,
                name: record.name,
                reference: record.external_reference,
                knows_account: record.knows_account,
                invoices: self.0.get(&record.id).cloned().unwrap_or_default(),
                customer: record.id,
            })
        });
        Ok(assign(&received, &payers.collect::<Result<Vec<_>, BankError>>()?))
    }
}

/// The rows, and with each that waits the customers to whom something points now, and why it waits now.
pub(super) async fn with_candidates(
    scope: &mut impl Scope,
    rows: Vec<BankRow>,
) -> Result<Vec<(BankRow, Vec<Candidate>)>, BankError> {
    if rows.iter().all(|row| row.state != RowState::Waiting) {
        return Ok(rows.into_iter().map(|row| (row, Vec::new())).collect());
    }
    let owed = Owed::load(scope).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for mut row in rows {
        let mut candidates = match row.state {
            RowState::Waiting => match owed.assign(scope, &row).await? {
                Assignment::Sure(candidate) => vec![candidate],
                // Invoices and accounts that are known now may not have been when it came.
                Assignment::Doubtful(doubt, candidates) => {
                    row.doubt = Some(doubt.into());
                    candidates
                }
            },
            _ => Vec::new(),
        };
        candidates.truncate(MOST_CANDIDATES);
        shown.push((row, candidates));
    }
    Ok(shown)
}
