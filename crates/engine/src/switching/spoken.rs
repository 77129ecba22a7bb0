//! What parties are asked before a call that we place begins.

use domain::call_flow::Words;
use domain::money::{Amount, Currency};

use crate::Scope;
use crate::agents::Agent;
use crate::charging::{self, CallPrice, ChargingError};
use crate::customers::Customer;
use crate::tenants::Settings;

/// "Press one", in sounds that every Asterisk has. Each is a sound of its own: what Asterisk spells by itself (`number:`, `digits:`) cannot be
/// stopped, and who has said yes would hear it to its end before anything else.
pub(super) const PRESS_ONE: &str = "sound:vm-press&sound:digits/1";

/// What the customer and the agent are asked; nothing, where the tenant has it so.
pub(super) async fn questions(
    scope: &mut impl Scope,
    customer: &Customer,
    agent: &Agent,
    settings: &Settings,
) -> Result<(Option<Words>, Option<Words>), ChargingError> {
    let paid_calls = &settings.paid_calls;
    if !paid_calls.press_1 {
        return Ok((None, None));
    }
    let price = charging::talk_time_to(scope, &agent.id, customer).await?.price;
    let price = price.map_or_else(Price::default, |price| Price::of(&price, customer.currency));
    let audio = match &paid_calls.price_audio {
        Some(own) => own.replace("{price}", &price.audio),
        None if price.audio.is_empty() => PRESS_ONE.to_owned(),
        None => format!("{}&{PRESS_ONE}", price.audio),
    };
    let caller = Words::new(format!("A call with {}: {}. Press 1 to begin.", agent.name, price.text), Some(audio));
    let audio = paid_calls.agent_audio.clone().unwrap_or_else(|| PRESS_ONE.to_owned());
    let called = Words::new("A call for you. Press 1 to take it.", Some(audio));
    Ok((Some(caller), Some(called)))
}

/// A price in words and in sounds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Price {
    text: String,
    audio: String,
}

impl Price {
    fn of(price: &CallPrice, currency: Currency) -> Price {
        let (mut texts, mut sounds) = (Vec::new(), Vec::new());
        if price.connect_fee > Amount::ZERO {
            texts.push(format!("{} {currency} to connect", price.connect_fee.to_text(currency)));
            sounds.push(amount(price.connect_fee, currency));
        }
        // The price of the first minutes; an amount beyond its range is said by nobody.
        if let Some(minute) = price.steps.first().and_then(|step| step.price_per_minute().ok()) {
            texts.push(format!("{} {currency} for a minute", minute.to_text(currency)));
            sounds.push(format!("{}&sound:for&sound:digits/1&sound:minute", amount(minute, currency)));
        }
        if texts.is_empty() {
            texts.push("free of charge".to_owned());
        }
        Price { text: texts.join(", "), audio: sounds.join("&sound:letters/plus&") }
    }
}

/// An amount as it is spoken: "3 dot 9 9 U S D".
fn amount(amount: Amount, currency: Currency) -> String {
    let text = amount.to_text(currency);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut sounds = match whole.parse::<u8>() {
        Ok(small) if small <= 20 => vec![format!("sound:digits/{small}")],
        _ => spelt("digits", whole),
    };
    if !fraction.is_empty() {
        sounds.push("sound:letters/dot".to_owned());
        sounds.extend(spelt("digits", fraction));
    }
    sounds.extend(spelt("letters", &currency.code().to_lowercase()));
    sounds.join("&")
}

fn spelt(folder: &str, text: &str) -> Vec<String> {
    text.chars().map(|letter| format!("sound:{folder}/{letter}")).collect()
}

#[cfg(test)]
mod tests {
    use domain::rate::Step;
    use domain::rating::PriceSource;

    use super::*;

    #[test]
    fn a_price_is_spoken_in_sounds_that_every_switch_has() {
        let usd = Currency::parse("USD").unwrap();
        let amount = |text| Amount::parse(text).unwrap();
        let step = Step { from_seconds: 0, price: amount("1.995"), per_seconds: 30, increment_seconds: 1 };
        let price =
            CallPrice { source: PriceSource::Agent, connect_fee: amount("0.99"), steps: vec![step], free_seconds: 0 };
        let said = Price::of(&price, usd);
        assert_eq!(said.text, "0.99 USD to connect, 3.99 USD for a minute");
        let usd_sounds = "sound:letters/u&sound:letters/s&sound:letters/d";
        let cents = format!("&sound:letters/dot&sound:digits/9&sound:digits/9&{usd_sounds}");
        let expected = format!(
            "sound:digits/0{cents}&sound:letters/plus&sound:digits/3{cents}&sound:for&sound:digits/1&sound:minute"
        );
        assert_eq!(said.audio, expected);
        let yen = super::amount(amount("121"), Currency::parse("JPY").unwrap());
        assert_eq!(yen, "sound:digits/1&sound:digits/2&sound:digits/1&sound:letters/j&sound:letters/p&sound:letters/y");
        assert_eq!(
            Price::of(&CallPrice { connect_fee: Amount::ZERO, steps: Vec::new(), ..price }, usd).text,
            "free of charge"
        );
    }
}
