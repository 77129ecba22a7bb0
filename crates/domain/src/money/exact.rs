use super::{Amount, Overflow};

/// An exact amount: a rational number of millionths. Sums of increments are kept so until they are rounded, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exact {
    numerator: i128,
    denominator: i128,
}

/// To how many decimals, and how, an exact amount is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rounding {
    /// Decimals that are kept, 0 to 6.
    pub decimals: u8,
    /// What becomes of the rest.
    pub mode: RoundingMode,
}

/// What becomes of the part that is rounded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the nearest, a tie away from zero.
    HalfUp,
    /// To the nearest, a tie to the even digit.
    HalfEven,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
}

impl Default for Rounding {
    fn default() -> Self {
        Rounding { decimals: 4, mode: RoundingMode::HalfUp }
    }
}

impl Exact {
    /// Nothing.
    pub const ZERO: Exact = Exact { numerator: 0, denominator: 1 };

    /// Adds `amount * numerator / denominator`.
    ///
    /// # Errors
    /// The sum is beyond 128 bits, or the denominator is not positive.
    pub fn add_fraction(&mut self, amount: Amount, numerator: i64, denominator: i64) -> Result<(), Overflow> {
        let product = i128::from(amount.micros()).checked_mul(i128::from(numerator)).ok_or(Overflow)?;
        self.add(Exact::new(product, i128::from(denominator))?)
    }

    /// `numerator / denominator` millionths.
    ///
    /// # Errors
    /// The denominator is not positive.
    pub fn new(numerator: i128, denominator: i128) -> Result<Exact, Overflow> {
        if denominator <= 0 {
            return Err(Overflow);
        }
        Ok(Exact { numerator, denominator })
    }

    /// Adds another exact amount.
    ///
    /// # Errors
    /// The sum is beyond 128 bits.
    pub fn add(&mut self, other: Exact) -> Result<(), Overflow> {
        if self.denominator % other.denominator != 0 {
            // The least common multiple, so that denominators stay small over many terms.
            let factor = other.denominator / gcd(self.denominator, other.denominator);
            self.numerator = self.numerator.checked_mul(factor).ok_or(Overflow)?;
            self.denominator = self.denominator.checked_mul(factor).ok_or(Overflow)?;
        }
        let term = other.numerator.checked_mul(self.denominator / other.denominator).ok_or(Overflow)?;
        self.numerator = self.numerator.checked_add(term).ok_or(Overflow)?;
        Ok(())
    }

    /// The amount, rounded.
    ///
    /// # Errors
    /// The rounded amount is beyond the range of an amount.
    pub fn rounded(self, rounding: Rounding) -> Result<Amount, Overflow> {
        let step = 10_i128.pow(6 - u32::from(rounding.decimals.min(6)));
        let divisor = self.denominator.checked_mul(step).ok_or(Overflow)?;
        let (quotient, rest) = divided(self.numerator, divisor);
        let rest = rest.abs();
        let twice = rest.checked_mul(2).ok_or(Overflow)?;
        let away = match rounding.mode {
            RoundingMode::HalfUp => twice >= divisor,
            RoundingMode::HalfEven => twice > divisor || (twice == divisor && quotient % 2 != 0),
            RoundingMode::Up => rest != 0,
            RoundingMode::Down => false,
        };
        let steps = quotient + if away { self.numerator.signum() } else { 0 };
        let micros = steps.checked_mul(step).ok_or(Overflow)?;
        i64::try_from(micros).map(Amount::from_micros).map_err(|_| Overflow)
    }

    /// The part of the amount below the multiple of `unit` that is next towards zero, as a fraction of one (not reduced), for
    /// sharing out by largest remainder; and that multiple.
    ///
    /// # Errors
    /// The amount is beyond the range.
    pub fn floor_and_remainder(self, unit: Amount) -> Result<(Amount, Exact), Overflow> {
        let step = self.denominator.checked_mul(i128::from(unit.micros())).ok_or(Overflow)?;
        if step <= 0 {
            return Err(Overflow);
        }
        let floor = self.numerator.div_euclid(step).checked_mul(i128::from(unit.micros())).ok_or(Overflow)?;
        let remainder = Exact { numerator: self.numerator.rem_euclid(step), denominator: self.denominator };
        i64::try_from(floor).map(|micros| (Amount::from_micros(micros), remainder)).map_err(|_| Overflow)
    }
}

impl From<Amount> for Exact {
    fn from(amount: Amount) -> Self {
        Exact { numerator: i128::from(amount.micros()), denominator: 1 }
    }
}

/// Compares by value. Denominators here are products of seconds, so the cross products stay far inside 128 bits; where they
/// would not, the whole parts decide.
impl Ord for Exact {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let cross = |a: &Exact, b: &Exact| a.numerator.checked_mul(b.denominator);
        match (cross(self, other), cross(other, self)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => (self.numerator / self.denominator).cmp(&(other.numerator / other.denominator)),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Quotient and remainder; the divisor is positive. What fits into 64 bits, as nearly all does, is divided several times faster.
fn divided(numerator: i128, divisor: i128) -> (i128, i128) {
    match (i64::try_from(numerator), i64::try_from(divisor)) {
        (Ok(numerator), Ok(divisor)) => (i128::from(numerator / divisor), i128::from(numerator % divisor)),
        _ => (numerator / divisor, numerator % divisor),
    }
}

fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_by_table() {
        use RoundingMode::{Down, HalfEven, HalfUp, Up};
        // numerator / denominator millionths, decimals, mode, expected millionths
        for (numerator, denominator, decimals, mode, expected) in [
            (25_000, 1, 2, HalfUp, 30_000),
            (25_000, 1, 2, HalfEven, 20_000),
            (35_000, 1, 2, HalfEven, 40_000),
            (-25_000, 1, 2, HalfUp, -30_000),
            (-25_000, 1, 2, HalfEven, -20_000),
            (24_999, 1, 2, HalfUp, 20_000),
            (49_999, 2, 2, HalfUp, 20_000),
            (50_001, 2, 2, HalfEven, 30_000),
            (1, 3, 6, Up, 1),
            (1, 3, 6, Down, 0),
            (-1, 3, 6, Up, -1),
            (1, 2, 6, HalfUp, 1),
            (1, 2, 6, HalfEven, 0),
            (500_000, 1, 0, HalfUp, 1_000_000),
            (499_999, 1, 0, HalfUp, 0),
            (0, 7, 2, Up, 0),
        ] {
            let exact = Exact::new(numerator, denominator).unwrap();
            let rounded = exact.rounded(Rounding { decimals, mode }).unwrap();
            assert_eq!(rounded.micros(), expected, "{numerator}/{denominator} to {decimals} by {mode:?}");
        }
    }

    #[test]
    fn thirds_and_sevenths_add_up_exactly() {
        let mut sum = Exact::ZERO;
        for _ in 0..21 {
            sum.add_fraction(Amount::from_micros(1), 1, 3).unwrap();
            sum.add_fraction(Amount::from_micros(1), 1, 7).unwrap();
        }
        assert_eq!(sum.rounded(Rounding { decimals: 6, mode: RoundingMode::Down }), Ok(Amount::from_micros(10)));
    }

    #[test]
    fn beyond_the_range_is_an_error() {
        let mut sum = Exact::from(Amount::MAX);
        sum.add(Exact::from(Amount::MAX)).unwrap();
        assert_eq!(sum.rounded(Rounding::default()), Err(Overflow));
    }
}
