use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the service takes requests on: a program that is to end says first that it does not, so that those who share them out send them
/// elsewhere. Cheap to clone: all clones say the same.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    ends: Arc<AtomicBool>,
}

impl Readiness {
    /// Says that the service is about to end.
    pub fn end(&self) {
        self.ends.store(true, Ordering::Release);
    }

    /// Whether it goes on.
    pub(crate) fn goes_on(&self) -> bool {
        !self.ends.load(Ordering::Acquire)
    }
}
