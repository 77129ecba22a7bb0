//! Bills: periods, invoices, what settles them, and what follows when nobody pays.

mod periods;

pub use periods::billing_day;
