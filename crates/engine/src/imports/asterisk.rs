//! The file that Asterisk's `cdr_csv` writes: no header, one line a record, 16 columns and up to five more by its settings.

use domain::rating::LONGEST_CALL_SECONDS;
use domain::time::Instant;

use super::records::{Fields, Record};
use super::row::{RowError, hash_of};
use super::rows::{Draft, Origin};
use super::times::{Time, Times};
use crate::calls::{Direction, Disposition, FinishedCall, Payer};

/// By which column the payer of an Asterisk row is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerBy {
    /// The account code: a customer's external reference, or the number of a line.
    AccountCode,
    /// The caller's number: the number of a line.
    Source,
}

/// What the ids of channels begin with that Tollgate makes: the call's key and the leg's number follow.
const OURS: &str = "tollgate-";

/// Reads the rows of an Asterisk.
pub(super) struct Asterisk {
    /// What the Asterisk is called in the origins of its calls; may be empty.
    pub(super) system: String,
    pub(super) customer_by: CustomerBy,
    pub(super) times: Times,
    /// How many columns the last row had.
    pub(super) columns: usize,
}

// The places of the columns.
const ACCOUNT_CODE: usize = 0;
const SOURCE: usize = 1;
const DESTINATION: usize = 2;
const START: usize = 9;
const ANSWER: usize = 10;
const END: usize = 11;
const DURATION: usize = 12;
const TALK: usize = 13;
const DISPOSITION: usize = 14;
const UNIQUE_ID: usize = 16;
const LINKED_ID: usize = 19;
const SEQUENCE: usize = 20;

impl Asterisk {
    pub(super) fn read(&mut self, record: &Record) -> Result<Draft, RowError> {
        let fields = &record.fields;
        let columns = fields.len();
        if !matches!(columns, 16 | 17 | 18 | 21) {
            return Err(RowError::Columns { found: columns, expected: "16, 17, 18 or 21".into() });
        }
        let before = std::mem::replace(&mut self.columns, columns);
        // Asterisk ends every row with a line end. What a row without one has may be a part: of a number, or of the columns.
        if !record.ended && (!fields.last_quoted || (before != 0 && before != columns)) {
            return Err(RowError::CutOff);
        }
        let course = self.course(fields)?;
        let (link, sequence) = conversation(fields)?;
        let account_code = fields.get(ACCOUNT_CODE).trim();
        let source = fields.get(SOURCE).trim();
        let payer = match self.customer_by {
            CustomerBy::AccountCode => Payer::Account(account_code.to_owned()),
            CustomerBy::Source => Payer::Number(source.to_owned()),
        };
        let call = FinishedCall {
            origin: String::new(),
            payer,
            direction: Direction::Outbound,
            from: source.to_owned(),
            to: fields.get(DESTINATION).trim().to_owned(),
            agent: None,
            account_code: Some(account_code.to_owned()).filter(|code| !code.is_empty()),
            link,
            started_at: Some(course.started_at),
            answered_at: course.answered_at,
            ended_at: course.ended_at,
            disposition: course.disposition,
            cause: None,
        };
        Ok(Draft { call, origin: self.origin(fields, sequence), sequence, ambiguous: course.ambiguous })
    }

    /// When the call began, was answered and ended. What is charged is `billsec`: Asterisk has cut it off at the whole second.
    fn course(&self, fields: &Fields) -> Result<Course, RowError> {
        let start = self.time(fields, "start", START, None)?;
        let end = self.time(fields, "end", END, Some(start.at))?;
        if end.at < start.at {
            return Err(RowError::EndsBeforeStart);
        }
        seconds(fields, "duration", DURATION)?;
        let talk = seconds(fields, "billsec", TALK)?;
        let disposition = disposition(fields.get(DISPOSITION))?;
        let mut course = Course {
            started_at: start.at,
            answered_at: None,
            ended_at: end.at,
            disposition,
            ambiguous: start.ambiguous || end.ambiguous,
        };
        if disposition == Disposition::Answered {
            if fields.get(ANSWER).is_empty() {
                return Err(RowError::AnswerMissing);
            }
            let answer = self.time(fields, "answer", ANSWER, Some(start.at))?;
            if answer.at < start.at {
                return Err(RowError::AnsweredBeforeStart);
            }
            course.answered_at = Some(answer.at);
            course.ended_at = answer.at.plus_millis(talk * 1000).map_err(|_| RowError::OutOfRange)?;
            course.ambiguous |= answer.ambiguous;
        } else if talk > 0 {
            return Err(RowError::TalkWithoutAnswer { seconds: talk });
        }
        Ok(course)
    }

    fn time(
        &self,
        fields: &Fields,
        column: &'static str,
        place: usize,
        not_before: Option<Instant>,
    ) -> Result<Time, RowError> {
        self.times.local(fields.get(place), not_before).map_err(|error| RowError::Time { column, error })
    }

    /// What the record is known by. A unique id alone does not do: the second carrier of a call has that of the first.
    fn origin(&self, fields: &Fields, sequence: Option<u64>) -> Origin {
        let system = &self.system;
        match (unique_id(fields), sequence) {
            (Some(id), Some(sequence)) => Origin::Own(format!("asterisk:{system}:{id}:{sequence}")),
            (Some(id), None) => Origin::Own(format!("asterisk:{system}:{id}:{}", hash_of(fields.iter()))),
            (None, _) => Origin::Counted(format!("asterisk:{system}::{}", hash_of(fields.iter()))),
        }
    }
}

/// The origin of the call that Tollgate carries at an Asterisk of this name, and charges while it runs, by one of its channels: the one that came in,
/// or one that Tollgate has made, whose name ends with the number of its leg, and maybe of a try to reach that.
#[must_use]
pub fn live_origin(system: &str, channel: &str) -> String {
    let made = channel.strip_prefix(OURS).and_then(without_number);
    let key = made.map_or(channel, |key| without_number(key).unwrap_or(key));
    format!("asterisk/{system}:{key}")
}

/// What stands before a number at the end of a name.
fn without_number(name: &str) -> Option<&str> {
    name.rsplit_once('-').filter(|(_, number)| number.parse::<u64>().is_ok()).map(|(before, _)| before)
}

/// The origins that the call of a row has if it was charged live: by the row's own channel, and by the first of the channels that it belongs to.
pub(super) fn live_origins<'a>(system: &'a str, call: &'a FinishedCall) -> impl Iterator<Item = String> + 'a {
    let rest = call.origin.strip_prefix("asterisk:").and_then(|rest| rest.strip_prefix(system)?.strip_prefix(':'));
    let own = rest.and_then(|rest| rest.rsplit_once(':')).map(|(id, _)| id);
    let channels = [own, call.link.as_deref()].into_iter().flatten().filter(|channel| !channel.is_empty());
    channels.map(move |channel| live_origin(system, channel))
}

/// The times of a row, and how the call went.
struct Course {
    started_at: Instant,
    answered_at: Option<Instant>,
    ended_at: Instant,
    disposition: Disposition,
    ambiguous: bool,
}

/// A column of whole seconds.
fn seconds(fields: &Fields, column: &'static str, place: usize) -> Result<i64, RowError> {
    let text = fields.get(place);
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let not_a_number = || RowError::NotANumber { column, text: text.chars().take(40).collect() };
    let seconds = text.parse().ok().filter(|_| plain).ok_or_else(not_a_number)?;
    if seconds > LONGEST_CALL_SECONDS {
        return Err(RowError::Duration { column, error: domain::rating::DurationError::TooLong });
    }
    Ok(seconds)
}

pub(super) fn disposition(text: &str) -> Result<Disposition, RowError> {
    match text {
        "ANSWERED" => Ok(Disposition::Answered),
        "NO ANSWER" => Ok(Disposition::NoAnswer),
        "BUSY" => Ok(Disposition::Busy),
        "CONGESTION" | "FAILED" => Ok(Disposition::Failed),
        _ => Err(RowError::UnknownDisposition(text.chars().take(40).collect())),
    }
}

/// The linked id and the sequence number, where the row has them.
fn conversation(fields: &Fields) -> Result<(Option<String>, Option<u64>), RowError> {
    if fields.len() <= SEQUENCE {
        return Ok((None, None));
    }
    let text = fields.get(SEQUENCE);
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let sequence = text.parse().ok().filter(|_| plain);
    let not_a_number = || RowError::NotANumber { column: "sequence", text: text.chars().take(40).collect() };
    let link = Some(fields.get(LINKED_ID).to_owned()).filter(|link| !link.is_empty());
    Ok((link, Some(sequence.ok_or_else(not_a_number)?)))
}

/// The unique id, where the row has one. The last of 17 columns may be the user field instead.
fn unique_id(fields: &Fields) -> Option<&str> {
    let id = fields.get(UNIQUE_ID);
    let is_one = !id.is_empty() && (fields.len() > UNIQUE_ID + 1 || looks_like_unique_id(id));
    is_one.then_some(id)
}

/// `1795166377.45`, or `pbx-1795166377.45` where the Asterisk has a system name.
fn looks_like_unique_id(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = text.rsplit_once('-').map_or(text, |(_, numbers)| numbers);
    numbers.split_once('.').is_some_and(|(second, count)| digits(second) && digits(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_of_a_channel() {
        for (channel, key) in [
            ("pbx-1795166377.45", "pbx-1795166377.45"),
            ("tollgate-pbx-1795166377.45-2", "pbx-1795166377.45"),
            ("tollgate-flow_01J-0", "flow_01J"),
            ("tollgate-flow_01J-0-300", "flow_01J"),
            // An Asterisk may be called so.
            ("tollgate-1795166377.45", "tollgate-1795166377.45"),
        ] {
            assert_eq!(live_origin("north", channel), format!("asterisk/north:{key}"));
        }
    }

    #[test]
    fn unique_ids_and_user_fields() {
        for (text, is_one) in [
            ("1795166377.45", true),
            ("pbx-1795166377.45", true),
            ("pbx-west-1795166377.45", true),
            ("L00011", false),
            ("3.5.7", false),
            ("45", false),
            ("", false),
            ("-.", false),
        ] {
            assert_eq!(looks_like_unique_id(text), is_one, "{text}");
        }
    }
}
