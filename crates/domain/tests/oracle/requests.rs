//! Random requests for quotes: rates of all forms, periods and calls around the hours at which something changes.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Zones with an instant near which something happens: clocks change, a day is missing, a day or week begins.
const MOMENTS: [(&str, &str); 14] = [
    ("UTC", "2026-02-28T23:59:00Z"),
    ("UTC", "2024-12-31T23:00:00Z"),
    ("America/Toronto", "2024-03-10T07:00:00Z"),
    ("America/Toronto", "2024-11-03T06:00:00Z"),
    ("America/Toronto", "2025-06-23T04:00:00Z"),
    ("Europe/London", "2025-03-30T01:00:00Z"),
    ("Europe/London", "2025-10-26T01:00:00Z"),
    ("Australia/Lord_Howe", "2025-10-04T15:30:00Z"),
    ("Australia/Lord_Howe", "2025-04-05T15:00:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("Pacific/Apia", "2021-04-03T14:00:00Z"),
    ("Pacific/Apia", "2024-02-10T10:00:00Z"),
    ("Asia/Kolkata", "2025-11-14T18:30:00Z"),
    ("Asia/Kolkata", "2023-05-31T12:00:00Z"),
];

fn price() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec!["0", "0.01", "0.05", "0.1", "1", "2.50", "3.999999"]).prop_map(str::to_owned),
        (0..3_000_000_u32).prop_map(|micros| format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)),
    ]
}

fn steps() -> impl Strategy<Value = Value> {
    let step = (1..150_i64, price(), select(vec![1, 7, 10, 30, 60]), select(vec![1, 6, 7, 13, 30, 45, 60]));
    vec(step, 1..4).prop_map(|steps| {
        let mut from = 0;
        let mut documents = Vec::new();
        for (position, (gap, price, per_seconds, increment_seconds)) in steps.into_iter().enumerate() {
            from += if position == 0 { 0 } else { gap };
            documents.push(json!({"from_seconds": from, "price": price, "per_seconds": per_seconds,
                                  "increment_seconds": increment_seconds}));
        }
        json!({"steps": documents})
    })
}

/// A rate in the long or the short form, with any of the other fields.
pub(crate) fn rate() -> impl Strategy<Value = Value> {
    let short = (price(), option::of(select(vec![1, 6, 10, 30, 60]))).prop_map(|(price, increment)| {
        let mut rate = json!({"price_per_minute": price});
        if let Some(seconds) = increment {
            rate["increment_seconds"] = seconds.into();
        }
        rate
    });
    let modes = select(vec!["half_up", "half_even", "up", "down"]);
    let limits = (option::of(price()), option::of(0..90_u32), option::of(price()), option::of(price()));
    let end = (option::of(select(vec!["free", "disconnect"])), option::of((0..=6_u32, modes)));
    (prop_oneof![short, steps()], limits, end).prop_map(|(mut rate, limits, (on_maximum, rounding))| {
        let (connect_fee, free_below, minimum, maximum) = limits;
        let mut put = |field: &str, value: Option<Value>| {
            if let Some(value) = value {
                rate[field] = value;
            }
        };
        put("connect_fee", connect_fee.map(Value::from));
        put("free_below_seconds", free_below.map(Value::from));
        put("minimum_charge", minimum.map(Value::from));
        put("maximum_charge", maximum.map(|text| Value::from(format!("1{text}"))));
        put("on_maximum", on_maximum.map(Value::from));
        put("rounding", rounding.map(|(decimals, mode)| json!({"decimals": decimals, "mode": mode})));
        rate
    })
}

/// Periods whose edges are near the minute of the day, or at midnight.
fn periods(minute: i64) -> impl Strategy<Value = Vec<Value>> {
    let edge = prop_oneof![3 => (-90..180_i64).prop_map(move |away| (minute + away).rem_euclid(1440)), 1 => Just(0),
                           1 => 0..1440_i64];
    let day = select(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun", "every", "every", "holiday", "holiday"]);
    let charges = prop_oneof![2 => price().prop_map(|price| json!({"price_per_minute": price})),
                              1 => rate().prop_map(|rate| json!({"rate": rate}))];
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    let period = (day, edge.clone(), edge, charges).prop_map(move |(day, start, end, mut period)| {
        period["day"] = day.into();
        period["start"] = clock(start).into();
        period["end"] = clock(if end == 0 { 1440 } else { end }).into();
        period
    });
    vec(period, 0..5)
}

fn local(zone: &str, millis: i64) -> DateTime {
    Timestamp::from_millisecond(millis).unwrap().to_zoned(TimeZone::get(zone).unwrap()).datetime()
}

fn plan(zone: &'static str, at: i64) -> impl Strategy<Value = Value> {
    let local = local(zone, at);
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let kind = select(vec!["postpaid", "postpaid", "prepaid", "fixed"]);
    let unlisted = select(vec!["plan", "plan", "refuse"]);
    let holidays = prop_oneof![4 => Just(Value::Null), 1 => Just(json!([local.date().to_string()]))];
    let own = (option::weighted(0.9, rate()), any::<bool>());
    (own, periods(minute), kind, unlisted, holidays).prop_map(
        move |((rate, names_zone), periods, kind, unlisted, holidays)| {
            json!({"currency": "USD", "kind": kind, "rate": rate, "discount_periods": periods, "unlisted": unlisted,
               "time_zone": names_zone.then_some(zone), "holidays": holidays})
        },
    )
}

fn deck() -> impl Strategy<Value = Vec<Value>> {
    let prefix = select(vec!["4", "44", "441", "4416", "441632960001", "49", "1"]);
    vec((prefix, rate(), any::<bool>()), 0..4).prop_map(|entries| {
        let mut deck: Vec<Value> = Vec::new();
        for (prefix, rate, included) in entries {
            if deck.iter().all(|entry| entry["prefix"] != prefix) {
                deck.push(json!({"prefix": prefix, "rate": rate, "included": included}));
            }
        }
        deck
    })
}

fn grants(at: i64) -> impl Strategy<Value = Vec<Value>> {
    let stamp = |millis: i64| Timestamp::from_millisecond(millis).unwrap().to_string();
    let agent = select(vec![None, Some("a1"), Some("a1"), Some("a2")]);
    let moment = select(vec![-86_400_000, -86_400_000, -60_000, -1, 0, 1, 60_000]);
    vec((agent, moment.clone(), option::of(moment), 0..90_i64), 0..5).prop_map(move |grants| {
        let mut documents = Vec::new();
        for (number, (agent, granted, expires, seconds)) in grants.into_iter().enumerate() {
            documents.push(json!({"id": format!("g{number}"), "agent": agent, "granted_at": stamp(at + granted),
                                  "expires_at": expires.map(|away| stamp(at + away)), "seconds": seconds}));
        }
        documents
    })
}

/// A request without its duration or balance, for calls that are answered up to 2 h around a moment; three of four without an
/// agent.
pub(crate) fn request() -> impl Strategy<Value = Value> {
    (select(MOMENTS.to_vec()), -7200..7200_i64, select(vec![0, 0, 1, 500, 999]))
        .prop_flat_map(|((zone, moment), seconds, millis)| {
            let at = moment.parse::<Timestamp>().unwrap().as_millisecond() + seconds * 1000 + millis;
            let agent = option::weighted(0.25, (rate(), 0..=1000_i64));
            let order = select(vec!["oldest_first", "expiring_first"]);
            let to = select(vec!["441632960001", "4916", "0002", ""]);
            let holidays = vec(-1..=1_i64, 0..3);
            (Just((zone, at)), plan(zone, at), (deck(), to), agent, (grants(at), order), holidays)
        })
        .prop_map(|((zone, at), plan, (deck, to), agent, (grants, order), holidays)| {
            let date = |away: i64| local(zone, at + away * 86_400_000).date().to_string();
            let other_zone = if plan["time_zone"].is_null() { zone } else { "Asia/Tokyo" };
            json!({
                "id": "p", "time_zone": other_zone, "plan": plan, "deck": deck,
                "holidays": holidays.into_iter().map(date).collect::<Vec<_>>(),
                "agent": agent.map(|(rate, share)| json!({"id": "a1", "rate": rate, "share": share})),
                "allowances": grants, "allowance_order": order,
                "call": {"to": to, "answered_at": Timestamp::from_millisecond(at).unwrap().to_string()},
            })
        })
}
