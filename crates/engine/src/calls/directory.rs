use std::collections::{HashMap, HashSet};

use domain::billing::full_period;
use domain::dial_plan::{Destination, Number};
use domain::fees::{FeeInput, Subscription, Suspension, included_seconds};
use domain::money::{Amount, Currency};
use domain::period::{BillingDay, Period};
use domain::tax::TaxRule;
use domain::time::Instant;
use storage::billing::BillingRecord;
use storage::customers::CustomerRecord;
use storage::decks::DeckVersionRecord;
use storage::lines::{LinePlanRecord, LineRecord};

use super::{CallError, FinishedCall, Payer};
use crate::lines;
use crate::plans::in_force;
use crate::tenants::{self, Tenant};
use crate::{Scope, billing, customers, prices};

/// Who has which line, and at which prices, in memory: what is needed to find the payer of calls and their terms.
#[derive(Debug)]
pub struct Directory {
    pub(crate) tenant: Tenant,
    customers: HashMap<String, Payee>,
    /// From external reference to id.
    by_reference: HashMap<String, String>,
    lines: HashMap<String, HeldLine>,
    /// From number to the ids of the lines that have or had it, the oldest first.
    by_number: HashMap<String, Vec<String>>,
    /// From customer to the ids of its lines, the oldest first.
    by_customer: HashMap<String, Vec<String>>,
    /// From plan to its versions, the first first.
    plans: HashMap<String, Vec<Version>>,
    /// From deck to its versions, the first first.
    decks: HashMap<String, Vec<Version>>,
    /// From plan version to the minutes that its fee includes: those of the lines' plans that include any.
    included_minutes: HashMap<String, u32>,
    /// The running periods of lines, where plans include minutes.
    running: HashMap<String, BillingRecord>,
    /// When lines were suspended, where plans include minutes.
    suspensions: HashMap<String, Vec<Suspension>>,
}

/// What a customer's calls need to know of it.
#[derive(Debug)]
pub(crate) struct Payee {
    pub(crate) prepaid: bool,
    pub(crate) currency: Currency,
    pub(crate) tax_rule: TaxRule,
    billing_day: Option<BillingDay>,
    /// What it may spend on calls in a day, where that is its own.
    pub(crate) spend_per_day: Option<Amount>,
}

#[derive(Debug)]
pub(crate) struct HeldLine {
    pub(crate) id: String,
    number: String,
    pub(crate) customer: String,
    opened_at: Instant,
    closed_at: Option<Instant>,
    /// How many calls it may have at once, where that is its own.
    pub(crate) calls_at_once: Option<u32>,
    /// Whether it is known to be suspended; only of lines that were looked up by payers.
    pub(crate) suspended: bool,
    /// The plans that it has had, the first first.
    plans: Vec<(Instant, String)>,
}

#[derive(Debug)]
struct Version {
    effective_at: Instant,
    id: String,
}

/// A number of a call: in canonical form, where it could be read.
pub(crate) struct CallNumber {
    /// The canonical form, else what was given.
    pub(crate) text: String,
    /// What deck prefixes are compared with; empty, where the number could not be read.
    pub(crate) digits: String,
    /// Whether calls to it are free.
    pub(crate) free: bool,
}

impl Directory {
    /// Every customer, line and plan of the tenant: for many calls at once.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn whole(scope: &mut impl Scope) -> Result<Directory, CallError> {
        let mut directory = Directory::of_prices(scope).await?;
        let tenant = scope.tenant();
        for customer in storage::customers::all(scope.tx(), tenant).await? {
            directory.add_customer(&customer)?;
        }
        let mut plans: HashMap<String, Vec<LinePlanRecord>> = HashMap::new();
        for plan in storage::lines::all_plans(scope.tx(), tenant).await? {
            plans.entry(plan.line.clone()).or_default().push(plan);
        }
        for line in storage::lines::all(scope.tx(), tenant).await? {
            let plans = plans.remove(&line.id).unwrap_or_default();
            directory.add_line(line, plans);
        }
        directory.find_included_minutes(scope).await?;
        Ok(directory)
    }

    /// What these calls need: for a few, however many lines the tenant has.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn for_calls(scope: &mut impl Scope, calls: &[FinishedCall]) -> Result<Directory, CallError> {
        let mut directory = Directory::of_prices(scope).await?;
        directory.add_payers(scope, calls.iter().map(|call| &call.payer).collect()).await?;
        directory.find_included_minutes(scope).await?;
        Ok(directory)
    }

    /// What calls of these payers need that begin now: no other prices than those of their lines, however many the tenant has.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn for_payers(
        scope: &mut impl Scope,
        tenant: Tenant,
        payers: HashSet<&Payer>,
    ) -> Result<Directory, CallError> {
        let mut directory = Directory::empty(tenant);
        directory.add_payers(scope, payers).await?;
        let number = directory.tenant.tenant;
        let ids: Vec<&str> = directory.lines.keys().map(String::as_str).collect();
        for line in storage::suspensions::suspended_among(scope.tx(), number, &ids).await? {
            if let Some(line) = directory.lines.get_mut(&line) {
                line.suspended = true;
            }
        }
        let plans: HashSet<&str> =
            directory.lines.values().flat_map(|line| &line.plans).map(|(_, plan)| plan.as_str()).collect();
        let plans: Vec<&str> = plans.into_iter().collect();
        let versions = storage::plans::effective_versions_of(scope.tx(), number, &plans).await?;
        directory.add_plan_versions(versions);
        let mut decks = HashSet::new();
        for version in directory.versions_of_lines() {
            decks.extend(prices::plan(scope, &directory.tenant, &version).await?.plan.deck.clone());
        }
        for deck in decks {
            let versions = storage::decks::versions(scope.tx(), number, Some(&deck)).await?;
            directory.add_deck_versions(versions);
        }
        directory.find_included_minutes(scope).await?;
        Ok(directory)
    }

    /// Adds the lines among which those of these payers are, and their customers.
    async fn add_payers(&mut self, scope: &mut impl Scope, payers: HashSet<&Payer>) -> Result<(), CallError> {
        let tenant = scope.tenant();
        let (mut ids, mut numbers, mut lines) = (Vec::new(), HashSet::new(), Vec::new());
        for payer in payers {
            match payer {
                Payer::Line(id) => ids.push(id.as_str()),
                Payer::Number(number) => {
                    numbers.insert(self.number(number).text);
                }
                Payer::Account(code) => match storage::customers::by_reference(scope.tx(), tenant, code).await? {
                    Some(customer) => {
                        self.add_customer(&customer)?;
                        lines.extend(storage::lines::of_customer(scope.tx(), tenant, &customer.id).await?);
                    }
                    None => {
                        numbers.insert(self.number(code).text);
                    }
                },
            }
        }
        if !ids.is_empty() {
            lines.extend(storage::lines::some(scope.tx(), tenant, &ids).await?);
        }
        if !numbers.is_empty() {
            let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
            lines.extend(storage::lines::by_numbers(scope.tx(), tenant, &numbers).await?);
        }
        lines.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
        lines.dedup_by(|a, b| a.id == b.id);
        let customers: HashSet<&str> = lines.iter().map(|line| line.customer.as_str()).collect();
        let customers: Vec<&str> = customers.into_iter().filter(|id| !self.customers.contains_key(*id)).collect();
        for customer in storage::customers::some(scope.tx(), tenant, &customers).await? {
            self.add_customer(&customer)?;
        }
        let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
        let mut plans: HashMap<String, Vec<LinePlanRecord>> = HashMap::new();
        for plan in storage::lines::plans_of_lines(scope.tx(), tenant, &ids).await? {
            plans.entry(plan.line.clone()).or_default().push(plan);
        }
        for line in lines {
            let plans = plans.remove(&line.id).unwrap_or_default();
            self.add_line(line, plans);
        }
        Ok(())
    }

    /// The tenant and the versions of its plans and decks.
    async fn of_prices(scope: &mut impl Scope) -> Result<Directory, CallError> {
        let mut directory = Directory::empty(tenants::get(scope).await?);
        let number = directory.tenant.tenant;
        let versions = storage::plans::effective_versions(scope.tx(), number).await?;
        directory.add_plan_versions(versions);
        let versions = storage::decks::versions(scope.tx(), number, None).await?;
        directory.add_deck_versions(versions);
        Ok(directory)
    }

    fn empty(tenant: Tenant) -> Directory {
        Directory {
            tenant,
            customers: HashMap::new(),
            by_reference: HashMap::new(),
            lines: HashMap::new(),
            by_number: HashMap::new(),
            by_customer: HashMap::new(),
            plans: HashMap::new(),
            decks: HashMap::new(),
            included_minutes: HashMap::new(),
            running: HashMap::new(),
            suspensions: HashMap::new(),
        }
    }

    /// Plan, instant and id of versions, the first of a plan first.
    fn add_plan_versions(&mut self, versions: Vec<(String, i64, String)>) {
        for (plan, effective_at, id) in versions {
            let version = Version { effective_at: Instant::clamped(effective_at), id };
            self.plans.entry(plan).or_default().push(version);
        }
    }

    fn add_deck_versions(&mut self, versions: Vec<DeckVersionRecord>) {
        for record in versions {
            let version = Version { effective_at: Instant::clamped(record.effective_at), id: record.id };
            self.decks.entry(record.deck).or_default().push(version);
        }
    }

    fn add_customer(&mut self, record: &CustomerRecord) -> Result<(), CallError> {
        let customer = customers::Customer::of(record.clone()).map_err(|error| match error {
            customers::CustomerError::Storage(error) => CallError::Storage(error),
            other => CallError::Invalid(domain::invalid::Invalid::at("", other.to_string())),
        })?;
        if let Some(reference) = customer.external_reference {
            self.by_reference.insert(reference, customer.id.clone());
        }
        let payee = Payee {
            prepaid: customer.mode == customers::Mode::Prepaid,
            currency: customer.currency,
            tax_rule: customer.details.tax_rule,
            billing_day: customer.details.billing_day,
            spend_per_day: customer.details.spend_per_day,
        };
        self.customers.insert(customer.id, payee);
        Ok(())
    }

    fn add_line(&mut self, record: LineRecord, plans: Vec<LinePlanRecord>) {
        self.by_number.entry(record.number.clone()).or_default().push(record.id.clone());
        self.by_customer.entry(record.customer.clone()).or_default().push(record.id.clone());
        let plans = plans.into_iter().map(|plan| (Instant::clamped(plan.from_at), plan.plan)).collect();
        let line = HeldLine {
            id: record.id.clone(),
            number: record.number,
            customer: record.customer,
            opened_at: Instant::clamped(record.opened_at),
            closed_at: record.closed_at.map(Instant::clamped),
            calls_at_once: lines::Details::read(&record.details).calls_at_once,
            suspended: false,
            plans,
        };
        self.lines.insert(record.id, line);
    }

    /// Looks at every version of the lines' plans: in memory, once somebody has asked for it. Where one includes minutes, their
    /// lines' running periods and suspensions are needed too.
    async fn find_included_minutes(&mut self, scope: &mut impl Scope) -> Result<(), CallError> {
        for version in self.versions_of_lines() {
            let minutes = prices::plan(scope, &self.tenant, &version).await?.plan.included_minutes;
            if minutes > 0 {
                self.included_minutes.insert(version, minutes);
            }
        }
        if self.included_minutes.is_empty() {
            return Ok(());
        }
        let tenant = scope.tenant();
        let lines: Vec<&str> = self.lines.keys().map(String::as_str).collect();
        let suspensions = storage::suspensions::of_lines(scope.tx(), tenant, &lines).await?;
        let running = storage::billing::of_lines(scope.tx(), tenant, &lines).await?;
        for row in suspensions {
            let suspension = Suspension { from: Instant::clamped(row.from_at), to: row.to_at.map(Instant::clamped) };
            self.suspensions.entry(row.line).or_default().push(suspension);
        }
        self.running.extend(running.into_iter().map(|row| (row.line.clone(), row)));
        Ok(())
    }

    /// Every version of the plans that lines have had.
    fn versions_of_lines(&self) -> Vec<String> {
        let plans: HashSet<&str> =
            self.lines.values().flat_map(|line| &line.plans).map(|(_, plan)| plan.as_str()).collect();
        let versions = plans.into_iter().filter_map(|plan| self.plans.get(plan)).flatten();
        versions.map(|version| version.id.clone()).collect()
    }

    /// A number as the dial plan reads it.
    pub(crate) fn number(&self, dialled: &str) -> CallNumber {
        let dial_plan = &self.tenant.settings.dial_plan;
        match dial_plan.canonical(dialled) {
            Ok(number) => CallNumber {
                free: dial_plan.destination(&number) != Destination::Ordinary,
                digits: Number::digits(&number).to_owned(),
                text: number.to_string(),
            },
            Err(_) => CallNumber { text: dialled.trim().to_owned(), digits: String::new(), free: false },
        }
    }

    /// Whether the payer of a call is known.
    #[must_use]
    pub fn knows_payer(&self, call: &FinishedCall) -> bool {
        self.payer(call).is_some()
    }

    /// The line that pays for a call, as it was held when the call was answered (or, unanswered, ended).
    pub(super) fn payer(&self, call: &FinishedCall) -> Option<&HeldLine> {
        self.payer_at(&call.payer, &call.from, call.answered_at.unwrap_or(call.ended_at))
    }

    /// The line that pays for a call from a number, as it is held at the instant.
    pub(crate) fn payer_at(&self, payer: &Payer, from: &str, at: Instant) -> Option<&HeldLine> {
        match payer {
            Payer::Line(id) => self.lines.get(id),
            Payer::Number(number) => self.holder(&self.number(number).text, at),
            Payer::Account(code) => match self.by_reference.get(code) {
                Some(customer) => self.line_of(customer, &self.number(from).text, at),
                None => self.holder(&self.number(code).text, at),
            },
        }
    }

    fn holder(&self, number: &str, at: Instant) -> Option<&HeldLine> {
        let lines = self.by_number.get(number)?.iter().filter_map(|id| self.lines.get(id));
        lines.rev().find(|line| line.is_held(at))
    }

    /// The customer's line with this number, else its oldest one that was open.
    fn line_of(&self, customer: &str, number: &str, at: Instant) -> Option<&HeldLine> {
        let lines = || self.by_customer.get(customer).into_iter().flatten().filter_map(|id| self.lines.get(id));
        let open = || lines().filter(|line| line.is_held(at));
        open().find(|line| line.number == number).or_else(|| open().next())
    }

    pub(crate) fn payee(&self, line: &HeldLine) -> Option<&Payee> {
        self.customers.get(&line.customer)
    }

    /// The line of this id.
    pub(super) fn line(&self, id: &str) -> Option<&HeldLine> {
        self.lines.get(id)
    }

    /// The period of a line in which a call that ended at the instant is billed; none beyond the years of periods. It is the running
    /// one, else the one that the billing day makes.
    pub(crate) fn period(&self, line: &HeldLine, ended_at: Instant) -> Option<Period> {
        let settings = &self.tenant.settings;
        let billing_day = self.billing_day(line);
        let running =
            self.running.get(&line.id).filter(|row| (row.starts_at..row.ends_at).contains(&ended_at.millis()));
        if let Some(row) = running
            && let (Ok(from), Ok(to)) = (row.from_day.parse(), row.to_day.parse())
        {
            return Period::new(from, to).ok();
        }
        let zone = &settings.time_zone;
        let period = Period::containing_instant(ended_at, zone, billing_day).ok()?;
        // The first period begins when the line does: a late call of it finds what the others have used.
        let opened_on = zone.date(line.opened_at);
        if (period.from()..period.to()).contains(&opened_on) {
            Period::new(opened_on, period.to()).ok()
        } else {
            Some(period)
        }
    }

    fn billing_day(&self, line: &HeldLine) -> BillingDay {
        let of_customer = self.payee(line).and_then(|payee| payee.billing_day);
        billing::billing_day(&self.tenant.settings, of_customer, line.opened_at)
    }

    /// Whether the plan of any line includes minutes, or did or will.
    pub(crate) fn has_included_minutes(&self) -> bool {
        !self.included_minutes.is_empty()
    }

    /// The seconds of included minutes that a line has for a period, by all that is known of its plans: the last one goes on.
    pub(crate) fn included_seconds(&self, line: &HeldLine, period: Period) -> i64 {
        let mut subscriptions = Vec::new();
        let mut minutes = Vec::new();
        for (version, from, to) in self.subscriptions(line) {
            subscriptions.push(Subscription { name: String::new(), monthly_fee: Amount::ZERO, from, to });
            minutes.push(self.included_minutes.get(version).copied().unwrap_or(0));
        }
        if minutes.iter().all(|minutes| *minutes == 0) {
            return 0;
        }
        let settings = &self.tenant.settings;
        let input = FeeInput {
            zone: &settings.time_zone,
            currency: settings.currency,
            proration: settings.billing.proration,
            period,
            full_period: full_period(period, self.billing_day(line)).unwrap_or(period),
            subscriptions: &subscriptions,
            suspensions: self.suspensions.get(&line.id).map_or(&[], Vec::as_slice),
            fee_while_suspended: settings.billing.fee_while_suspended,
        };
        // The subscriptions follow each other, and their minutes are far within the range: it never fails.
        included_seconds(&input, &minutes).unwrap_or(0)
    }

    /// The plan versions of a line, from when until when: each plan up to the next one or the closing, and each version of it up
    /// to the next version.
    fn subscriptions<'a>(&'a self, line: &'a HeldLine) -> Vec<(&'a str, Instant, Option<Instant>)> {
        let mut subscriptions = Vec::new();
        for (position, (from, plan)) in line.plans.iter().enumerate() {
            let next = line.plans.get(position + 1).map(|(from, _)| *from);
            let to = next.into_iter().chain(line.closed_at).min();
            let begun = |at: Instant| at > *from && to.is_none_or(|to| at < to);
            let versions = self.plans.get(plan).into_iter().flatten().map(|version| version.effective_at);
            let mut changes: Vec<Instant> = versions.filter(|at| begun(*at)).collect();
            changes.sort();
            let ends = changes.iter().copied().map(Some).chain([to]);
            for (from, to) in std::iter::once(*from).chain(changes.iter().copied()).zip(ends) {
                // A plan that was to come is none where the line was closed before.
                if let Some(version) = self.version_of(plan, from).filter(|_| to.is_none_or(|to| from <= to)) {
                    subscriptions.push((version, from, to));
                }
            }
        }
        subscriptions
    }

    /// The plan version that prices a call of this line which started at the instant.
    pub(crate) fn plan_version(&self, line: &HeldLine, at: Instant) -> Option<&str> {
        let (_, plan) = in_force(&line.plans, |(from, _)| *from, at)?;
        self.version_of(plan, at)
    }

    /// The version of this plan that prices a call which started at the instant.
    pub(super) fn version_of(&self, plan: &str, at: Instant) -> Option<&str> {
        in_force(self.plans.get(plan)?, |version| version.effective_at, at).map(|version| version.id.as_str())
    }

    /// Whether the tenant has this plan version.
    pub(super) fn has_plan_version(&self, version: &str) -> bool {
        self.plans.values().flatten().any(|known| known.id == version)
    }

    /// The deck of this version.
    pub(super) fn deck_of(&self, version: &str) -> Option<&str> {
        let deck = self.decks.iter().find(|(_, versions)| versions.iter().any(|known| known.id == version));
        deck.map(|(deck, _)| deck.as_str())
    }

    /// The deck version that prices a call which started at the instant.
    pub(crate) fn deck_version(&self, deck: &str, at: Instant) -> Option<&str> {
        in_force(self.decks.get(deck)?, |version| version.effective_at, at).map(|version| version.id.as_str())
    }
}

impl HeldLine {
    /// Whether it is somebody's at the instant.
    pub(crate) fn is_held(&self, at: Instant) -> bool {
        self.opened_at <= at && self.closed_at.is_none_or(|closed_at| at < closed_at)
    }
}
