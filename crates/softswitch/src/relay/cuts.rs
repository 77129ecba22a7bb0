//! Which legs of calls the relay carries, and until when.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::time::Instant;

/// Legs by what the names of their credentials end with.
#[derive(Default)]
pub(super) struct Cuts(Mutex<HashMap<String, Carried>>);

struct Carried {
    /// When it is over; never, where nothing is said.
    ends_at: Option<Instant>,
    /// Until when its credentials open sessions.
    opens_until: Instant,
}

impl Cuts {
    /// Credentials of the leg are given out that last until `lasting`, or as long as the leg; until when they open sessions.
    pub(super) fn opened(&self, name: &str, lasting: Instant) -> Instant {
        let mut legs = self.lock();
        let leg = legs.entry(name.to_owned()).or_insert(Carried { ends_at: None, opens_until: lasting });
        let opens_until = leg.ends_at.map_or(lasting, |end| end.min(lasting));
        leg.opens_until = leg.opens_until.max(opens_until);
        opens_until
    }

    /// The leg ends at another instant. One that nothing is known of may have sessions, too: of an earlier run of the server.
    pub(super) fn end_at(&self, name: &str, ends_at: Option<Instant>) {
        let mut legs = self.lock();
        match (legs.get_mut(name), ends_at) {
            (Some(carried), _) => carried.ends_at = ends_at,
            (None, Some(_)) => {
                legs.insert(name.to_owned(), Carried { ends_at, opens_until: Instant::clamped(i64::MIN) });
            }
            (None, None) => {}
        }
    }

    /// The legs that are over.
    pub(super) fn due(&self, now: Instant) -> Vec<String> {
        let legs = self.lock();
        let over = legs.iter().filter(|(_, carried)| carried.ends_at.is_some_and(|at| at <= now));
        over.map(|(name, _)| name.clone()).collect()
    }

    /// When the next leg is over.
    pub(super) fn next(&self) -> Option<Instant> {
        self.lock().values().filter_map(|carried| carried.ends_at).min()
    }

    /// The legs' sessions were ended after `now`, so many of each. One that had none, and whose credentials open nothing any more, is forgotten.
    pub(super) fn looked(&self, found: &[(String, usize)], now: Instant) {
        let mut legs = self.lock();
        for (name, _) in found.iter().filter(|(_, sessions)| *sessions == 0) {
            let spent = |carried: &Carried| {
                let over = carried.ends_at.is_some_and(|at| at <= now);
                // A name opens the relay in the whole second that it tells.
                over && carried.opens_until.seconds() < now.seconds()
            };
            if legs.get(name).is_some_and(spent) {
                legs.remove(name);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Carried>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::clamped(second * 1000)
    }

    fn looked(cuts: &Cuts, second: i64, sessions: usize) -> bool {
        cuts.looked(&[("a".into(), sessions)], at(second));
        cuts.due(at(1000)).contains(&"a".to_owned())
    }

    #[test]
    fn a_leg_is_watched_until_nothing_can_open_a_session_any_more() {
        let cuts = Cuts::default();
        cuts.end_at("a", Some(at(20)));
        assert_eq!([cuts.opened("a", at(25)), cuts.opened("a", at(15))], [at(20), at(15)]);
        assert_eq!((cuts.next(), cuts.due(at(19)).len()), (Some(at(20)), 0));
        cuts.end_at("a", Some(at(12)));
        assert_eq!(cuts.due(at(12)), ["a"]);
        assert!(looked(&cuts, 12, 2), "its credentials open sessions until 20");
        assert!(looked(&cuts, 20, 0), "they open until the end of that second");
        assert!(looked(&cuts, 21, 1), "what was found may not be ended yet");
        assert!(!looked(&cuts, 22, 0));
        assert_eq!(cuts.next(), None);
    }

    #[test]
    fn a_leg_that_was_lengthened_goes_on() {
        let cuts = Cuts::default();
        cuts.end_at("a", Some(at(10)));
        assert_eq!(cuts.opened("a", at(20)), at(10));
        cuts.end_at("a", None);
        assert_eq!((cuts.next(), cuts.due(at(1000)).len()), (None, 0));
        cuts.end_at("stranger", None);
        cuts.end_at("of an earlier run", Some(at(3)));
        assert_eq!(cuts.due(at(3)), ["of an earlier run"]);
    }
}
