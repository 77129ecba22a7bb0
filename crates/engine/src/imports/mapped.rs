//! CSV files of any make: a mapping says which column holds what.

use std::collections::BTreeMap;

use domain::rating::parse_duration;
use domain::time::Instant;

use super::asterisk;
use super::facts::Facts;
use super::mapping::Field;
use super::records::{Fields, Record};
use super::row::{RowError, hash_of};
use super::rows::{Draft, Origin};
use super::times::{Time, Times};
use crate::calls::{Direction, Disposition, FinishedCall, Payer};

/// Reads the rows of a CSV file by its mapping.
pub(super) struct Mapped {
    pub(super) places: BTreeMap<Field, usize>,
    /// What the switch is called in the origins of calls that have none of their own.
    pub(super) system: String,
    pub(super) times: Times,
    /// How many columns the header or the first row has.
    pub(super) columns: Option<usize>,
}

impl Mapped {
    pub(super) fn read(&mut self, record: &Record) -> Result<Draft, RowError> {
        let fields = &record.fields;
        let needed = self.places.values().max().map_or(0, |place| place + 1);
        let columns = *self.columns.get_or_insert(fields.len().max(needed));
        if fields.len() != columns {
            return Err(RowError::Columns { found: fields.len(), expected: columns.to_string().into() });
        }
        let (facts, ambiguous) = self.facts(fields)?;
        let course = facts.course()?;
        let call = FinishedCall {
            origin: String::new(),
            payer: self.payer(fields),
            direction: Direction::Outbound,
            from: self.text(fields, Field::From).to_owned(),
            to: self.text(fields, Field::To).to_owned(),
            agent: None,
            account_code: self.given(fields, Field::Account).map(str::to_owned),
            link: None,
            started_at: facts.started_at,
            answered_at: course.answered_at,
            ended_at: course.ended_at,
            disposition: course.disposition,
            cause: None,
        };
        let origin = match self.given(fields, Field::Origin) {
            Some(origin) => Origin::Own(origin.to_owned()),
            None => Origin::Counted(format!("csv:{}:{}", self.system, hash_of(fields.iter()))),
        };
        Ok(Draft { call, origin, sequence: None, ambiguous })
    }

    fn text<'a>(&self, fields: &'a Fields, field: Field) -> &'a str {
        self.places.get(&field).map_or("", |place| fields.get(*place).trim())
    }

    fn given<'a>(&self, fields: &'a Fields, field: Field) -> Option<&'a str> {
        Some(self.text(fields, field)).filter(|text| !text.is_empty())
    }

    /// Who pays. The caller's number is asked only where the file has no column for the payer: a row without an account code is
    /// not to be charged to whoever has the number.
    fn payer(&self, fields: &Fields) -> Payer {
        let account = self.given(fields, Field::Account);
        let line = self.given(fields, Field::Line);
        match (account, line) {
            (Some(code), _) => Payer::Account(code.to_owned()),
            (None, Some(line)) => Payer::Number(line.to_owned()),
            (None, None) if self.places.contains_key(&Field::Account) => Payer::Account(String::new()),
            (None, None) if self.places.contains_key(&Field::Line) => Payer::Number(String::new()),
            (None, None) => Payer::Number(self.text(fields, Field::From).to_owned()),
        }
    }

    fn facts(&self, fields: &Fields) -> Result<(Facts, bool), RowError> {
        let start = self.time(fields, Field::StartedAt, None)?;
        let answer = self.time(fields, Field::AnsweredAt, start.map(|time| time.at))?;
        let before_end = answer.or(start).map(|time| time.at);
        let end = self.time(fields, Field::EndedAt, before_end)?;
        let duration_ms = match self.given(fields, Field::DurationSeconds) {
            None => None,
            Some(text) => {
                let column = Field::DurationSeconds.name();
                Some(parse_duration(text).map_err(|error| RowError::Duration { column, error })?)
            }
        };
        let disposition = match self.given(fields, Field::Disposition) {
            None => None,
            Some(text) => Some(Disposition::named(text).map_or_else(|| asterisk::disposition(text), Ok)?),
        };
        let at = |time: Option<Time>| time.map(|time| time.at);
        let ambiguous = [start, answer, end].into_iter().flatten().any(|time| time.ambiguous);
        let facts =
            Facts { started_at: at(start), answered_at: at(answer), ended_at: at(end), duration_ms, disposition };
        Ok((facts, ambiguous))
    }

    fn time(&self, fields: &Fields, field: Field, not_before: Option<Instant>) -> Result<Option<Time>, RowError> {
        let read = self.times.any(self.text(fields, field), not_before);
        read.map_err(|error| RowError::Time { column: field.name(), error })
    }
}
