use domain::time::Instant;
use storage::incoming_sms::IncomingRecord;
use storage::sms_stops::StopRecord;

use crate::Scope;

/// A short message that came, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedSms {
    /// Its id.
    pub id: String,
    /// The number of the tenant's that it came to.
    pub to: String,
    /// The number that it came from, or what stands in its place where a group does not keep numbers.
    pub from: String,
    /// The agent whose number that is.
    pub agent: Option<String>,
    /// What it says.
    pub text: String,
    /// What came of it, by the name of the outcome; nothing, until that is known.
    pub outcome: Option<String>,
    /// What was answered.
    pub reply: Option<String>,
    /// When it came.
    pub received_at: Instant,
}

/// Somebody who wants no short messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// From this number of the tenant's.
    pub own: String,
    /// At this number.
    pub other: String,
    /// Since when.
    pub stopped_at: Instant,
}

/// A page of short messages that came, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn received(
    scope: &mut impl Scope,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<ReceivedSms>, storage::Error> {
    let tenant = scope.tenant();
    let records = storage::incoming_sms::page(scope.tx(), tenant, before, limit).await?;
    Ok(records.into_iter().map(ReceivedSms::of).collect())
}

/// A page of those who want no short messages, by the tenant's numbers and theirs, those after two.
///
/// # Errors
/// The database does not answer.
pub async fn stops(
    scope: &mut impl Scope,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Stop>, storage::Error> {
    let tenant = scope.tenant();
    let records = storage::sms_stops::page(scope.tx(), tenant, after, limit).await?;
    let of = |StopRecord { own_number, other_number, stopped_at }| Stop {
        own: own_number,
        other: other_number,
        stopped_at: Instant::clamped(stopped_at),
    };
    Ok(records.into_iter().map(of).collect())
}

impl ReceivedSms {
    fn of(record: IncomingRecord) -> ReceivedSms {
        ReceivedSms {
            id: record.id,
            to: record.own_number,
            from: record.sender,
            agent: record.agent,
            text: record.body,
            outcome: record.outcome,
            reply: record.reply,
            received_at: Instant::clamped(record.received_at),
        }
    }
}
