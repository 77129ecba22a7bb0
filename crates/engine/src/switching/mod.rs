//! Calls on their way: the port to switches, and the exchange that drives each call's flow between its switch and charging.
//!
//! A call has a task of its own, which takes its events in the order in which they happened and has the flow's commands carried out: actions by
//! the switch, questions of money by charging, whose answers are events again. Where a call stands is written down behind it; its money never
//! is: that is in the call's row when charging answers. After a restart the flow is read again, and what was not ended is.

mod call_back;
mod driver;
mod exchange;
mod group;
mod group_calls;
mod group_words;
mod hang_up;
mod help;
mod keeper;
mod money;
mod place;
mod port;
mod reach;
mod recorder;
mod recovery;
mod role;
mod route;
mod spoken;
mod status;
mod transfer;
mod unknown;
mod watch;

pub use call_back::{CallBackError, NewCallBack, PlacedBack, Unanswered};
pub use exchange::{EventError, Exchange, Recovered};
pub use hang_up::HangUpError;
pub use keeper::Keeper;
pub use money::{Open, answered, asked, is_before_the_answer, next_beat, origin_of, unasked};
pub use place::{NewPlaced, PlaceError, PlacedCall};
pub use port::{Audio, CallRef, Capability, Meter, NotHandedOver, Notice, Switch};
pub use recorder::NotKept;
pub use recovery::{TakeUpError, TakenUp, Way, take_up};
pub use status::{Progress, Status, StatusError};
pub use transfer::{TransferError, TransferTo};
