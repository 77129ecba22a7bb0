//! Calls that go by the flow: the pure machine, step by step, between a switch that behaves like a provider and the real charging.
//!
//! The exchange itself has a task for each call, and is at the mercy of their order. Here the same machine takes one event after the
//! other, as the seed decides; what the exchange asks of charging, writes down and takes up again goes by the very functions that it
//! uses.

mod check;
mod drive;
mod phones;
mod restart;
mod told;

use std::collections::{BTreeMap, VecDeque};

use domain::call_flow::{Cause, Charge, Destination, Event, Flow};
use domain::time::Instant;
use engine::switching::{CallRef, Keeper, Open};

use phones::Phones;
use told::Told;

/// The name of the switch.
const SWITCH: &str = "double";

/// The exchange of the process, and the switch whose calls it drives.
#[derive(Default)]
pub(crate) struct Exchange {
    calls: Vec<Call>,
    keeper: Keeper,
    /// The life of the process in which it runs; in another, it is another exchange.
    life: u64,
    /// Whether it has taken the calls up again that the last one drove, and with them their switch.
    is_open: bool,
    /// When the last one was last there.
    seen_at: Option<Instant>,
}

/// A call.
struct Call {
    call: CallRef,
    /// What the program has of it, while it does.
    driven: Option<Driven>,
    phones: Phones,
    told: Told,
}

/// A call as the program has it.
struct Driven {
    flow: Flow,
    version: i64,
    /// What happened, and when: taken in this order.
    mail: VecDeque<(Event, Instant)>,
    /// What charging is asked.
    asks: VecDeque<(u8, Charge)>,
    sessions: BTreeMap<u8, Open>,
    free: bool,
    /// What comes later by itself: where a number leads, or which legs are there again.
    later: Option<(Instant, Later)>,
}

/// What comes to a call by itself.
enum Later {
    /// Where a number leads.
    Routed(Box<Result<Destination, Cause>>),
    /// Which legs are there again.
    Back {
        /// When the last program was last there.
        seen_at: Instant,
    },
}

impl Driven {
    fn new(flow: Flow) -> Driven {
        Driven {
            free: flow.is_free(),
            flow,
            version: 0,
            mail: VecDeque::new(),
            asks: VecDeque::new(),
            sessions: BTreeMap::new(),
            later: None,
        }
    }

    /// When the next sign of life is due.
    fn beats_at(&self) -> Option<Instant> {
        self.sessions.values().filter_map(|open| open.beats_at).min()
    }
}
