use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

/// The longest that something is kept, in days.
const MOST_DAYS: u16 = 3650;
/// The fewest days for which it is known who called whom: a month, and another in which its invoice is asked about.
const FEWEST_CALL_DAYS: u16 = 62;

/// How many days it is kept what need not be known for good, each 1 to 3,650 where nothing else is said. The days of recordings are in [`super::Recordings`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Who called a group, who was rung and answered, and what was noted of it, where the group does not say otherwise; what is counted of
    /// its calls stays.
    pub group_call_days: u16,
    /// Who called whom, in calls that were charged, 62 to 3,650 days; `None`: for good. What a call cost, when it was and how long it lasted
    /// stays.
    pub call_days: Option<u16>,
    /// Which way calls went, with the numbers of those who talked.
    pub call_way_days: u16,
    /// What agents were told of their shifts.
    pub reminder_days: u16,
    /// Which shifts agents offered to others, and who took them.
    pub swap_days: u16,
    /// To whom mails went, and what else was done as a job.
    pub done_job_days: u16,
    /// What could not be done, with all that is needed to try it again.
    pub failed_job_days: u16,
    /// Who changed, saw or heard what.
    pub audit_days: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Retention {
            group_call_days: 365,
            call_days: None,
            call_way_days: 30,
            reminder_days: 90,
            swap_days: 366,
            done_job_days: 30,
            failed_job_days: 90,
            audit_days: MOST_DAYS,
        }
    }
}

impl Retention {
    pub(super) fn check(&self) -> Result<(), Invalid> {
        for (name, days, fewest) in [
            ("group_call_days", self.group_call_days, 1),
            ("call_days", self.call_days.unwrap_or(MOST_DAYS), FEWEST_CALL_DAYS),
            ("call_way_days", self.call_way_days, 1),
            ("reminder_days", self.reminder_days, 1),
            ("swap_days", self.swap_days, 1),
            ("done_job_days", self.done_job_days, 1),
            ("failed_job_days", self.failed_job_days, 1),
            ("audit_days", self.audit_days, 1),
        ] {
            if !(fewest..=MOST_DAYS).contains(&days) {
                let detail = format!("must be {fewest} to {MOST_DAYS}, not {days}");
                return Err(Invalid::at(format!("/retention/{name}"), detail));
            }
        }
        Ok(())
    }
}
