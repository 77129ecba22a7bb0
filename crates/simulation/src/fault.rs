use std::fmt;

/// What does not hold, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(pub(crate) String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Nothing that the engine answers in this world is an error, but for a crash and what it is asked to refuse.
impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Self {
        Fault(format!("an error: {error} ({error:?})"))
    }
}

/// Says what does not hold, unless it does.
macro_rules! holds {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(crate::Fault(format!($($words)+)));
        }
    };
}
pub(crate) use holds;
