use std::collections::BTreeMap;

use super::records::Fields;

/// Which column of a CSV file holds which field of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping(BTreeMap<Field, Column>);

/// A field of a call, as a column of a CSV file may hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Origin,
    From,
    To,
    Account,
    Line,
    StartedAt,
    AnsweredAt,
    EndedAt,
    DurationSeconds,
    Disposition,
}

/// A column of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    /// By its name in the header line.
    Named(String),
    /// By its place; the first is 1.
    Numbered(usize),
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A part of the mapping is not of the form `field=column`.
    #[error("\"{0}\" is not of the form field=column, such as to=dst or to=3")]
    Form(String),
    /// There is no such field.
    #[error("\"{0}\" is no field of a call: there are {fields}", fields = Field::names())]
    UnknownField(String),
    /// A field is mapped twice.
    #[error("the field {0} is mapped twice")]
    MappedTwice(&'static str),
    /// A field that is needed is not mapped.
    #[error("the mapping does not say which column holds {0}")]
    Missing(&'static str),
    /// The header does not name the column.
    #[error("the file has no column \"{column}\": its header line names {header}")]
    NoColumn {
        /// The column.
        column: String,
        /// The columns that there are.
        header: String,
    },
    /// The header names the column twice.
    #[error("the header line names the column \"{0}\" twice")]
    ColumnTwice(String),
    /// The header line is missing, or is none.
    #[error("the columns are mapped by name, but the first line is no header line: {0}")]
    NoHeader(String),
}

impl Field {
    const ALL: [(Field, &'static str); 10] = [
        (Field::Origin, "origin"),
        (Field::From, "from"),
        (Field::To, "to"),
        (Field::Account, "account"),
        (Field::Line, "line"),
        (Field::StartedAt, "started_at"),
        (Field::AnsweredAt, "answered_at"),
        (Field::EndedAt, "ended_at"),
        (Field::DurationSeconds, "duration_seconds"),
        (Field::Disposition, "disposition"),
    ];

    fn names() -> String {
        Self::ALL.map(|(_, name)| name).join(", ")
    }

    /// The field's name.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }
}

impl Mapping {
    /// The mapping of these parts, each of the form `field=column`: by the column's name or, from 1 on, its number.
    ///
    /// # Errors
    /// A part makes no sense, or fields that are needed are not mapped: `to`, a payer (`account`, `line` or `from`), and an end or
    /// a duration.
    pub fn parse<'a>(parts: impl IntoIterator<Item = &'a str>) -> Result<Mapping, MappingError> {
        let mut columns = BTreeMap::new();
        for part in parts {
            let (name, column) = part.split_once('=').ok_or_else(|| MappingError::Form(part.to_owned()))?;
            let (name, column) = (name.trim(), column.trim());
            let known = Field::ALL.iter().find(|(_, known)| *known == name);
            let (field, name) = known.ok_or_else(|| MappingError::UnknownField(name.to_owned()))?;
            let column = match column.parse() {
                Ok(0) => return Err(MappingError::Form(part.to_owned())),
                _ if column.is_empty() => return Err(MappingError::Form(part.to_owned())),
                Ok(number) => Column::Numbered(number),
                Err(_) => Column::Named(column.to_owned()),
            };
            if columns.insert(*field, column).is_some() {
                return Err(MappingError::MappedTwice(name));
            }
        }
        let mapping = Mapping(columns);
        for (needed, name) in [
            (&[Field::To][..], "to"),
            (&[Field::Account, Field::Line, Field::From], "the payer: account, line or from"),
            (&[Field::EndedAt, Field::DurationSeconds], "the end of the call: ended_at or duration_seconds"),
        ] {
            if !needed.iter().any(|field| mapping.0.contains_key(field)) {
                return Err(MappingError::Missing(name));
            }
        }
        Ok(mapping)
    }

    /// Whether columns are known by name, so that a header line is needed.
    pub(super) fn needs_header(&self) -> bool {
        self.0.values().any(|column| matches!(column, Column::Named(_)))
    }

    /// The places of the columns, from 0 on.
    ///
    /// # Errors
    /// The header does not name a column, or names it twice.
    pub(super) fn places(&self, header: Option<&Fields>) -> Result<BTreeMap<Field, usize>, MappingError> {
        let place = |column: &Column| match column {
            Column::Numbered(number) => Ok(number - 1),
            Column::Named(name) => place_of(name, header),
        };
        self.0.iter().map(|(field, column)| Ok((*field, place(column)?))).collect()
    }
}

fn place_of(name: &str, header: Option<&Fields>) -> Result<usize, MappingError> {
    let titles: Vec<&str> = header.map(|header| header.iter().map(str::trim).collect()).unwrap_or_default();
    let mut found = (0..titles.len()).filter(|place| titles[*place].eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => Err(MappingError::ColumnTwice(name.to_owned())),
        (None, _) => {
            let header: String = titles.join(", ").chars().take(400).collect();
            Err(MappingError::NoColumn { column: name.to_owned(), header })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_that_make_no_sense() {
        let missing = |parts: &str| match Mapping::parse(parts.split(' ')) {
            Err(MappingError::Missing(name)) => name.split(':').next().unwrap().to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(missing("account=1 ended_at=2"), "to");
        assert_eq!(missing("to=1 ended_at=2"), "the payer");
        assert_eq!(missing("to=1 from=2 started_at=3"), "the end of the call");
        let refused = |part: &str| Mapping::parse([part]).unwrap_err();
        for part in ["to", "to=", "to=0"] {
            assert_eq!(refused(part), MappingError::Form(part.to_owned()), "{part}");
        }
        assert_eq!(refused("minutes=3"), MappingError::UnknownField("minutes".to_owned()));
        assert_eq!(Mapping::parse(["to=1", "to=2"]), Err(MappingError::MappedTwice("to")));
    }

    #[test]
    fn columns_by_name_and_number() {
        let mapping = Mapping::parse(["to=Called No", "from=1", "ended_at=end"]).unwrap();
        assert!(mapping.needs_header());
        let places = |header: &str| mapping.places(Some(&Fields::split(header).unwrap()));
        let found = places("caller,called no , END").unwrap();
        assert_eq!((found[&Field::From], found[&Field::To], found[&Field::EndedAt]), (0, 1, 2));
        assert!(matches!(places("caller,called,end"), Err(MappingError::NoColumn { .. })));
        assert_eq!(places("caller,called no,end,End"), Err(MappingError::ColumnTwice("end".to_owned())));
        assert!(!Mapping::parse(["to=1", "from=2", "ended_at=3"]).unwrap().needs_header());
    }
}
