//! Time passes, and what has waited for it happens.

use super::{Place, Status, World};

/// Something that happens at an instant.
#[derive(Debug, Clone, Copy)]
enum Due {
    StopsRinging,
    IsCutOff,
    IsTalkedOut,
}

impl World {
    /// So many seconds pass.
    pub(crate) fn let_pass(&mut self, seconds: i64) {
        let until = self.now + seconds;
        while let Some((at, sid, due)) = self.next_due().filter(|(at, ..)| *at <= until) {
            self.now = self.now.max(at);
            match due {
                Due::StopsRinging => self.end(&sid, Status::NoAnswer),
                Due::IsCutOff => self.end(&sid, Status::Completed),
                Due::IsTalkedOut => self.dial_is_over(&sid),
            }
        }
        self.now = until;
    }

    fn next_due(&self) -> Option<(i64, String, Due)> {
        let due = self.legs.values().filter(|leg| !leg.status.is_over()).flat_map(|leg| {
            let rings = leg.ring_until.filter(|_| leg.answered_at.is_none()).map(|at| (at, Due::StopsRinging));
            let lasts = leg.answered_at.zip(leg.most_seconds).map(|(at, most)| (at + most, Due::IsCutOff));
            let talks = match &leg.place {
                Place::Dialling { dial, talks_with: Some(_), since, .. } => {
                    dial.number("timeLimit").map(|most| (since + most, Due::IsTalkedOut))
                }
                _ => None,
            };
            [rings, lasts, talks].into_iter().flatten().map(|(at, due)| (at, leg.sid.clone(), due))
        });
        due.min_by_key(|(at, ..)| *at)
    }
}
