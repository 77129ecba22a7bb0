//! What goes on a bill: fees, items, usage, and what waited for it.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::billing::{Bill, DraftLine, Taxed, bill, full_period};
use domain::fees::{FeeInput, FeeLine, FeesError, Proration, Subscription, Suspension, included_seconds, prorate};
use domain::money::Amount;
use domain::paper::{IncludedMinutes, PaperLineKind, Share, ShareUnit, Usage};
use domain::period::Period;
use domain::tax::TaxRate;
use domain::time::{Instant, Zone};
use storage::billing::BillingRecord;
use storage::items::ItemRecord;
use storage::unbilled::UnbilledRecord;
use storage::usage::UsageRecord;

use super::BillingError;
use super::files::{Catalogue, CustomerFile, LineFile, period_of};
use crate::tenants::{InvoicePer, Settings};

/// A bill that could be issued, and what it is made of.
pub(super) struct Composed {
    /// The line that it is for; `None` for all.
    pub(super) line: Option<String>,
    pub(super) period: Period,
    pub(super) starts_at: Instant,
    pub(super) ends_at: Instant,
    pub(super) bill: Bill,
    /// Fees and items, without rounding: what is posted when it is issued.
    pub(super) fees: Amount,
    /// The calls on it, without rounding.
    pub(super) usage: Amount,
    /// One-off items on it.
    pub(super) items: Vec<String>,
    /// What waited for it, late calls too.
    pub(super) waited: Vec<String>,
    /// Whether the late calls of these lines are on it.
    pub(super) late_of: Vec<String>,
}

/// What is the same for all bills of a run.
pub(super) struct Terms<'a> {
    pub(super) settings: &'a Settings,
    pub(super) catalogue: &'a Catalogue,
    /// From line to the sums of the calls of its period.
    pub(super) usage: &'a HashMap<String, Vec<UsageRecord>>,
}

/// The bills of a customer for these of its running periods, which end together: one, or one a line.
pub(super) fn compose(
    terms: &Terms<'_>,
    file: &CustomerFile,
    periods: &[&BillingRecord],
) -> Result<Vec<Composed>, BillingError> {
    let groups: Vec<Group<'_>> = match terms.settings.billing.invoice_per {
        InvoicePer::Customer => vec![(None, periods.to_vec())],
        // What a customer has beside its lines is for none of them.
        InvoicePer::Line => {
            let of_line = |row: &&BillingRecord| row.line != row.customer;
            periods.iter().map(|row| (Some(*row).filter(of_line).map(|row| row.line.as_str()), vec![*row])).collect()
        }
    };
    let mut items: HashMap<Option<&str>, Vec<&ItemRecord>> = HashMap::new();
    for item in &file.items {
        items.entry(item.line.as_deref()).or_default().push(item);
    }
    let waiting = waiting(terms, file, &groups);
    let mut bills = Vec::with_capacity(groups.len());
    for ((line, rows), waiting) in groups.into_iter().zip(waiting) {
        let mut draft = Draft::new(terms, file);
        for row in &rows {
            let of_line = file.line(&row.line).map(|line| line.record.id.as_str());
            draft.add_period(row, items.get(&of_line).map_or(&[][..], Vec::as_slice))?;
        }
        draft.add_waiting(waiting)?;
        bills.push(draft.composed(line, &rows)?);
    }
    Ok(bills)
}

/// The rows that a bill is for, by the line that it is for.
type Group<'a> = (Option<&'a str>, Vec<&'a BillingRecord>);

/// What waits for one bill.
#[derive(Default)]
struct Waiting<'a> {
    lines: Vec<&'a str>,
    late: Vec<&'a UsageRecord>,
    rows: Vec<&'a UnbilledRecord>,
}

/// What waits for which bill: what is for no line that is billed now goes with the first, what is for one that is billed another
/// time waits on.
fn waiting<'a>(terms: &Terms<'_>, file: &'a CustomerFile, groups: &[Group<'_>]) -> Vec<Waiting<'a>> {
    let whole_customer = terms.settings.billing.invoice_per == InvoicePer::Customer;
    let rows = groups.iter().enumerate().flat_map(|(place, (_, rows))| rows.iter().map(move |row| (&*row.line, place)));
    let billed: HashMap<&str, usize> = rows.collect();
    let running: HashSet<&str> = file.periods.iter().map(|row| row.line.as_str()).collect();
    let place = |line: Option<&str>| match line {
        Some(line) if !whole_customer => billed.get(line).copied().or((!running.contains(line)).then_some(0)),
        _ => Some(0),
    };
    let mut waiting: Vec<Waiting<'_>> = groups.iter().map(|_| Waiting::default()).collect();
    for line in file.lines.iter().map(|line| line.record.id.as_str()) {
        if let Some(place) = place(Some(line)) {
            waiting[place].lines.push(line);
        }
    }
    for sum in &file.late {
        if let Some(place) = place(Some(&sum.line)) {
            waiting[place].late.push(sum);
        }
    }
    for row in &file.waiting {
        if let Some(place) = place(row.line.as_deref()) {
            waiting[place].rows.push(row);
        }
    }
    waiting
}

struct Draft<'a> {
    terms: &'a Terms<'a>,
    file: &'a CustomerFile,
    lines: Vec<DraftLine<'a>>,
    /// The places of a line's usage among the lines.
    usage_of: HashMap<(PaperLineKind, &'a str), Vec<usize>>,
    fees: Amount,
    usage: Amount,
    items: Vec<String>,
    waited: Vec<String>,
    late_of: Vec<String>,
}

impl<'a> Draft<'a> {
    fn new(terms: &'a Terms<'a>, file: &'a CustomerFile) -> Self {
        Draft {
            terms,
            file,
            lines: Vec::new(),
            usage_of: HashMap::new(),
            fees: Amount::ZERO,
            usage: Amount::ZERO,
            items: Vec::new(),
            waited: Vec::new(),
            late_of: Vec::new(),
        }
    }

    fn add_period(&mut self, row: &BillingRecord, items: &[&ItemRecord]) -> Result<(), BillingError> {
        let (file, terms) = (self.file, self.terms);
        let period = period_of(row)?;
        let line = file.line(&row.line);
        let closed_at = line.and_then(|line| line.record.closed_at);
        let ends_at = Instant::clamped(closed_at.unwrap_or(row.ends_at).min(row.ends_at));
        let span = Billed { period, full: full_period(period, file.billing_day(terms.settings, &row.line))?, line };
        if let Some(line) = line {
            let first = self.lines.len();
            let subscriptions = line.subscriptions(terms.catalogue);
            self.add_fees(&span, PaperLineKind::Fee, &subscriptions, ends_at)?;
            let sums = terms.usage.get(&row.line).map_or(&[][..], Vec::as_slice);
            for sum in sums {
                self.add_usage(PaperLineKind::Usage, sum)?;
            }
            let used = sums.iter().map(|sum| sum.included).sum();
            if let Some(first) = self.lines.get_mut(first) {
                first.included = span.included(terms, line)?.map(|of| IncludedMinutes { used, of });
            }
        }
        for item in items {
            self.add_item(&span, item, ends_at)?;
        }
        Ok(())
    }

    fn add_fees(
        &mut self,
        span: &Billed<'_>,
        kind: PaperLineKind,
        subscriptions: &[Subscription],
        ends_at: Instant,
    ) -> Result<(), BillingError> {
        let subscriptions: Vec<Subscription> =
            subscriptions.iter().filter(|s| !s.monthly_fee.is_zero()).cloned().collect();
        // A discount is pro-rated like a fee.
        let discount = subscriptions.iter().any(|s| s.monthly_fee.is_negative());
        let fees = span.fees(self.terms.settings, self.file.customer.currency, &positive(&subscriptions)?)?;
        for fee in fees {
            let amount = if discount { fee.amount.negated()? } else { fee.amount };
            self.fees = self.fees.plus(amount)?;
            let taxed = self.net_before(ends_at);
            self.lines.push(DraftLine {
                kind,
                line: span.line.map(|line| line.record.id.clone()),
                number: span.line.map(|line| line.record.number.clone()),
                name: fee.name.clone(),
                period: span.part(&subscriptions[fee.subscription], &self.terms.settings.time_zone),
                share: share(&fee, self.terms.settings.billing.proration),
                usage: None,
                included: None,
                exact: amount,
                taxed,
            });
        }
        Ok(())
    }

    fn add_item(&mut self, span: &Billed<'_>, item: &ItemRecord, ends_at: Instant) -> Result<(), BillingError> {
        let from = Instant::clamped(item.from_at);
        let to = item.to_at.map(Instant::clamped);
        if item.kind == "recurring" {
            // An item of a line ends with it.
            let closed_at = span.line.and_then(|line| line.record.closed_at).map(Instant::clamped);
            let to = to.into_iter().chain(closed_at).min().map(|to| to.max(from));
            let monthly_fee = Amount::from_micros(item.amount);
            return self.add_fees(
                span,
                PaperLineKind::Item,
                &[Subscription { name: item.name.clone(), monthly_fee, from, to }],
                ends_at,
            );
        }
        if item.document.is_some() || from >= ends_at || to.is_some_and(|to| to <= from) {
            return Ok(());
        }
        let amount = Amount::from_micros(item.amount);
        self.fees = self.fees.plus(amount)?;
        self.items.push(item.id.clone());
        self.lines.push(DraftLine {
            kind: PaperLineKind::Item,
            line: item.line.clone(),
            number: span.line.map(|line| line.record.number.clone()),
            name: item.name.clone(),
            period: None,
            share: None,
            usage: None,
            included: None,
            exact: amount,
            taxed: self.net_at(from),
        });
        Ok(())
    }

    fn add_usage(&mut self, kind: PaperLineKind, sum: &'a UsageRecord) -> Result<(), BillingError> {
        let exact = Amount::from_micros(sum.total);
        let tax = Amount::from_micros(sum.tax);
        self.usage = self.usage.plus(exact)?;
        let eras = self.terms.settings.tax_rates.versions();
        let rate = usize::try_from(sum.tax_era).ok().and_then(|era| eras.get(era.checked_sub(1)?));
        let taxed = match rate {
            // Agents' prices have their tax in them.
            Some(rate) if sum.price_source == "agent" && !tax.is_zero() => Taxed::Included { rate, tax },
            Some(rate) if sum.price_source != "agent" => self.net(rate),
            _ => Taxed::Not,
        };
        let parts =
            (sum.plan_version.as_deref(), sum.deck_version.as_deref(), sum.prefix.as_deref(), sum.agent.as_deref());
        let name = self.terms.catalogue.usage_name(&sum.price_source, parts);
        let usage = Usage { calls: sum.calls, seconds: sum.seconds, exact };
        // Two prefixes, or two versions of a plan, may have one name.
        let same = |known: &DraftLine<'_>| {
            let taxed_alike = match (known.taxed, taxed) {
                (Taxed::Included { rate: known, .. }, Taxed::Included { rate, .. }) => known == rate,
                (known, taxed) => known == taxed,
            };
            known.name == name && taxed_alike
        };
        let places = self.usage_of.entry((kind, &sum.line)).or_default();
        if let Some(known) = places.iter().copied().find(|place| same(&self.lines[*place])) {
            return merge(&mut self.lines[known], usage, tax);
        }
        places.push(self.lines.len());
        self.lines.push(DraftLine {
            kind,
            line: Some(sum.line.clone()),
            number: self.file.line(&sum.line).map(|line| line.record.number.clone()),
            name,
            period: None,
            share: None,
            usage: Some(usage),
            included: None,
            exact,
            taxed,
        });
        Ok(())
    }

    fn add_waiting(&mut self, waiting: Waiting<'a>) -> Result<(), BillingError> {
        self.late_of.extend(waiting.lines.into_iter().map(str::to_owned));
        for sum in waiting.late {
            self.add_usage(PaperLineKind::EarlierUsage, sum)?;
        }
        let (messages, rows): (Vec<_>, Vec<_>) = waiting.rows.into_iter().partition(|row| row.kind == "message");
        self.add_messages(&messages)?;
        for row in rows {
            self.waited.push(row.id.clone());
            match row.kind.as_str() {
                // What re-rating changed is among the sums.
                "rerated" => {}
                "event" => self.add_event(row),
                _ => self.add_debit(row, Amount::from_micros(row.amount.unwrap_or_default())),
            }
        }
        Ok(())
    }

    /// A service that was charged once is on the account already, and not taxed yet.
    fn add_event(&mut self, row: &UnbilledRecord) {
        let line = row.line.as_deref().and_then(|line| self.file.line(line));
        self.lines.push(DraftLine {
            kind: PaperLineKind::Item,
            line: row.line.clone(),
            number: line.map(|line| line.record.number.clone()),
            name: row.name.clone().unwrap_or_else(|| "Service".to_owned()),
            period: None,
            share: None,
            usage: None,
            included: None,
            exact: Amount::from_micros(row.amount.unwrap_or_default()),
            taxed: self.net_at(Instant::clamped(row.created_at)),
        });
    }

    /// Messages to agents are on the account already, and their tax is in their prices: a line for each agent and rate.
    fn add_messages(&mut self, messages: &[&UnbilledRecord]) -> Result<(), BillingError> {
        let mut sums: BTreeMap<(&str, Instant), (u32, Amount, Amount)> = BTreeMap::new();
        for row in messages {
            self.waited.push(row.id.clone());
            let tax = Amount::from_micros(row.tax.unwrap_or_default());
            let rate = self.terms.settings.tax_rates.in_force(Instant::clamped(row.created_at));
            let since = rate.filter(|_| !tax.is_zero()).map_or(Instant::clamped(i64::MIN), |rate| rate.valid_from);
            let sum = sums.entry((row.name.as_deref().unwrap_or("Messages"), since)).or_default();
            let amount = Amount::from_micros(row.amount.unwrap_or_default());
            *sum = (sum.0 + 1, sum.1.plus(amount)?, sum.2.plus(tax)?);
        }
        for ((name, since), (count, exact, tax)) in sums {
            let rate = self.terms.settings.tax_rates.in_force(since).filter(|_| !tax.is_zero());
            self.lines.push(DraftLine {
                kind: PaperLineKind::Item,
                line: None,
                number: None,
                name: format!("{name} ({count})"),
                period: None,
                share: None,
                usage: None,
                included: None,
                exact,
                taxed: rate.map_or(Taxed::Not, |rate| Taxed::Included { rate, tax }),
            });
        }
        Ok(())
    }

    /// A debit is money already: it is not taxed.
    fn add_debit(&mut self, row: &UnbilledRecord, amount: Amount) {
        self.lines.push(DraftLine {
            kind: PaperLineKind::Credit,
            line: None,
            number: None,
            name: row.name.clone().unwrap_or_else(|| "Adjustment".to_owned()),
            period: None,
            share: None,
            usage: None,
            included: None,
            exact: amount,
            taxed: Taxed::Not,
        });
    }

    fn net(&self, rate: &'a TaxRate) -> Taxed<'a> {
        match self.file.customer.details.tax_rule.text() {
            None => Taxed::Net(rate),
            Some(_) => Taxed::Not,
        }
    }

    /// Net, at the rate in force at the instant.
    fn net_at(&self, at: Instant) -> Taxed<'a> {
        self.terms.settings.tax_rates.in_force(at).map_or(Taxed::Not, |rate| self.net(rate))
    }

    /// Net, at the rate in force just before the instant: a period's fee is taxed as its last day is.
    fn net_before(&self, ends_at: Instant) -> Taxed<'a> {
        self.net_at(ends_at.plus_millis(-1).unwrap_or(ends_at))
    }

    fn composed(mut self, line: Option<&str>, rows: &[&BillingRecord]) -> Result<Composed, BillingError> {
        let of_periods: Vec<Period> = rows.iter().map(|row| period_of(row)).collect::<Result<_, _>>()?;
        let from = of_periods.iter().map(|period| period.from()).min();
        let to = of_periods.iter().map(|period| period.to()).max();
        let (Some(from), Some(to)) = (from, to) else { return Err(BillingError::Unreadable("period".to_owned())) };
        let starts_at = rows.iter().map(|row| row.starts_at).min().unwrap_or_default();
        let ends_at = rows.iter().map(|row| row.ends_at).max().unwrap_or_default();
        // What was cut short by the closing of the last line ends with that day.
        let last_moment = Instant::clamped(ends_at.saturating_sub(1));
        let last_day = self.terms.settings.time_zone.date(last_moment).max(from);
        let to = last_day.tomorrow().map_or(to, |day_after| day_after.min(to));
        // A line that is billed from later on than others says so.
        for row in rows.iter().filter(|row| row.starts_at > starts_at) {
            let period = period_of(row)?;
            for place in self.usage_of.get(&(PaperLineKind::Usage, &row.line)).into_iter().flatten() {
                self.lines[*place].period = Some(period);
            }
        }
        // The customer's own things last, each line's together, in the order of kinds.
        self.lines.sort_by(|a, b| {
            let key = |line: &DraftLine<'_>| (line.number.is_none(), line.number.clone(), line.kind);
            key(a).cmp(&key(b))
        });
        Ok(Composed {
            line: line.map(str::to_owned),
            period: Period::new(from, to)?,
            starts_at: Instant::clamped(starts_at),
            ends_at: Instant::clamped(ends_at),
            bill: bill(self.file.customer.currency, self.lines)?,
            fees: self.fees,
            usage: self.usage,
            items: self.items,
            waited: self.waited,
            late_of: self.late_of,
        })
    }
}

/// The period of a line that fees are shared out over.
pub(super) struct Billed<'a> {
    pub(super) period: Period,
    pub(super) full: Period,
    pub(super) line: Option<&'a LineFile>,
}

impl Billed<'_> {
    /// The days of the period that belong to a subscription: the day of a change is the next one's.
    fn part(&self, subscription: &Subscription, zone: &Zone) -> Option<Period> {
        let from = zone.date(subscription.from).max(self.period.from());
        let to = subscription.to.map_or(self.period.to(), |to| zone.date(to).min(self.period.to()));
        Period::new(from, to).ok()
    }

    /// What the subscriptions pay for the period.
    pub(super) fn fees(
        &self,
        settings: &Settings,
        currency: domain::money::Currency,
        subscriptions: &[Subscription],
    ) -> Result<Vec<FeeLine>, BillingError> {
        let suspensions = self.suspensions();
        let input = self.input(settings, currency, subscriptions, &suspensions);
        Ok(prorate(&input).map_err(|error| self.failed(error))?.lines)
    }

    /// The seconds of included minutes that the line has for the period, if its plans include any.
    fn included(&self, terms: &Terms<'_>, line: &LineFile) -> Result<Option<i64>, BillingError> {
        let Some((subscriptions, minutes)) = line.included(terms.catalogue) else { return Ok(None) };
        let suspensions = self.suspensions();
        let input = self.input(terms.settings, terms.settings.currency, &subscriptions, &suspensions);
        let seconds = included_seconds(&input, &minutes).map_err(|error| self.failed(error))?;
        Ok(Some(seconds).filter(|seconds| *seconds > 0))
    }

    fn suspensions(&self) -> Vec<Suspension> {
        self.line.map(LineFile::suspended).unwrap_or_default()
    }

    fn input<'i>(
        &self,
        settings: &'i Settings,
        currency: domain::money::Currency,
        subscriptions: &'i [Subscription],
        suspensions: &'i [Suspension],
    ) -> FeeInput<'i> {
        FeeInput {
            zone: &settings.time_zone,
            currency,
            proration: settings.billing.proration,
            period: self.period,
            full_period: self.full,
            subscriptions,
            suspensions,
            fee_while_suspended: settings.billing.fee_while_suspended,
        }
    }

    fn failed(&self, error: FeesError) -> BillingError {
        BillingError::Fees { number: self.line.map_or(String::new(), |line| line.record.number.clone()), error }
    }
}

fn positive(subscriptions: &[Subscription]) -> Result<Vec<Subscription>, BillingError> {
    subscriptions
        .iter()
        .map(|subscription| {
            let fee = subscription.monthly_fee;
            let monthly_fee = if fee.is_negative() { fee.negated()? } else { fee };
            Ok(Subscription { monthly_fee, ..subscription.clone() })
        })
        .collect()
}

/// The part of a full fee's time that is paid for; none for the whole.
pub(super) fn share(fee: &FeeLine, proration: Proration) -> Option<Share> {
    (fee.share != fee.of).then_some(match proration {
        Proration::Day => Share { part: fee.share, of: fee.of, unit: ShareUnit::Days },
        Proration::Second => Share { part: fee.share / 1000, of: fee.of / 1000, unit: ShareUnit::Seconds },
    })
}

fn merge(known: &mut DraftLine<'_>, more: Usage, more_tax: Amount) -> Result<(), BillingError> {
    known.exact = known.exact.plus(more.exact)?;
    if let Taxed::Included { tax, .. } = &mut known.taxed {
        *tax = tax.plus(more_tax)?;
    }
    if let Some(usage) = &mut known.usage {
        *usage = Usage {
            calls: usage.calls + more.calls,
            seconds: usage.seconds + more.seconds,
            exact: usage.exact.plus(more.exact)?,
        };
    }
    Ok(())
}
