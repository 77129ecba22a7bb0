use domain::message::{Side, Text};
use domain::money::{Amount, Currency};
use domain::time::Instant;
use storage::messages::MessageRecord;

use super::{Channel, Message, MessageError, State, reads_texts};
use crate::Actor;

impl Channel {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Channel::App => "app",
            Channel::Sms => "sms",
        }
    }
}

impl State {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Stored => "stored",
            State::Delivered => "delivered",
            State::Read => "read",
            State::Refused => "refused",
        }
    }

    fn named(name: &str) -> Option<State> {
        [State::Stored, State::Delivered, State::Read, State::Refused].into_iter().find(|state| state.name() == name)
    }
}

impl Message {
    /// The message as it is told to somebody.
    pub(super) fn of(record: MessageRecord, reader: &Actor) -> Result<Message, MessageError> {
        let unreadable = || MessageError::Unreadable(record.id.clone());
        Ok(Message {
            state: State::named(&record.state).ok_or_else(unreadable)?,
            currency: Currency::parse(&record.currency).map_err(|_| unreadable())?,
            sender: if record.sender == Side::Agent.name() { Side::Agent } else { Side::Customer },
            channel: if record.channel == Channel::Sms.name() { Channel::Sms } else { Channel::App },
            text: reads_texts(reader).then(|| Text::on_record(record.text)),
            id: record.id,
            conversation: record.conversation,
            number: record.number,
            customer: record.customer,
            agent: record.agent,
            segments: record.segments,
            price: Amount::from_micros(record.price),
            tax: Amount::from_micros(record.tax),
            agent_part: Amount::from_micros(record.agent_part),
            created_at: Instant::clamped(record.created_at),
            delivered_at: record.delivered_at.map(Instant::clamped),
            read_at: record.read_at.map(Instant::clamped),
        })
    }
}
