//! One Asterisk, and what is known of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::time::Instant;
use engine::switching::Recovered;

use crate::Settings;
use crate::ari::Ari;
use crate::channels::Channels;
use crate::recordings::UnderWay;

/// One Asterisk.
#[derive(Debug)]
pub(crate) struct Pbx {
    pub(crate) ari: Ari,
    channels: Mutex<Channels>,
    /// Calls of the last program that are still to be found again.
    awaited: Mutex<Vec<Recovered>>,
    /// What is recorded, by its name.
    recorded: Mutex<HashMap<String, UnderWay>>,
    meetings: Mutex<Meetings>,
    /// Whether it was told of the file with the SIP accounts as it is.
    has_read_accounts: AtomicBool,
}

/// How often it was met, and when it was lost.
#[derive(Debug, Default)]
struct Meetings {
    times: u64,
    lost_at: Option<Instant>,
    is_there: bool,
}

impl Pbx {
    pub(crate) fn new(settings: Settings) -> Result<Pbx, reqwest::Error> {
        Ok(Pbx {
            ari: Ari::new(settings)?,
            channels: Mutex::default(),
            awaited: Mutex::default(),
            recorded: Mutex::default(),
            meetings: Mutex::default(),
            has_read_accounts: AtomicBool::new(false),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.ari.settings().name
    }

    pub(crate) fn channels(&self) -> MutexGuard<'_, Channels> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn awaited(&self) -> MutexGuard<'_, Vec<Recovered>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn recorded(&self) -> MutexGuard<'_, HashMap<String, UnderWay>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn meetings(&self) -> MutexGuard<'_, Meetings> {
        self.meetings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn has_read_accounts(&self) -> bool {
        self.has_read_accounts.load(Ordering::Relaxed)
    }

    pub(crate) fn reads_accounts(&self, has_read: bool) {
        self.has_read_accounts.store(has_read, Ordering::Relaxed);
    }

    pub(crate) fn is_met(&self) {
        let mut meetings = self.meetings();
        (meetings.times, meetings.is_there) = (meetings.times + 1, true);
    }

    pub(crate) fn is_lost(&self, seen_at: Instant) {
        let mut meetings = self.meetings();
        (meetings.lost_at, meetings.is_there) = (Some(seen_at), false);
    }

    /// Whether it is met, and not lost.
    pub(crate) fn is_there(&self) -> bool {
        self.meetings().is_there
    }

    pub(crate) fn times_met(&self) -> u64 {
        self.meetings().times
    }

    pub(crate) fn lost_at(&self) -> Option<Instant> {
        self.meetings().lost_at
    }
}
