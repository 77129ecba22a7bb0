//! The documents that Twilio is answered with. What Twilio would refuse cannot be written: each kind of document takes the verbs that make sense in it,
//! and what must be there is an argument.
//!
//! Twilio does what the verbs of a document say, one after the other. A verb with an `action` ends the document: what is to happen next is asked for
//! there.

mod dial;
mod element;
mod gather;
mod place;
mod record;
mod text;
mod verbs;

use std::fmt;
use std::marker::PhantomData;

use element::Element;

pub use dial::{
    CallEvent, Conference, ConferenceBeep, ConferenceEvent, Dial, Joined, Number, NumberCount, Numbers, TalkRecording,
};
pub use gather::{FinishKey, Gather, Prompt};
pub use place::{Call, Messaging, Place, Screening, VerbIn, Waiting};
pub use record::{Record, Transcript};
pub use text::{LONGEST_MESSAGE, LONGEST_SAY};
pub use verbs::{
    Enqueue, Hangup, Leave, Message, MessageText, Pause, Play, Redirect, Reject, RejectReason, Say, TooLong,
};

/// A document for a place: what a caller is to hear, what a called party hears before it takes a call, and so on.
pub struct Response<P> {
    elements: Vec<Element>,
    place: PhantomData<P>,
}

/// What is to happen with a call.
pub type CallResponse = Response<Call>;
/// What a called party hears before it is put through: no other call can be made there.
pub type ScreeningResponse = Response<Screening>;
/// What somebody hears who waits.
pub type WaitingResponse = Response<Waiting>;
/// What a message is answered with.
pub type MessagingResponse = Response<Messaging>;

impl<P: Place> Response<P> {
    /// An empty document: the call ends, or nothing is answered.
    #[must_use]
    pub fn new() -> Response<P> {
        Response { elements: Vec::new(), place: PhantomData }
    }

    /// The same document with one more verb at its end. What says nothing is left out: Twilio refuses it.
    #[must_use]
    pub fn with(mut self, verb: impl VerbIn<P>) -> Response<P> {
        self.elements.extend(verb.element());
        self
    }

    /// The document as Twilio reads it.
    #[must_use]
    pub fn to_xml(&self) -> String {
        Element::new("Response").holding(self.elements.clone()).to_document()
    }
}

impl<P: Place> Default for Response<P> {
    fn default() -> Response<P> {
        Response::new()
    }
}

impl<P> Clone for Response<P> {
    fn clone(&self) -> Response<P> {
        Response { elements: self.elements.clone(), place: PhantomData }
    }
}

impl<P> PartialEq for Response<P> {
    fn eq(&self, other: &Response<P>) -> bool {
        self.elements == other.elements
    }
}

impl<P> fmt::Debug for Response<P> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Response").field(&self.elements).finish()
    }
}
