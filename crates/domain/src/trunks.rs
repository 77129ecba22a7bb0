//! Ways out through trunks: which trunks a number is tried on, one after the other, and what is dialled there.

use crate::allowance::Allowances;
use crate::dial_plan::Number;
use crate::invalid::Invalid;
use crate::money::{Amount, Overflow};
use crate::rate::Rate;
use crate::rating::{Charge, Talk, Terms, rate_call};

/// The most digits that the prefix of a route has: as many as the longest number of the world (ITU-T E.164).
pub const LONGEST_PREFIX: usize = 15;
/// The most digits that are put before a number.
pub const MOST_ADDED: usize = 20;

/// Which numbers a route is for, and how they are dialled on its trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialling {
    prefix: String,
    strip: usize,
    add: String,
}

/// An entry of the table of routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its id.
    pub id: String,
    /// Which numbers it is for, and how they are dialled.
    pub dialling: Dialling,
    /// Where they are dialled.
    pub trunk: String,
    /// Whether the trunk takes calls at all.
    pub enabled: bool,
    /// Its place among the routes of the same prefix; the lowest is tried first.
    pub position: u32,
    /// What a call on it costs the tenant.
    pub buying_rate: Option<Rate>,
}

/// One way of a call to a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way<'a> {
    /// The route that it follows from.
    pub route: &'a Route,
    /// What is dialled on the route's trunk: digits, possibly after a plus sign.
    pub number_to_dial: String,
}

impl Dialling {
    /// Numbers that begin with the digits of `prefix` (none of them, for every number) lose `strip` leading digits, and get `add`
    /// put before them.
    ///
    /// # Errors
    /// The prefix has another character than digits, `add` has one that is no digit behind a plus sign in front, or one of the three
    /// is too long.
    pub fn new(prefix: &str, strip: usize, add: &str) -> Result<Self, Invalid> {
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if prefix.len() > LONGEST_PREFIX || !is_digits(prefix) {
            let detail = format!("must be up to {LONGEST_PREFIX} digits, or empty for every number");
            return Err(Invalid::at("/prefix", detail));
        }
        if strip > LONGEST_PREFIX {
            return Err(Invalid::at("/strip", format!("must be 0 to {LONGEST_PREFIX}, not {strip}")));
        }
        let digits = add.strip_prefix('+').unwrap_or(add);
        if digits.len() > MOST_ADDED || !is_digits(digits) {
            let detail = format!("must be up to {MOST_ADDED} digits, with or without a plus sign in front");
            return Err(Invalid::at("/add", detail));
        }
        Ok(Dialling { prefix: prefix.to_owned(), strip, add: add.to_owned() })
    }

    /// The digits that a number has to begin with, without a plus sign; empty for every number.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// How many leading digits of the canonical number are cut off; its plus sign is no digit, and goes in any case.
    #[must_use]
    pub fn strip(&self) -> usize {
        self.strip
    }

    /// What is put before what is left.
    #[must_use]
    pub fn add(&self) -> &str {
        &self.add
    }

    /// What is dialled for a number; `None` if it has fewer digits than are cut off, or nothing would be dialled.
    fn number_to_dial(&self, number: &Number) -> Option<String> {
        let dialled = format!("{}{}", self.add, number.digits().get(self.strip..)?);
        dialled.contains(|c: char| c.is_ascii_digit()).then_some(dialled)
    }
}

/// What a leg costs the tenant that a trunk carries, by the buying rate of its route: rated as every call is.
///
/// # Errors
/// As [`rate_call`].
pub fn cost(buying_rate: &Rate, talk: Talk) -> Result<Charge, Overflow> {
    rate_call(&Terms::buying(buying_rate), talk, &Allowances::none())
}

/// What is left to the tenant of a call's price without tax and the agent's part, when its trunks are paid.
///
/// # Errors
/// The amount is beyond its range.
pub fn margin(own_part: Amount, costs: impl IntoIterator<Item = Amount>) -> Result<Amount, Overflow> {
    costs.into_iter().try_fold(own_part, Amount::minus)
}

/// The prefixes that routes to a number may have, the longest first.
pub fn prefixes(number: &Number) -> impl Iterator<Item = &str> {
    let digits = number.digits();
    (0..=digits.len().min(LONGEST_PREFIX)).rev().map(move |length| &digits[..length])
}

/// The ways to a number, in the order of trying: those of the longest prefix first, by position (and by id, where two have the same),
/// then those of shorter ones as fall-backs. Of trunks that take no calls there is none.
#[must_use]
pub fn ways<'a>(routes: &'a [Route], number: &Number) -> Vec<Way<'a>> {
    let leads = |route: &&Route| route.enabled && number.digits().starts_with(route.dialling.prefix());
    let way =
        |route: &'a Route| route.dialling.number_to_dial(number).map(|number_to_dial| Way { route, number_to_dial });
    let mut ways: Vec<Way<'a>> = routes.iter().filter(leads).filter_map(way).collect();
    ways.sort_by_key(|Way { route, .. }| {
        (std::cmp::Reverse(route.dialling.prefix().len()), route.position, route.id.as_str())
    });
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A route as "id prefix strip add trunk position": `-` is nothing, and `!` stands before a trunk that takes no calls.
    fn route(text: &str) -> Route {
        let fields: Vec<&str> = text.split(' ').collect();
        let [id, prefix, strip, add, trunk, position] = fields[..] else { panic!("{text}") };
        let or_nothing = |text: &str| if text == "-" { String::new() } else { text.to_owned() };
        Route {
            id: id.to_owned(),
            dialling: Dialling::new(&or_nothing(prefix), strip.parse().unwrap(), &or_nothing(add)).unwrap(),
            trunk: trunk.trim_start_matches('!').to_owned(),
            enabled: !trunk.starts_with('!'),
            position: position.parse().unwrap(),
            buying_rate: None,
        }
    }

    #[test]
    fn ways_by_table() {
        for (routes, number, expected) in [
            (&[][..], "+442079460018", ""),
            (&["a - 0 - any 1"], "+442079460018", "any:442079460018"),
            (&["a - 0 + any 1"], "+442079460018", "any:+442079460018"),
            (&["a - 0 00 any 1"], "+442079460018", "any:00442079460018"),
            (&["a 44 2 0 home 1"], "+442079460018", "home:02079460018"),
            (&["a 44 2 0 home 1"], "+4930901820", ""),
            (&["a 44 0 - home 1"], "4400", "home:4400"),
            (&["a 118 0 - home 1"], "118118", "home:118118"),
            // The longest prefix first, whatever the positions; shorter ones after it.
            (&["a - 0 - any 1", "b 44 0 - home 9", "c 4420 0 - london 5"], "+442079460018", "london home any"),
            (&["a - 0 - any 1", "b 44 0 - home 9", "c 4420 0 - london 5"], "+441632960001", "home any"),
            (&["a - 0 - any 1", "b 44 0 - home 9", "c 4420 0 - london 5"], "+15550100000", "any"),
            // Entries of one prefix by position, and then by id.
            (&["a 44 0 - third 3", "b 44 0 - first 1", "c 44 0 - second 2"], "+442079460018", "first second third"),
            (&["b 44 0 - second 1", "a 44 0 - first 1"], "+442079460018", "first second"),
            // A prefix of which no trunk takes calls is as if it were not there.
            (&["a 4420 0 - !london 1", "b 44 0 - home 1"], "+442079460018", "home"),
            (&["a 44 0 - !first 1", "b 44 0 - second 2", "c - 0 - any 1"], "+442079460018", "second any"),
            (&["a 44 0 - !home 1"], "+442079460018", ""),
            // The same trunk may be tried in another way.
            (&["a 44 2 0 home 1", "b - 0 + home 1"], "+442079460018", "home:02079460018 home:+442079460018"),
            // Nothing is dialled that is no number, or shorter than what is cut off.
            (&["a - 4 - any 1"], "0001", ""),
            (&["a - 4 + any 1"], "0001", ""),
            (&["a - 5 9 any 1"], "0001", ""),
            (&["a 0001 4 +442079460018 any 1"], "0001", "any:+442079460018"),
            (&["a - 15 - any 1", "b - 0 - other 2"], "0001", "other:0001"),
            (&["a 442079460018 12 - any 1"], "+442079460018", ""),
            (&["a 4420794600181 0 - any 1"], "+442079460018", ""),
        ] {
            let table: Vec<Route> = routes.iter().map(|text| route(text)).collect();
            let number = Number::read(number).unwrap();
            let with_numbers = expected.contains(':');
            let told: Vec<String> = ways(&table, &number)
                .iter()
                .map(|way| {
                    let trunk = way.route.trunk.clone();
                    if with_numbers { format!("{trunk}:{}", way.number_to_dial) } else { trunk }
                })
                .collect();
            assert_eq!(told.join(" "), expected, "{routes:?} {number}");
        }
    }

    #[test]
    fn what_no_route_can_have() {
        for (prefix, strip, add, place) in [
            ("", 0, "", None),
            ("442079460018123", 15, "+01234567890123456789", None),
            ("4420794600181234", 0, "", Some("/prefix")),
            ("+44", 0, "", Some("/prefix")),
            ("4 4", 0, "", Some("/prefix")),
            ("٤٤", 0, "", Some("/prefix")),
            ("44", 16, "", Some("/strip")),
            ("44", 2, "0+", Some("/add")),
            ("44", 2, "++", Some("/add")),
            ("44", 2, "0,", Some("/add")),
            ("44", 2, "012345678901234567890", Some("/add")),
        ] {
            let refused = Dialling::new(prefix, strip, add).err().map(|invalid| invalid.pointer);
            assert_eq!(refused.as_deref(), place, "{prefix} {strip} {add}");
        }
    }

    #[test]
    fn every_prefix_of_a_number_is_asked_for() {
        let told = |number: &str| prefixes(&Number::read(number).unwrap()).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(told("0001"), ["0001", "000", "00", "0", ""]);
        assert_eq!(told("+123456789012345").len(), 16);
    }
}
