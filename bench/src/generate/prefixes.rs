use std::collections::BTreeSet;
use std::fmt::Write;

use super::Random;

/// The lengths of a rate sheet's prefixes: most have six or seven digits.
const LENGTHS: [usize; 20] = [3, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 8, 9];
const INCREMENTS: [u32; 5] = [1, 1, 6, 30, 60];

/// The prefixes of a deck, ascending, each of them once.
pub(crate) struct Prefixes(Vec<String>);

impl Prefixes {
    /// So many prefixes, among them each single digit from 1 on: every number of another country has one.
    pub(crate) fn of(count: usize) -> Self {
        let mut random = Random::seeded(17);
        let mut prefixes: BTreeSet<String> = (1..10).map(|digit| digit.to_string()).collect();
        while prefixes.len() < count {
            let length = *random.pick(&LENGTHS);
            let first = 1 + random.below(9);
            prefixes.insert(format!("{first}{}", random.digits(length - 1)));
        }
        Prefixes(prefixes.into_iter().collect())
    }

    /// A number of 11 or 12 digits that begins with one of the prefixes.
    pub(crate) fn number(&self, random: &mut Random) -> String {
        let prefix = random.pick(&self.0);
        let length = 11 + usize::from(random.below(3) == 0);
        format!("{prefix}{}", random.digits(length - prefix.len()))
    }
}

/// The rate sheet with these prefixes as a file. Another edition has other prices.
pub(crate) fn deck_csv(prefixes: &Prefixes, edition: u64) -> String {
    let mut random = Random::seeded(edition);
    let mut text = "prefix,destination,price_per_minute,increment_seconds,connect_fee,included\n".to_owned();
    for prefix in &prefixes.0 {
        let price = 20 + random.below(400) * 5;
        let connect_fee = if random.below(10) == 0 { "0.02" } else { "" };
        let included = if random.below(8) == 0 { "true" } else { "" };
        let increment = random.pick(&INCREMENTS);
        let place = random.below(3000);
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "{prefix},Destination {place},{}.{:04},{increment},{connect_fee},{included}",
            price / 10_000,
            price % 10_000
        );
    }
    text
}
