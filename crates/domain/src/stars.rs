//! Ratings: what a customer says of a call, 1 to 5 stars.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How good a call was: 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Stars(u8);

/// The mean of some ratings, with one decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Average {
    tenths: i64,
}

/// A number is no rating.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 5 stars, not {0}")]
pub struct NotStars(pub i64);

impl Stars {
    /// The number, 1 to 5.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0 as i64
    }
}

impl TryFrom<i64> for Stars {
    type Error = NotStars;

    fn try_from(number: i64) -> Result<Self, NotStars> {
        u8::try_from(number).ok().filter(|number| (1..=5).contains(number)).map(Stars).ok_or(NotStars(number))
    }
}

impl From<Stars> for i64 {
    fn from(stars: Stars) -> Self {
        stars.number()
    }
}

impl Average {
    /// The mean of so many ratings with this sum of stars, rounded half up; `None` without ratings.
    #[must_use]
    pub fn of(stars: i64, ratings: i64) -> Option<Average> {
        (ratings > 0).then(|| Average { tenths: (stars * 20 + ratings) / (2 * ratings) })
    }
}

impl fmt::Display for Average {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.tenths / 10, self.tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_by_table() {
        for (stars, ratings, shown) in [
            (0, 0, None),
            (5, 1, Some("5.0")),
            (9, 2, Some("4.5")),
            (85, 20, Some("4.3")), // 4.25
            (84, 20, Some("4.2")),
            (13, 3, Some("4.3")),
            (14, 3, Some("4.7")),
            (99, 20, Some("5.0")), // 4.95
        ] {
            assert_eq!(
                Average::of(stars, ratings).map(|average| average.to_string()).as_deref(),
                shown,
                "{stars}/{ratings}"
            );
        }
    }

    #[test]
    fn stars_are_one_to_five() {
        let read: Vec<i64> = (-1..=300).filter(|number| Stars::try_from(*number).is_ok()).collect();
        assert_eq!(read, [1, 2, 3, 4, 5]);
    }
}
