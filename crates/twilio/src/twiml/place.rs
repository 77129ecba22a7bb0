//! Which verb stands where.

use super::element::Element;
use super::verbs::{Enqueue, Hangup, Leave, Message, Pause, Play, Redirect, Reject, Say};
use super::{Dial, Gather, Record};

/// Somewhere verbs stand.
pub trait Place {}

/// A verb that may stand there.
pub trait VerbIn<P: Place> {
    /// It as an element; none, where it would say nothing.
    fn element(&self) -> Option<Element>;
}

macro_rules! places {
    ($($(#[$about:meta])* $place:ident: $($verb:ident)*;)*) => {$(
        $(#[$about])*
        pub enum $place {}
        impl Place for $place {}
        $(impl VerbIn<$place> for $verb {
            fn element(&self) -> Option<Element> {
                self.written()
            }
        })*
    )*};
}

places! {
    /// What a call is answered with.
    Call: Say Play Gather Dial Enqueue Record Redirect Pause Reject Hangup;
    /// What a called party hears before it is put through.
    Screening: Say Play Gather Redirect Pause Hangup;
    /// What somebody hears who waits.
    Waiting: Say Play Gather Redirect Pause Leave Hangup;
    /// What a message is answered with.
    Messaging: Message Redirect;
}
