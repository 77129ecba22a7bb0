//! What fuzzing feeds to the rules: it panics where they do, or where what they answer is not as it must be.

use domain::deck::Deck;
use domain::dial_plan::{DialPlan, Number};
use domain::plan::Plan;
use domain::quote;
use domain::rate::Rate;
use serde_json::Value;

/// An amount of an answer in millionths.
fn micros(amount: &Value) -> Option<i128> {
    let text = amount.as_str()?;
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    assert!(decimals.len() <= 6, "{text}");
    Some(sign * format!("{whole}{decimals:0<6}").parse::<i128>().ok()?)
}

/// Reads a document of a price, and answers a quote: what is answered has a price whose parts are the whole, and is answered so again.
pub(crate) fn rating(data: &[u8]) {
    let _ = (Rate::read(data), Plan::read(data), Deck::read(data));
    let answer = quote::answer(data);
    assert_eq!(answer, quote::answer(data));
    if !answer["error"].is_null() {
        assert!(answer["total"].is_null(), "{answer}");
        return;
    }
    let Some(total) = micros(&answer["total"]) else { return };
    if let (Some(agent), Some(tenant)) = (micros(&answer["split"]["agent"]), micros(&answer["split"]["tenant"])) {
        let tax = micros(&answer["split"]["tax"]).unwrap_or(0);
        assert_eq!(agent + tenant + tax, total, "{answer}");
    }
    if let Some(connect_fee) = micros(&answer["connect_fee"]) {
        assert!((0..=total.max(0)).contains(&connect_fee) || total < 0, "{answer}");
    }
    assert!(answer["billed_seconds"].as_i64().is_none_or(|seconds| seconds >= 0), "{answer}");
}

/// Reads the first line as a dial plan, and the others as numbers: a number that is read is one by its own text, with nothing but digits.
pub(crate) fn numbers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (first, dialled) = text.split_once('\n').unwrap_or(("{}", &text));
    let Ok(plan) = serde_json::from_str::<DialPlan>(first) else { return };
    let written = serde_json::to_string(&plan).unwrap_or_default();
    assert_eq!(serde_json::from_str::<DialPlan>(&written).ok().as_ref(), Some(&plan), "{written}");
    for dialled in dialled.split('\n') {
        let Ok(number) = plan.canonical(dialled) else { continue };
        let canonical = number.to_string();
        let digits = canonical.strip_prefix('+').unwrap_or(&canonical);
        assert!(
            !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()),
            "{dialled:?} is {canonical:?}"
        );
        assert!(digits.len() <= 15, "{dialled:?} is {canonical:?}");
        assert_eq!(plan.canonical(&canonical).as_ref(), Ok(&number), "{dialled:?}");
        assert_eq!(Number::read(&canonical).as_ref(), Ok(&number), "{dialled:?}");
    }
}
