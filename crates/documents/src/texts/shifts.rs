//! What agents read of their shifts, and coordinators of gaps, in English and German.

use domain::roster::ToldShift;
use domain::time::{Date, Instant, Zone, day_number};
use engine::notices::About;
use engine::reminders::ToldGap;
use engine::swaps::{SwapNews, ToldSwap};

use super::Language;
use super::Language::{English, German};
use crate::figures::{date, plain, wall_clock};

/// A mail has no more lines of gaps than this.
const MOST_LINES: usize = 100;

const WEEKDAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
];

/// How dates and times are told.
#[derive(Clone, Copy)]
pub(super) struct Calendar<'a> {
    pub(super) language: Language,
    /// What the tenant is called.
    pub(super) tenant: &'a str,
}

impl Calendar<'_> {
    /// What a mail about an agent's shifts is called, and what stands before them.
    pub(super) fn of_shifts(self, date: Date, changed: bool, shifts: &[ToldShift]) -> (String, Vec<String>) {
        let (day, tenant) = (self.date(date), plain(self.tenant));
        let one = shifts.len() == 1;
        let (subject, sentence) = match (self.language, changed, shifts.is_empty()) {
            (English, _, true) => (
                format!("You have no shift on {day} any more"),
                format!("{tenant} told you of shifts on {day}. You have none on that day any more."),
            ),
            (English, true, _) => (
                format!("Changed: your {} on {day}", if one { "shift" } else { "shifts" }),
                format!("Your shifts on {day} have changed since {tenant} told you of them. This is how it is now:"),
            ),
            (English, false, _) => (
                format!("Your {} on {day}", if one { "shift" } else { "shifts" }),
                format!("{tenant} reminds you of your {} on {day}:", if one { "shift" } else { "shifts" }),
            ),
            (German, _, true) => (
                format!("Sie haben am {day} keinen Dienst mehr"),
                format!("{tenant} hatte Ihnen Dienste am {day} genannt. Sie haben an diesem Tag keinen mehr."),
            ),
            (German, true, _) => (
                format!("Geändert: {} am {day}", if one { "Ihr Dienst" } else { "Ihre Dienste" }),
                format!(
                    "Ihre Dienste am {day} haben sich geändert, seit {tenant} sie Ihnen genannt hat. So ist es jetzt:"
                ),
            ),
            (German, false, _) => (
                format!("{} am {day}", if one { "Ihr Dienst" } else { "Ihre Dienste" }),
                format!("{tenant} erinnert Sie an {} am {day}:", if one { "Ihren Dienst" } else { "Ihre Dienste" }),
            ),
        };
        (subject, vec![sentence])
    }

    /// What a mail about gaps is called, and what stands before them.
    pub(super) fn of_gaps(self, gaps: &[ToldGap]) -> (String, Vec<String>) {
        let nobody = gaps.iter().any(|gap| gap.staffed == 0);
        let (subject, sentence) = match (self.language, nobody) {
            (English, true) => {
                ("Nobody on duty", "In the next 14 days nobody, or too few, are on duty at these times:")
            }
            (English, false) => ("Too few on duty", "In the next 14 days too few are on duty at these times:"),
            (German, true) => (
                "Niemand im Dienst",
                "In den nächsten 14 Tagen ist zu diesen Zeiten niemand im Dienst, oder es sind zu wenige:",
            ),
            (German, false) => {
                ("Zu wenige im Dienst", "In den nächsten 14 Tagen sind zu diesen Zeiten zu wenige im Dienst:")
            }
        };
        (subject.to_owned(), vec![sentence.to_owned()])
    }

    /// What a mail about a swap is called, and what stands before its shift.
    pub(super) fn of_swap(self, news: SwapNews, swap: &ToldSwap) -> (String, Vec<String>) {
        let (day, owner, taker) = (self.date(swap.date), plain(&swap.offered_by), plain(&swap.taken_by));
        let (subject, sentence) = match (self.language, news) {
            (English, SwapNews::Done) => (
                format!("{taker} takes the shift of {owner} on {day}"),
                format!("{taker} is on duty in place of {owner} on {day}:"),
            ),
            (English, SwapNews::Asked) => (
                format!("Please approve: {taker} would take the shift of {owner} on {day}"),
                format!("{taker} would be on duty in place of {owner} on {day}, if you approve:"),
            ),
            (English, SwapNews::Refused) => (
                format!("{owner} stays on duty on {day}"),
                format!("It was not approved that {taker} takes this shift on {day}. {owner} stays on duty:"),
            ),
            (English, SwapNews::Withdrawn) => (
                format!("{owner} stays on duty on {day}"),
                format!("{owner} has taken back the offer of this shift on {day} that {taker} would have taken:"),
            ),
            (German, SwapNews::Done) => (
                format!("{taker} übernimmt den Dienst von {owner} am {day}"),
                format!("{taker} ist am {day} anstelle von {owner} im Dienst:"),
            ),
            (German, SwapNews::Asked) => (
                format!("Bitte zustimmen: {taker} möchte den Dienst von {owner} am {day} übernehmen"),
                format!("{taker} wäre am {day} anstelle von {owner} im Dienst, wenn Sie zustimmen:"),
            ),
            (German, SwapNews::Refused) => (
                format!("{owner} bleibt am {day} im Dienst"),
                format!(
                    "Der Übernahme dieses Dienstes am {day} durch {taker} wurde nicht zugestimmt. {owner} bleibt im Dienst:"
                ),
            ),
            (German, SwapNews::Withdrawn) => (
                format!("{owner} bleibt am {day} im Dienst"),
                format!(
                    "{owner} hat das Angebot dieses Dienstes am {day} zurückgezogen, den {taker} übernehmen wollte:"
                ),
            ),
        };
        (subject, vec![sentence])
    }

    /// The lines of a list that a notice has.
    pub(super) fn items(self, about: &About) -> Vec<String> {
        match about {
            About::Shifts { date, shifts, .. } => shifts.iter().map(|shift| self.shift(*date, shift)).collect(),
            About::Swap { swap, .. } => vec![self.shift(swap.date, &swap.shift)],
            About::Gaps { gaps } => {
                let more = gaps.len().saturating_sub(MOST_LINES);
                let rest = (more > 0).then(|| match self.language {
                    English => format!("and {more} more"),
                    German => format!("und {more} weitere"),
                });
                gaps.iter().take(MOST_LINES).map(|gap| self.gap(gap)).chain(rest).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A shift of a date: from when to when, and where another day is meant, that.
    pub(super) fn shift(self, date: Date, shift: &ToldShift) -> String {
        let point = |at: Instant| {
            let (clock, day) = (self.clock(at, &shift.zone), shift.zone.date(at));
            let full = self.date(day);
            match (self.language, day_number(day) - day_number(date)) {
                (_, 0) => clock,
                (English, 1) => format!("{clock} on the next day, {full}"),
                (English, _) => format!("{clock} on {full}"),
                (German, 1) => format!("{clock} am nächsten Tag, {full}"),
                (German, _) => format!("{clock} am {full}"),
            }
        };
        let (name, zone) = (plain(&shift.name), &shift.zone);
        match self.language {
            English => format!("{name}: {} to {} ({zone})", point(shift.start), point(shift.end)),
            German => format!("{name}: {} bis {} ({zone})", point(shift.start), point(shift.end)),
        }
    }

    fn gap(self, gap: &ToldGap) -> String {
        let point = |at: Instant| format!("{}, {}", self.date(gap.zone.date(at)), self.clock(at, &gap.zone));
        let (start, end, name) = (point(gap.start), point(gap.end), plain(&gap.group));
        let ToldGap { zone, staffed, wanted, .. } = gap;
        match (self.language, staffed) {
            (English, 0) => format!("{name}: {start} to {end} ({zone}): nobody"),
            (English, _) => format!("{name}: {start} to {end} ({zone}): {staffed} of {wanted}"),
            (German, 0) => format!("{name}: {start} bis {end} ({zone}): niemand"),
            (German, _) => format!("{name}: {start} bis {end} ({zone}): {staffed} von {wanted}"),
        }
    }

    /// A date such as `Wednesday, 18 November 2026`.
    pub(super) fn date(self, of: Date) -> String {
        let names = if self.language == German { WEEKDAYS[1] } else { WEEKDAYS[0] };
        let place = usize::try_from(of.weekday().to_monday_zero_offset()).unwrap_or_default();
        format!("{}, {}", names.get(place).copied().unwrap_or_default(), date(self.language, of))
    }

    /// What the zone's wall clocks show: `18:00`, with the offset where they show it twice.
    fn clock(self, at: Instant, zone: &Zone) -> String {
        let whole = wall_clock(at, zone);
        let part = |from: usize, to: usize| whole.get(from..to).unwrap_or_default();
        format!("{}{}", part(11, 16), part(19, whole.len()))
    }
}
