//! A naive second opinion on quotes: increment by increment, each instant put on a civil calendar, sums as plain fractions. It
//! shares no code with what it judges, and is not made to be fast.

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;
use serde_json::Value;

/// A positive fraction of millionths.
#[derive(Clone, Copy)]
struct Fraction(i128, i128);

impl Fraction {
    fn plus(self, other: Fraction) -> Fraction {
        let (top, bottom) = (self.0 * other.1 + other.0 * self.1, self.1 * other.1);
        let (mut a, mut b) = (top, bottom);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Fraction(top / a.max(1), bottom / a.max(1))
    }

    fn rounded(self, decimals: u32, mode: &str) -> i128 {
        let unit = 10_i128.pow(6 - decimals) * self.1;
        let (below, rest) = (self.0 / unit, self.0 % unit);
        let up = match mode {
            "up" => rest > 0,
            "down" => false,
            "half_even" => 2 * rest > unit || (2 * rest == unit && below % 2 == 1),
            _ => 2 * rest >= unit,
        };
        (below + i128::from(up)) * 10_i128.pow(6 - decimals)
    }
}

/// The amount of a decimal string in millionths.
pub(crate) fn micros(text: &Value) -> i128 {
    let text = text.as_str().unwrap();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6}").parse().unwrap()
}

/// What one increment costs, and what made it cost that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Increment {
    pub(crate) offset: i64,
    pub(crate) seconds: i64,
    pub(crate) price: i128,
    pub(crate) per_seconds: i64,
}

/// The opinion on a call.
#[derive(Debug)]
pub(crate) enum Opinion {
    Refused(&'static str),
    Charged { total: i128, connect_fee: i128, increments: Vec<Increment>, grants: Vec<(String, i64)> },
}

/// A call of a request, with what prices it.
struct Case<'a> {
    request: &'a Value,
    rate: &'a Value,
    /// Whether discount periods touch it.
    windows: bool,
    covered: bool,
    agent: Option<&'a str>,
    answered_at: i64,
}

fn millis(text: &Value) -> i64 {
    text.as_str().unwrap().parse::<Timestamp>().unwrap().as_millisecond()
}

fn reason_or_case(request: &Value) -> Result<Case<'_>, &'static str> {
    let plan = &request["plan"];
    if overlap(&plan["discount_periods"]) {
        return Err("overlapping_periods");
    }
    let fixed = plan["kind"] == "fixed";
    let case = |rate, windows, agent| Case {
        request,
        rate,
        windows,
        covered: windows && fixed,
        agent,
        answered_at: millis(&request["call"]["answered_at"]),
    };
    if let Some(id) = request["agent"]["id"].as_str() {
        return Ok(case(&request["agent"]["rate"], false, Some(id)));
    }
    let number = request["call"]["to"].as_str().unwrap();
    let mut best: Option<&Value> = None;
    for entry in request["deck"].as_array().into_iter().flatten() {
        let prefix = entry["prefix"].as_str().unwrap();
        if number.starts_with(prefix) && best.is_none_or(|best| best["prefix"].as_str().unwrap().len() < prefix.len()) {
            best = Some(entry);
        }
    }
    match best {
        Some(entry) => Ok(case(&entry["rate"], entry["included"] == true, None)),
        None if plan["unlisted"] == "refuse" => Err("unlisted_destination"),
        None if plan["rate"].is_null() => Err("unrated"),
        None => Ok(case(&plan["rate"], true, None)),
    }
}

/// Minutes since midnight.
fn minute(text: &Value) -> i32 {
    let text = text.as_str().unwrap();
    text[..2].parse::<i32>().unwrap() * 60 + text[3..].parse::<i32>().unwrap()
}

/// Whether some minute is covered twice by the periods of one day key.
fn overlap(periods: &Value) -> bool {
    let mut seen = std::collections::HashSet::new();
    periods.as_array().into_iter().flatten().any(|period| {
        let (start, end) = (minute(&period["start"]), minute(&period["end"]));
        let day = period["day"].as_str().unwrap();
        let follows_itself = day == "every" || day == "holiday";
        let last = if end <= start { end + 1440 } else { end };
        let minutes = (start..last).map(|minute| if follows_itself { minute % 1440 } else { minute });
        minutes.filter(|minute| !seen.insert((day, *minute))).count() > 0
    })
}

impl<'a> Case<'a> {
    /// The discount period in force.
    fn period(&self, at: i64) -> Option<&'a Value> {
        let plan = &self.request["plan"];
        let zone = plan["time_zone"].as_str().or(self.request["time_zone"].as_str()).unwrap();
        let local = Timestamp::from_millisecond(at).unwrap().to_zoned(TimeZone::get(zone).unwrap()).datetime();
        let dates = if plan["holidays"].is_array() { &plan["holidays"] } else { &self.request["holidays"] };
        let free_day = |day: DateTime| dates.as_array().unwrap().iter().any(|date| *date == day.date().to_string());
        let (today, yesterday) = (local, local.yesterday().unwrap());
        // Day keys of the periods that may be in force, and whether they began yesterday; the strongest first.
        let mut ranks = vec![(weekday(today), false), (weekday(yesterday), true), ("every", false), ("every", true)];
        if free_day(yesterday) {
            ranks.insert(0, ("holiday", true));
        }
        if free_day(today) {
            ranks.insert(0, ("holiday", false));
        }
        let now = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let periods = plan["discount_periods"].as_array().unwrap();
        ranks.into_iter().find_map(|(day, began_yesterday)| {
            periods.iter().find(|period| {
                let (start, end) = (minute(&period["start"]), minute(&period["end"]));
                let into_next_day = end <= start;
                let inside = match (began_yesterday, into_next_day) {
                    (false, false) => start <= now && now < end,
                    (false, true) => start <= now,
                    (true, false) => false,
                    (true, true) => now < end,
                };
                period["day"] == day && inside
            })
        })
    }

    fn at_answer(&self) -> &'a Value {
        let period = if self.windows { self.period(self.answered_at) } else { None };
        period.map(|period| &period["rate"]).filter(|rate| rate.is_object()).unwrap_or(self.rate)
    }

    /// The increment that begins at an offset.
    fn increment(&self, offset: i64) -> Increment {
        let period = if self.windows { self.period(self.answered_at + offset * 1000) } else { None };
        let own_rate = period.map(|period| &period["rate"]).filter(|rate| rate.is_object());
        let rate = own_rate.unwrap_or(self.rate);
        let (mut price, mut per_seconds, seconds) = match rate["steps"].as_array() {
            None => (micros(&rate["price_per_minute"]), 60, rate["increment_seconds"].as_i64().unwrap_or(60)),
            Some(steps) => {
                let step = steps.iter().rfind(|step| step["from_seconds"].as_i64().unwrap() <= offset).unwrap();
                let seconds = |field: &str| step[field].as_i64().unwrap();
                (micros(&step["price"]), seconds("per_seconds"), seconds("increment_seconds"))
            }
        };
        if let Some(own) = period.filter(|_| own_rate.is_none()) {
            (price, per_seconds) = (micros(&own["price_per_minute"]), 60);
        }
        Increment { offset, seconds, price, per_seconds }
    }

    fn grants(&self) -> Vec<(i64, i64, usize, String, i64)> {
        let expiring = self.request["allowance_order"] == "expiring_first";
        let mut grants = Vec::new();
        for (position, grant) in self.request["allowances"].as_array().into_iter().flatten().enumerate() {
            let Some(agent) = self.agent else { break };
            let granted = millis(&grant["granted_at"]);
            let expires = if grant["expires_at"].is_null() { i64::MAX } else { millis(&grant["expires_at"]) };
            let for_agent = grant["agent"].is_null() || grant["agent"] == agent;
            if for_agent && granted <= self.answered_at && self.answered_at < expires && grant["seconds"] != 0 {
                let first = if expiring { expires } else { granted };
                let id = grant["id"].as_str().unwrap().to_owned();
                grants.push((first, granted, position, id, grant["seconds"].as_i64().unwrap()));
            }
        }
        grants.sort();
        grants
    }

    /// What is charged for increments, by the rate at the answer.
    fn due(&self, increments: &[Increment]) -> i128 {
        let rate = self.at_answer();
        let fee = if rate["connect_fee"].is_null() { 0 } else { micros(&rate["connect_fee"]) };
        let sum = increments.iter().fold(Fraction(fee, 1), |sum, increment| {
            sum.plus(Fraction(increment.price * i128::from(increment.seconds), i128::from(increment.per_seconds)))
        });
        let (decimals, mode) = match &rate["rounding"] {
            Value::Null => (4, "half_up"),
            rounding => (rounding["decimals"].to_string().parse().unwrap(), rounding["mode"].as_str().unwrap()),
        };
        let mut due = sum.rounded(decimals, mode);
        if !rate["minimum_charge"].is_null() {
            due = due.max(micros(&rate["minimum_charge"]));
        }
        if !rate["maximum_charge"].is_null() && rate["on_maximum"] != "disconnect" {
            due = due.min(micros(&rate["maximum_charge"]));
        }
        due
    }

    fn free_below(&self) -> i64 {
        self.at_answer()["free_below_seconds"].as_i64().unwrap_or(0)
    }

    /// The increments of a call that lasts so many seconds, with so many free ones.
    fn increments(&self, free: i64, seconds: i64) -> Vec<Increment> {
        let mut increments = Vec::new();
        let mut offset = free;
        while offset < seconds {
            let increment = self.increment(offset);
            offset += increment.seconds;
            increments.push(increment);
        }
        increments
    }
}

/// What a call costs that lasts so many milliseconds.
pub(crate) fn call(request: &Value, lasts: i64) -> Opinion {
    let case = match reason_or_case(request) {
        Ok(case) => case,
        Err(reason) => return Opinion::Refused(reason),
    };
    if lasts == 0 || case.covered || lasts < case.free_below() * 1000 {
        return Opinion::Charged { total: 0, connect_fee: 0, increments: vec![], grants: vec![] };
    }
    let seconds = (lasts + 999) / 1000;
    let mut free = 0;
    let mut used = Vec::new();
    for (_, _, _, id, left) in case.grants() {
        let taken = left.min(seconds - free);
        if taken > 0 {
            used.push((id, taken));
            free += taken;
        }
    }
    let increments = case.increments(free, seconds);
    let fee = &case.at_answer()["connect_fee"];
    let connect_fee = if fee.is_null() { 0 } else { micros(fee) };
    Opinion::Charged { total: case.due(&increments), connect_fee, increments, grants: used }
}

/// The opinion on an authorization: a reason for refusal, or the limit; none if it is `horizon` or more.
pub(crate) fn authorize(request: &Value, horizon: i64) -> Result<Option<i64>, &'static str> {
    let case = reason_or_case(request)?;
    let balance = request.get("balance").map(micros);
    let free: i64 = case.grants().iter().map(|grant| grant.4).sum();
    let first_second = if case.covered { 0 } else { case.due(&case.increments(free, 1)) };
    if balance.is_some_and(|balance| balance < first_second) {
        return Err("insufficient_balance");
    }
    if case.covered {
        return Ok(None);
    }
    let rate = case.at_answer();
    let ends_at_maximum = !rate["maximum_charge"].is_null() && rate["on_maximum"] == "disconnect";
    let maximum = if ends_at_maximum { Some(micros(&rate["maximum_charge"])) } else { None };
    let all = case.increments(free, horizon);
    let first_end = if free > 0 { free } else { all[0].seconds };
    let mut longest = 0;
    for seconds in 1..=horizon {
        let begun = all.iter().take_while(|increment| increment.offset < seconds).count();
        let total = if seconds < case.free_below() { 0 } else { case.due(&all[..begun]) };
        let below_maximum = maximum.is_none_or(|maximum| total <= maximum) || seconds <= first_end;
        if balance.is_none_or(|balance| total <= balance) && below_maximum {
            longest = seconds;
        }
    }
    Ok((longest < horizon).then_some(longest))
}

fn weekday(day: DateTime) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}
