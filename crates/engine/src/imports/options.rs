use domain::time::Zone;

use super::ImportError;
use super::asterisk::CustomerBy;
use super::encoding::Encoding;
use super::mapping::Mapping;
use crate::tenants::Settings;

/// How a file of calls is to be read, and what is to be done about payers who are not known.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the file is.
    pub format: Format,
    /// What the switch is called in the origins of its calls, for a tenant with several switches; may be empty. It must stay the
    /// same: calls are known by their origin.
    pub system: String,
    /// How its characters are written.
    pub encoding: Encoding,
    /// The name of the zone of its local times; the tenant's where none is given.
    pub time_zone: Option<String>,
    /// Whether payers who are not known become customers with a line.
    pub create_missing: bool,
    /// The name or id of their lines' plan.
    pub plan: Option<String>,
}

/// What a file of calls is.
#[derive(Debug, Clone)]
pub enum Format {
    /// What Asterisk's `cdr_csv` writes: 16, 17, 18 or 21 columns without a header.
    AsteriskCsv {
        /// By which column the payer is known.
        customer_by: CustomerBy,
    },
    /// CSV of another make.
    Csv {
        /// Which column holds what.
        mapping: Mapping,
    },
    /// One JSON object a line, with the field names of the API.
    JsonLines,
}

impl Options {
    /// Options of which only the format is not the usual.
    #[must_use]
    pub fn of(format: Format) -> Options {
        Options {
            format,
            system: String::new(),
            encoding: Encoding::Utf8,
            time_zone: None,
            create_missing: false,
            plan: None,
        }
    }

    /// The zone of local times.
    pub(super) fn zone(&self, settings: &Settings) -> Result<Zone, ImportError> {
        match &self.time_zone {
            Some(name) => Ok(Zone::named(name)?),
            None => Ok(settings.time_zone.clone()),
        }
    }

    /// Refuses what contradicts itself.
    pub(super) fn check(&self) -> Result<(), ImportError> {
        match (self.create_missing, &self.plan) {
            (true, None) => return Err(ImportError::PlanMissing),
            (false, Some(_)) => return Err(ImportError::PlanWithoutUse),
            _ => {}
        }
        let fits = self.system.chars().count() <= 60 && !self.system.contains(|c: char| c == ':' || c.is_control());
        if fits { Ok(()) } else { Err(ImportError::SystemName(self.system.chars().take(80).collect())) }
    }
}

impl Format {
    /// The kind's name among imports.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Format::AsteriskCsv { .. } => "asterisk_csv",
            Format::Csv { .. } => "csv",
            Format::JsonLines => "jsonl",
        }
    }
}
