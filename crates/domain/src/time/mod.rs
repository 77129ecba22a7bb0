//! Instants, and the wall clocks of zones.

mod instant;
mod zone;

pub use instant::{Instant, InstantError};
pub use jiff::civil::{Date, DateTime};
pub use zone::{Resolved, UnknownZone, WallClock, Zone, date_of_day, day_number};
