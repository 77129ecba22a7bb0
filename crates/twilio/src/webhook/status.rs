//! How things stand, in Twilio's words. A word that is new is kept as it came.

macro_rules! words {
    ($($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$what])* $variant,)*
            /// Something that is not known here.
            Other(String),
        }

        impl $name {
            /// What a word means.
            #[must_use]
            pub fn of(word: &str) -> $name {
                match word {
                    $($word => $name::$variant,)*
                    other => $name::Other(other.to_owned()),
                }
            }

            /// The word.
            #[must_use]
            pub fn word(&self) -> &str {
                match self {
                    $($name::$variant => $word,)*
                    $name::Other(word) => word,
                }
            }
        }
    )*};
}

words! {
    /// How a call stands, or how it ended.
    CallStatus {
        /// It is to be made.
        Queued = "queued",
        /// It is dialled.
        Initiated = "initiated",
        /// It rings.
        Ringing = "ringing",
        /// Somebody picked up.
        InProgress = "in-progress",
        /// Somebody picked up: so it is told where a call is put through to a conference.
        Answered = "answered",
        /// It was answered, and is over.
        Completed = "completed",
        /// The called party was busy.
        Busy = "busy",
        /// It could not be put through.
        Failed = "failed",
        /// Nobody picked up.
        NoAnswer = "no-answer",
        /// It was ended before it was answered.
        Canceled = "canceled",
    }
    /// How a recording stands.
    RecordingStatus {
        /// It is being made.
        InProgress = "in-progress",
        /// It can be fetched.
        Completed = "completed",
        /// There is nothing in it.
        Absent = "absent",
        /// It could not be made.
        Failed = "failed",
    }
    /// How the writing down of a recording stands.
    TranscriptionStatus {
        /// It is being done.
        InProgress = "in-progress",
        /// It is done.
        Completed = "completed",
        /// It could not be done.
        Failed = "failed",
    }
    /// What has become of a message.
    MessageStatus {
        /// Twilio has it.
        Accepted = "accepted",
        /// It is sent later.
        Scheduled = "scheduled",
        /// It is to be sent.
        Queued = "queued",
        /// It is being sent.
        Sending = "sending",
        /// A carrier has it.
        Sent = "sent",
        /// The addressee has it.
        Delivered = "delivered",
        /// The addressee has read it.
        Read = "read",
        /// A carrier did not take it to its addressee.
        Undelivered = "undelivered",
        /// It was not sent.
        Failed = "failed",
        /// It is coming in.
        Receiving = "receiving",
        /// It came in.
        Received = "received",
        /// It was taken back before it was sent.
        Canceled = "canceled",
    }
}
