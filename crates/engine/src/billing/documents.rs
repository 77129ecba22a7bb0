//! Documents: invoices, credit notes, receipts, statements (those of payouts, too), and how they stand.

use domain::money::{Amount, Currency};
use domain::paper::{Paper, PaperKind, Standing};
use domain::period::Period;
use domain::time::Instant;
use storage::documents::{DocumentFilter, DocumentRecord, OpenInvoice};

use super::BillingError;
use crate::{Scope, Work, tenants};

/// A document that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// Whose it is: a customer, or (of the statement of a payout) an agent.
    pub customer: String,
    /// The line that it is for; `None` for all.
    pub line: Option<String>,
    /// When it was issued.
    pub issued_at: Instant,
    /// The beginning of the day on which it is to be paid.
    pub due_at: Option<Instant>,
    /// The bill run that issued it.
    pub run: Option<String>,
    /// The id of the invoice that it corrects.
    pub corrects: Option<String>,
    /// Everything that is printed on it.
    pub paper: Paper,
    /// How it stands.
    pub state: DocumentState,
    /// What of it is settled.
    pub settled: Amount,
    /// When the calls on it ended at the earliest, and before when.
    pub(crate) calls_from: (i64, i64),
    /// Counts the changes.
    pub version: i64,
}

/// How a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Nothing of the invoice is paid.
    Issued,
    /// Something of it is.
    PartPaid,
    /// All of it is settled.
    Paid,
    /// It was taken back as a whole.
    Credited,
    /// What was left of it was given up.
    WrittenOff,
    /// It is no invoice: there is nothing to pay.
    Final,
}

/// What settles something of an invoice.
pub use storage::allocations::AllocationRecord;

impl DocumentState {
    /// Every state, with its name.
    pub const ALL: [(DocumentState, &'static str); 6] = [
        (DocumentState::Issued, "issued"),
        (DocumentState::PartPaid, "part_paid"),
        (DocumentState::Paid, "paid"),
        (DocumentState::Credited, "credited"),
        (DocumentState::WrittenOff, "written_off"),
        (DocumentState::Final, "final"),
    ];

    /// The state's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }
}

/// The number of a series with its prefix.
pub(super) fn number_text(prefix: &str, number: i64) -> String {
    format!("{prefix}{number:06}")
}

/// The document.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Document, BillingError> {
    let tenant = scope.tenant();
    let record = storage::documents::get(scope.tx(), tenant, id).await?;
    own(scope, id, record)
}

/// What was found by an id or number, if it is there for who asks.
fn own(scope: &impl Scope, asked: &str, record: Option<DocumentRecord>) -> Result<Document, BillingError> {
    let own = record.filter(|record| scope.finds("document", asked, |reach| reach.owner(&record.customer)));
    Document::of(own.ok_or_else(|| BillingError::NotFound(asked.to_owned()))?)
}

/// The document with this id or number; an invoice also by its bare number, such as 22 for 000022.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn find(scope: &mut impl Scope, id_or_number: &str) -> Result<Document, BillingError> {
    let tenant = scope.tenant();
    let bare = id_or_number.parse().ok().filter(|_| id_or_number.bytes().all(|byte| byte.is_ascii_digit()));
    let mut record = storage::documents::by_number(scope.tx(), tenant, id_or_number).await?;
    if let (None, Some(number)) = (&record, bare) {
        let prefix = tenants::get(scope).await?.settings.billing.prefixes.invoice;
        record = storage::documents::by_number(scope.tx(), tenant, &number_text(&prefix, number)).await?;
    }
    if record.is_some() {
        return own(scope, id_or_number, record);
    }
    get(scope, id_or_number).await
}

/// A page of documents, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    filter: &DocumentFilter<'_>,
    limit: i64,
) -> Result<Vec<Document>, BillingError> {
    let (tenant, limited) = (scope.tenant(), scope.reach().limited(filter.customer));
    let (customer, among) = (limited.customer.as_deref(), limited.among.as_deref());
    let filter = DocumentFilter { customer, among, ..*filter };
    let records = storage::documents::page(scope.tx(), tenant, &filter, limit).await?;
    records.into_iter().map(Document::of).collect()
}

/// What a customer has still to pay of its invoices.
///
/// # Errors
/// The sum leaves the range of amounts, or the database does not answer.
pub async fn unpaid(scope: &mut impl Scope, customer: &str) -> Result<Amount, BillingError> {
    if !scope.reach().customer(customer) {
        return Ok(Amount::ZERO);
    }
    let tenant = scope.tenant();
    let open = storage::documents::open_invoices(scope.tx(), tenant, &[customer]).await?;
    let left = |invoice: &OpenInvoice| Amount::from_micros(invoice.total).minus(Amount::from_micros(invoice.settled));
    Ok(open.iter().try_fold(Amount::ZERO, |sum, invoice| sum.plus(left(invoice)?))?)
}

/// What settles an invoice, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn settlements(scope: &mut impl Scope, invoice: &Document) -> Result<Vec<AllocationRecord>, BillingError> {
    let tenant = scope.tenant();
    Ok(storage::allocations::of_document(scope.tx(), tenant, &invoice.id).await?)
}

pub(super) async fn drawing(scope: &mut impl Scope, id: &str) -> Result<Option<Vec<u8>>, BillingError> {
    let tenant = scope.tenant();
    Ok(storage::documents::drawing(scope.tx(), tenant, id).await?)
}

pub(super) async fn keep_drawing(work: &mut Work, id: &str, pdf: &[u8]) -> Result<Vec<u8>, BillingError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    Ok(storage::documents::keep_drawing(&mut work.tx, tenant, id, pdf, now).await?)
}

impl Document {
    pub(super) fn of(record: DocumentRecord) -> Result<Self, BillingError> {
        let unreadable = || BillingError::Unreadable(record.id.clone());
        let paper: Paper = serde_json::from_str(&record.paper).map_err(|_| unreadable())?;
        let state = DocumentState::ALL.iter().find(|(_, name)| *name == record.state);
        let (state, _) = *state.ok_or_else(unreadable)?;
        Ok(Document {
            customer: record.customer,
            line: Some(record.line).filter(|line| !line.is_empty()),
            issued_at: Instant::clamped(record.issued_at),
            due_at: record.due_at.map(Instant::clamped),
            run: record.run,
            corrects: record.corrects,
            paper,
            state,
            settled: Amount::from_micros(record.settled),
            calls_from: (record.starts_at, record.ends_at),
            version: record.version,
            id: record.id,
        })
    }

    /// Whether something of it is to be paid.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, DocumentState::Issued | DocumentState::PartPaid)
    }

    /// What is to be paid.
    #[must_use]
    pub fn open(&self) -> Amount {
        if self.is_open() { self.paper.total.minus(self.settled).unwrap_or_default() } else { Amount::ZERO }
    }

    /// What was given up of it.
    #[must_use]
    pub fn written_off(&self) -> Amount {
        match self.state {
            DocumentState::WrittenOff => self.paper.total.minus(self.settled).unwrap_or_default(),
            _ => Amount::ZERO,
        }
    }

    /// Whether it should have been paid before today.
    #[must_use]
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.is_open() && self.paper.due_on.is_some_and(|due_on| self.paper.time_zone.date(now) > due_on)
    }

    /// How it stands now.
    #[must_use]
    pub fn standing(&self, now: Instant) -> Standing {
        let closed = matches!(self.state, DocumentState::Credited | DocumentState::WrittenOff);
        Standing { preview: false, open: self.open(), overdue: self.is_overdue(now), closed }
    }

    /// Its currency.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.paper.currency
    }

    /// Its period.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        self.paper.period
    }

    /// What a file of it is called, with this ending: `pdf`.
    #[must_use]
    pub fn file_name(&self, ending: &str) -> String {
        let kind = match self.paper.kind {
            PaperKind::Invoice => "invoice",
            PaperKind::CreditNote => "credit-note",
            PaperKind::Receipt => "receipt",
            PaperKind::Statement => "statement",
            PaperKind::Payout => "payout",
        };
        let name = self.paper.number.clone().unwrap_or_else(|| self.paper.issued_on.to_string());
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
        format!("{kind}-{name}.{ending}")
    }
}
