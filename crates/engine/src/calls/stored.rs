//! Calls as they are kept.

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use storage::calls::CallRecord;

use super::directory::Directory;
use super::price::{Rated, Unrated};
use super::{Call, CallError, CallState, Direction, Disposition, FinishedCall, Payer, Price};

impl FinishedCall {
    /// The record of this call, still without payer and price.
    pub(super) fn record(&self, directory: &Directory, id: String, now: Instant) -> CallRecord {
        let duration = self.answered_at.map(|answered_at| self.ended_at.millis_since(answered_at));
        CallRecord {
            id,
            origin: self.origin.clone(),
            state: "rated".to_owned(),
            direction: self.direction.name().to_owned(),
            from_number: directory.number(&self.from).text,
            to_number: directory.number(&self.to).text,
            agent: self.agent.clone(),
            account_code: self.account_code.clone(),
            link: self.link.clone(),
            started_at: self.started_at.map(Instant::millis),
            answered_at: self.answered_at.map(Instant::millis),
            ended_at: Some(self.ended_at.millis()),
            duration_ms: duration,
            disposition: Some(self.disposition.name().to_owned()),
            cause: self.cause.map(i64::from),
            recorded_at: now.millis(),
            version: 1,
            ..CallRecord::default()
        }
    }
}

/// What a call's record says of its price.
pub(super) trait Priced {
    /// Writes the price down.
    fn set_price(&mut self, price: &Price);
    /// Writes the price down, or that there is none yet.
    fn set_result(&mut self, result: &Result<Rated, Unrated>);
}

impl Priced for CallRecord {
    fn set_price(&mut self, price: &Price) {
        "rated".clone_into(&mut self.state);
        self.price_source = Some(price.source.clone());
        self.plan_version.clone_from(&price.plan_version);
        self.deck_version.clone_from(&price.deck_version);
        self.currency = Some(price.currency.code().to_owned());
        self.total = Some(price.total.micros());
        self.tax = Some(price.tax.micros());
        self.agent_part = Some(price.agent_part.micros());
        self.allowance_seconds = Some(price.allowance_seconds);
        self.charge = Some(price.charge.clone());
        self.unrated_reason = None;
    }

    fn set_result(&mut self, result: &Result<Rated, Unrated>) {
        match result {
            Ok(rated) => self.set_price(&rated.price),
            Err(reason) => {
                "unrated".clone_into(&mut self.state);
                self.unrated_reason = Some(reason.to_string());
            }
        }
    }
}

impl Call {
    pub(super) fn of(record: CallRecord) -> Result<Call, CallError> {
        let price = price_of(&record)?;
        Ok(Call {
            state: match record.state.as_str() {
                "open" => CallState::Open,
                "live" => CallState::Live,
                "unrated" => CallState::Unrated,
                _ => CallState::Rated,
            },
            direction: Direction::named(&record.direction).unwrap_or_default(),
            disposition: record.disposition.as_deref().and_then(Disposition::named),
            id: record.id,
            origin: record.origin,
            from: record.from_number,
            to: record.to_number,
            customer: record.customer,
            line: record.line,
            agent: record.agent,
            account_code: record.account_code,
            started_at: record.started_at.map(Instant::clamped),
            answered_at: record.answered_at.map(Instant::clamped),
            ended_at: record.ended_at.map(Instant::clamped),
            duration_ms: record.duration_ms,
            cause: record.cause,
            price,
            unrated_reason: record.unrated_reason,
            import: record.import,
            recorded_at: Instant::clamped(record.recorded_at),
            version: record.version,
        })
    }
}

pub(super) fn price_of(record: &CallRecord) -> Result<Option<Price>, CallError> {
    let (Some(total), Some(currency)) = (record.total, &record.currency) else { return Ok(None) };
    let micros = |amount: Option<i64>| Amount::from_micros(amount.unwrap_or(0));
    Ok(Some(Price {
        currency: Currency::parse(currency).map_err(|error| Invalid::at("/currency", error.to_string()))?,
        total: Amount::from_micros(total),
        tax: micros(record.tax),
        agent_part: micros(record.agent_part),
        allowance_seconds: record.allowance_seconds.unwrap_or(0),
        source: record.price_source.clone().unwrap_or_default(),
        plan_version: record.plan_version.clone(),
        deck_version: record.deck_version.clone(),
        charge: record.charge.clone().unwrap_or_default(),
    }))
}

impl FinishedCall {
    /// A call as it is on record.
    pub(super) fn of(record: &CallRecord) -> FinishedCall {
        let named = record.payer.as_deref().and_then(|payer| serde_json::from_str(payer).ok());
        let payer = named.unwrap_or_else(|| match (&record.line, &record.account_code) {
            (Some(line), _) => Payer::Line(line.clone()),
            (None, Some(code)) => Payer::Account(code.clone()),
            (None, None) => Payer::Number(record.from_number.clone()),
        });
        FinishedCall {
            origin: record.origin.clone(),
            payer,
            direction: Direction::named(&record.direction).unwrap_or_default(),
            from: record.from_number.clone(),
            to: record.to_number.clone(),
            agent: record.agent.clone(),
            account_code: record.account_code.clone(),
            link: record.link.clone(),
            started_at: record.started_at.map(Instant::clamped),
            answered_at: record.answered_at.map(Instant::clamped),
            ended_at: Instant::clamped(record.ended_at.unwrap_or(record.recorded_at)),
            disposition: record.disposition.as_deref().and_then(Disposition::named).unwrap_or(Disposition::Failed),
            cause: record.cause.and_then(|cause| u16::try_from(cause).ok()),
        }
    }
}

impl Payer {
    /// The payer as it is kept while nobody is known by it.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Direction {
    /// Every direction, with its name.
    pub const ALL: [(Direction, &'static str); 3] =
        [(Direction::Outbound, "outbound"), (Direction::Inbound, "inbound"), (Direction::Internal, "internal")];

    /// The direction's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(direction, _)| *direction == self).map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<Direction> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(direction, _)| *direction)
    }
}

impl Disposition {
    /// Every disposition, with its name.
    pub const ALL: [(Disposition, &'static str); 6] = [
        (Disposition::Answered, "answered"),
        (Disposition::Busy, "busy"),
        (Disposition::NoAnswer, "no_answer"),
        (Disposition::Refused, "refused"),
        (Disposition::Cancelled, "cancelled"),
        (Disposition::Failed, "failed"),
    ];

    /// The disposition's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(disposition, _)| *disposition == self).map_or("", |(_, name)| name)
    }

    /// The disposition of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Disposition> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(disposition, _)| *disposition)
    }
}
