//! Issuing: bills become numbered invoices, with their entries, what settles them at once, and what follows from them.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::billing::{Dunning, Unpaid, due_on, dunning, settle};
use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PaperKind, SettledRow};
use domain::period::Period;
use domain::time::Instant;
use storage::allocations::{AllocationRecord, Fund};
use storage::documents::{DocumentRecord, OpenInvoice, StandingRecord};
use storage::payments::CreditRecord;
use storage::suspensions::SuspensionRecord;
use storage::unbilled::Billed;

use super::compose::Composed;
use super::documents::number_text;
use super::files::{CustomerFile, LineFile};
use super::paper::heading;
use super::reminders::first_reminder;
use super::settle::owed;
use super::{BillingError, deliver, suspensions, told};
use crate::jobs::{self, NewJob};
use crate::ledger::{self, Kind, Party, Posting};
use crate::tenants::Tenant;
use crate::{Scope, Work};

/// The series of invoices' numbers.
const SERIES: &str = "invoice";

/// A customer's bills that are to be issued.
pub(super) struct Ready<'a> {
    pub(super) file: &'a CustomerFile,
    pub(super) bills: Vec<Composed>,
}

/// What is written when bills are issued.
#[derive(Default)]
struct Batch {
    documents: Vec<DocumentRecord>,
    postings: Vec<Posting>,
    allocations: Vec<AllocationRecord>,
    /// What invoices below zero owe to their customers.
    credits: Vec<CreditRecord>,
    /// Source, kind and what is left of it less than before.
    spent: Vec<(String, String, Amount)>,
    standings: Vec<StandingRecord>,
    /// The lines that are suspended for invoices of which one is paid now.
    lifted: BTreeSet<String>,
    suspensions: Vec<SuspensionRecord>,
    /// The lines of these suspensions.
    suspended: HashSet<String>,
    jobs: Vec<NewJob>,
    waited: Vec<(String, String)>,
    items: Vec<(String, String)>,
    /// Customer, lines and document of late calls.
    late: Vec<(String, Vec<String>, String)>,
}

/// Issues bills: all of them, or none. The accounts of their customers must be locked. Answers the invoices' ids.
pub(super) async fn issue(
    work: &mut Work,
    tenant: &Tenant,
    ready: &[Ready<'_>],
    run: &str,
) -> Result<Vec<String>, BillingError> {
    let count = ready.iter().map(|ready| ready.bills.len()).sum::<usize>();
    if count == 0 {
        return Ok(Vec::new());
    }
    let number = tenant.tenant;
    let first =
        storage::documents::take_numbers(&mut work.tx, number, SERIES, i64::try_from(count).unwrap_or(0)).await?;
    let mut issuing = Issuing { tenant, run, next: first, batch: Batch::default() };
    for ready in ready {
        issuing.customer(work, ready)?;
    }
    issuing.batch.save(work).await
}

struct Issuing<'a> {
    tenant: &'a Tenant,
    run: &'a str,
    next: i64,
    batch: Batch,
}

/// An invoice of the batch that is still to be paid, or one from before.
struct Claim {
    /// Its place among the batch's documents; `None` for one from before.
    new: Option<usize>,
    open: OpenInvoice,
}

impl Issuing<'_> {
    fn customer(&mut self, work: &Work, ready: &Ready<'_>) -> Result<(), BillingError> {
        let file = ready.file;
        let first = self.batch.documents.len();
        let mut papers = Vec::with_capacity(ready.bills.len());
        for composed in &ready.bills {
            let (document, paper) = self.document(work, file, composed)?;
            self.batch.add_entries(&document, composed)?;
            self.batch.documents.push(document);
            papers.push(paper);
        }
        let mut claims: Vec<Claim> = file.open.iter().map(|open| Claim { new: None, open: open.clone() }).collect();
        let new = self.batch.documents[first..].iter().enumerate();
        claims.extend(new.map(|(place, document)| Claim { new: Some(place), open: open_of(document) }));
        let mut funds = file.funds.clone();
        funds.extend(self.owed(work, first)?);
        self.settle(work, &funds, (first, &mut papers), &mut claims)?;
        self.lift(file, &claims);
        self.dun(work, file, &mut papers, &claims);
        for (document, paper) in self.batch.documents[first..].iter_mut().zip(&mut papers) {
            paper.due = paper.total.minus(Amount::from_micros(document.settled))?;
            document.state = state_of(document.total, document.settled).to_owned();
            let due_on = paper.due_on.filter(|_| document.state != "paid");
            document.remind_at = due_on.and_then(|due_on| first_reminder(self.tenant, due_on, work.now()));
            document.paper = serde_json::to_string(paper).unwrap_or_default();
            self.batch.jobs.push(deliver::job(&document.id, work.now()));
        }
        Ok(())
    }

    fn document(
        &mut self,
        work: &Work,
        file: &CustomerFile,
        composed: &Composed,
    ) -> Result<(DocumentRecord, Paper), BillingError> {
        let id = work.id("inv");
        let number = number_text(&self.tenant.settings.billing.prefixes.invoice, self.next);
        self.next += 1;
        let paper = heading(self.tenant, &file.customer, PaperKind::Invoice, work.now());
        let settings = &self.tenant.settings;
        let due_on = due_on(paper.issued_on, settings.billing.due_days);
        let bill = &composed.bill;
        let paper = Paper {
            number: Some(number.clone()),
            period: Some(composed.period),
            due_on: Some(due_on),
            lines: bill.lines.clone(),
            taxes: bill.taxes.clone(),
            net: bill.net,
            tax: bill.tax,
            total: bill.total,
            ..paper
        };
        let document = DocumentRecord {
            id,
            kind: "invoice".to_owned(),
            number: Some(number),
            customer: file.customer.id.clone(),
            line: composed.line.clone().unwrap_or_default(),
            period_from: composed.period.from().to_string(),
            period_to: composed.period.to().to_string(),
            starts_at: composed.starts_at.millis(),
            ends_at: composed.ends_at.millis(),
            issued_at: work.now().millis(),
            due_at: Some(settings.time_zone.start_of_day(due_on).millis()),
            run: Some(self.run.to_owned()),
            corrects: None,
            currency: file.customer.currency.code().to_owned(),
            net: bill.net.micros(),
            tax: bill.tax.micros(),
            total: bill.total.micros(),
            usage: composed.usage.micros(),
            paper: String::new(),
            state: String::new(),
            // What is owed to the customer is not paid back: it is a credit, and settles other invoices.
            settled: bill.total.min(Amount::ZERO).micros(),
            remind_at: None,
            version: 1,
        };
        let of = |ids: &[String]| ids.iter().map(|id| (id.clone(), document.id.clone())).collect::<Vec<_>>();
        self.batch.waited.extend(of(&composed.waited));
        self.batch.items.extend(of(&composed.items));
        if !file.late.is_empty() {
            self.batch.late.push((file.customer.id.clone(), composed.late_of.clone(), document.id.clone()));
        }
        Ok((document, paper))
    }

    /// What the customer's new invoices below zero owe to it, each as a credit that settles what is unpaid like any other.
    fn owed(&mut self, work: &Work, first: usize) -> Result<Vec<Fund>, BillingError> {
        let mut funds = Vec::new();
        for document in self.batch.documents[first..].iter().filter(|document| document.total < 0) {
            let reason = format!("Invoice {} is below zero", document.number.as_deref().unwrap_or_default());
            let credit = owed(work, document, Amount::from_micros(document.total).negated()?, reason);
            funds.push(Fund {
                source: credit.id.clone(),
                kind: "credit".to_owned(),
                customer: credit.customer.clone(),
                unspent: credit.unspent,
                came_at: credit.created_at,
                name: Some(credit.reason.clone()),
            });
            self.batch.credits.push(credit);
        }
        Ok(funds)
    }

    /// Uses what the customer has ahead, the oldest first, for what is unpaid, the oldest first.
    fn settle(
        &mut self,
        work: &Work,
        funds: &[Fund],
        (first, papers): (usize, &mut [Paper]),
        claims: &mut [Claim],
    ) -> Result<(), BillingError> {
        let unspent: Vec<Amount> = funds.iter().map(|fund| Amount::from_micros(fund.unspent)).collect();
        let owed: Vec<Amount> = claims.iter().map(|claim| claim.open.left()).collect::<Result<_, _>>()?;
        for settled in settle(&unspent, &owed)? {
            let (fund, claim) = (&funds[settled.fund], &mut claims[settled.claim]);
            claim.open.settled += settled.amount.micros();
            self.batch.allocations.push(allocation(work, fund, &claim.open, settled.amount));
            self.batch.spent.push((fund.source.clone(), fund.kind.clone(), settled.amount.negated()?));
            match claim.new {
                Some(place) => {
                    self.batch.documents[first + place].settled = claim.open.settled;
                    papers[place].settled.push(SettledRow {
                        on: self.tenant.settings.time_zone.date(Instant::clamped(fund.came_at)),
                        kind: fund.kind.clone(),
                        name: fund.name.clone(),
                        amount: settled.amount,
                    });
                }
                None => self.batch.standings.push(claim.open.standing()),
            }
        }
        Ok(())
    }

    /// Lifts the suspension that invoices from before led to of which one is paid now.
    fn lift(&mut self, file: &CustomerFile, claims: &[Claim]) {
        let paid: HashSet<&str> = claims
            .iter()
            .filter(|claim| claim.new.is_none() && claim.open.settled >= claim.open.total)
            .map(|claim| claim.open.line.as_str())
            .collect();
        let concerned = |line: &str| paid.contains("") || paid.contains(line);
        let suspended = file.lines.iter().filter(|line| line.is_suspended_for(DUNNING));
        let lifted = suspended.map(|line| line.record.id.clone()).filter(|line| concerned(line));
        self.batch.lifted.extend(lifted);
    }

    /// Suspends what too many unpaid invoices are for, or says on the invoice before that the next one would.
    fn dun(&mut self, work: &Work, file: &CustomerFile, papers: &mut [Paper], claims: &[Claim]) {
        let threshold = self.tenant.settings.billing.suspension_threshold;
        // Invoices of a line count for that line alone.
        let mut unpaid: HashMap<&str, Vec<&Claim>> = HashMap::new();
        for claim in claims.iter().filter(|claim| claim.open.settled < claim.open.total) {
            unpaid.entry(&claim.open.line).or_default().push(claim);
        }
        for claim in claims.iter().filter(|claim| claim.open.settled < claim.open.total) {
            let Some(place) = claim.new else { continue };
            let scope = claim.open.line.as_str();
            let of_scope: Vec<Unpaid<'_>> = unpaid[scope]
                .iter()
                .filter(|other| other.new.is_none_or(|new| new <= place))
                .map(|other| Unpaid {
                    run: other.open.run.as_deref(),
                    due_at: Instant::clamped(other.open.due_at.unwrap_or(other.open.issued_at)),
                })
                .collect();
            let next = papers[place].period.and_then(|period| self.next_issue(file, scope, period));
            match dunning(&of_scope, threshold, work.now(), next) {
                Dunning::Nothing => {}
                Dunning::Notice => papers[place].notes.push(NOTICE.to_owned()),
                Dunning::Suspend => {
                    self.suspend(work, file, scope);
                    papers[place].notes.push(SUSPENDED.to_owned());
                }
            }
        }
    }

    /// When the invoice after this period's is issued; never, where no line is left.
    fn next_issue(&self, file: &CustomerFile, scope: &str, period: Period) -> Option<Instant> {
        of_scope(file, scope).find(|line| line.record.closed_at.is_none())?;
        let settings = &self.tenant.settings;
        let next = period.next(file.billing_day(settings, scope)).ok()?;
        Some(settings.time_zone.start_of_day(next.to()))
    }

    fn suspend(&mut self, work: &Work, file: &CustomerFile, scope: &str) {
        for line in of_scope(file, scope).filter(|line| line.record.closed_at.is_none()) {
            let known = line.is_suspended_for(DUNNING) && !self.batch.lifted.contains(&line.record.id);
            if !known && self.batch.suspended.insert(line.record.id.clone()) {
                self.batch.suspensions.push(SuspensionRecord {
                    id: work.id("sus"),
                    line: line.record.id.clone(),
                    reason: DUNNING.to_owned(),
                    note: None,
                    from_at: work.now().millis(),
                    to_at: None,
                });
            }
        }
    }
}

/// The lines that an invoice is for: the one that it names, or all.
fn of_scope<'a>(file: &'a CustomerFile, scope: &str) -> impl Iterator<Item = &'a LineFile> {
    let all = if scope.is_empty() { &file.lines[..] } else { &[] };
    all.iter().chain(file.line(scope))
}

const DUNNING: &str = "dunning";
const SUSPENDED: &str = "Your lines are suspended. Too many invoices are unpaid: until one of them is paid in full, your lines reach \
                         emergency and service numbers only.";
const NOTICE: &str = "Earlier invoices are unpaid. If another invoice is issued before they are paid, your lines will be \
                      suspended: they will then reach emergency and service numbers only.";

fn open_of(document: &DocumentRecord) -> OpenInvoice {
    OpenInvoice {
        id: document.id.clone(),
        customer: document.customer.clone(),
        line: document.line.clone(),
        issued_at: document.issued_at,
        due_at: document.due_at,
        run: document.run.clone(),
        total: document.total,
        settled: document.settled,
        remind_at: None,
    }
}

/// How an invoice stands of which so much is settled.
pub(super) fn state_of(total: i64, settled: i64) -> &'static str {
    match settled {
        settled if settled >= total => "paid",
        0 => "issued",
        _ => "part_paid",
    }
}

pub(super) fn allocation(work: &Work, fund: &Fund, invoice: &OpenInvoice, amount: Amount) -> AllocationRecord {
    AllocationRecord {
        id: work.id("all"),
        source: fund.source.clone(),
        kind: fund.kind.clone(),
        document: invoice.id.clone(),
        customer: invoice.customer.clone(),
        amount: amount.micros(),
        created_at: work.now().millis(),
    }
}

/// What an open invoice needs to know of itself.
pub(super) trait Left {
    /// What is still to be paid.
    fn left(&self) -> Result<Amount, Overflow>;
    /// How it stands now; a paid one is not reminded of.
    fn standing(&self) -> StandingRecord;
}

impl Left for OpenInvoice {
    fn left(&self) -> Result<Amount, Overflow> {
        Amount::from_micros(self.total).minus(Amount::from_micros(self.settled))
    }

    fn standing(&self) -> StandingRecord {
        let state = state_of(self.total, self.settled);
        StandingRecord {
            id: self.id.clone(),
            state: state.to_owned(),
            settled: self.settled,
            remind_at: self.remind_at.filter(|_| state != "paid"),
        }
    }
}

impl Batch {
    /// What issuing posts: fees and items, the tax on the net, and what rounding makes. Calls are posted already.
    fn add_entries(&mut self, document: &DocumentRecord, composed: &Composed) -> Result<(), BillingError> {
        let currency = composed_currency(document)?;
        let customer = || Party::Customer(document.customer.clone());
        let key = |what: &str| format!("{}/{what}", document.id);
        let bill = &composed.bill;
        let of = |what: &str, kind| (key(what), kind, document.id.as_str());
        let facts = [
            Posting::fact(of("fees", Kind::Fee), customer(), Party::Income, composed.fees, currency)?,
            Posting::fact(of("rounding", Kind::Rounding), customer(), Party::Rounding, bill.rounding, currency)?,
            Posting::fact(of("tax", Kind::Tax), customer(), Party::Tax, bill.tax_on_net, currency)?,
            // The tax in the calls' prices becomes what the invoice shows of it.
            Posting::fact(
                of("tax_rounding", Kind::Rounding),
                Party::Rounding,
                Party::Tax,
                bill.tax_rounding,
                currency,
            )?,
        ];
        self.postings.extend(facts.into_iter().flatten());
        Ok(())
    }

    async fn save(self, work: &mut Work) -> Result<Vec<String>, BillingError> {
        let tenant = work.tenant();
        storage::documents::insert(&mut work.tx, tenant, &self.documents).await?;
        ledger::post(work, &self.postings).await?;
        for credit in &self.credits {
            storage::payments::insert_credit(&mut work.tx, credit).await?;
        }
        storage::allocations::insert(&mut work.tx, tenant, &self.allocations).await?;
        for (source, kind, amount) in &self.spent {
            storage::allocations::spend(&mut work.tx, tenant, source, kind, amount.micros()).await?;
        }
        storage::documents::stand(&mut work.tx, tenant, &self.standings).await?;
        for line in &self.lifted {
            suspensions::lift(work, line, suspensions::Reason::Dunning).await?;
        }
        storage::suspensions::insert(&mut work.tx, tenant, &self.suspensions).await?;
        let waited: Vec<Billed<'_>> = self.waited.iter().map(|(id, document)| Billed { id, document }).collect();
        storage::unbilled::bill(&mut work.tx, tenant, &waited).await?;
        for (item, document) in &self.items {
            storage::items::bill(&mut work.tx, tenant, item, document).await?;
        }
        for (customer, lines, document) in &self.late {
            storage::unbilled::bill_late(&mut work.tx, tenant, customer, lines, document).await?;
        }
        jobs::enqueue(work, &self.jobs).await?;
        for suspension in &self.suspensions {
            work.audit("line.suspend", &suspension.line, None, Some(suspension)).await?;
        }
        told::suspended(work, &self.suspensions).await?;
        told::issued(work, &self.documents).await?;
        Ok(self.documents.into_iter().map(|document| document.id).collect())
    }
}

pub(super) fn composed_currency(document: &DocumentRecord) -> Result<domain::money::Currency, BillingError> {
    domain::money::Currency::parse(&document.currency).map_err(|_| BillingError::Unreadable(document.id.clone()))
}
