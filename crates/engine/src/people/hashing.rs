//! Hashing of passwords: Argon2id, on as many threads as there are cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier as _, Version};
use domain::invalid::Invalid;
use tokio::sync::Semaphore;

use super::Password;
use crate::secrets::MachineError;

/// Memory of one hash, in KiB: 46 MiB.
const MEMORY: u32 = 47_104;
const PASSES: u32 = 1;
const LANES: u32 = 1;

/// Passwords that wait at most: each is kept in memory until its turn.
const MOST_WAITING: usize = 128;
/// How long who is refused is asked to wait, in seconds: two cores hash so many in that time.
const WAIT_SECONDS: u64 = 5;

/// The hash of nobody's password: what is shown for a user who is not there is checked against it, so that it takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=47104,t=1,p=1$bm9ib2R5c3NhbHRoZXJl$LNi9JOqDcZjfHZQQCJRnNpHqhWpKoSQU9dlBpvYHnRw";

/// How passwords are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashing {
    /// Hashes made since the start.
    pub done: u64,
    /// The most that were made at once.
    pub most_at_once: usize,
    /// The most that may be: one for each core. Each takes 46 MiB.
    pub permits: usize,
}

/// Hashes passwords. Who finds all threads taken waits, first come, first served; who finds [too many](MOST_WAITING) waiting is
/// refused.
pub(super) struct Hasher {
    permits: Arc<Semaphore>,
    most: usize,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    done: AtomicU64,
    waiting: AtomicUsize,
    running: AtomicUsize,
    most_at_once: AtomicUsize,
}

/// What came of checking a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checked {
    Wrong,
    Right,
    /// It is right, but its hash was made as it is not made any more.
    Outdated,
}

impl Default for Hasher {
    fn default() -> Self {
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        Hasher { permits: Arc::new(Semaphore::new(most)), most, counts: Arc::default() }
    }
}

impl Hasher {
    /// How much was hashed.
    pub(super) fn counts(&self) -> Hashing {
        Hashing {
            done: self.counts.done.load(Ordering::Relaxed),
            most_at_once: self.counts.most_at_once.load(Ordering::Relaxed),
            permits: self.most,
        }
    }

    /// Hashes a password that somebody wants to have, if it is [strong enough](Password::refusal); `about` is what is known of
    /// the user.
    pub(super) async fn new_hash(
        &self,
        password: Password,
        about: Vec<String>,
    ) -> Result<Result<String, Invalid>, MachineError> {
        if let Err(refused) = password.check_length() {
            return Ok(Err(refused));
        }
        self.on_thread(move || match password.refusal(&about) {
            Some(refused) => Ok(Err(refused)),
            None => hash(&password).map(Ok),
        })
        .await?
    }

    /// Hashes a password, however weak it is.
    pub(super) async fn any_hash(&self, password: Password) -> Result<String, MachineError> {
        self.on_thread(move || hash(&password)).await?
    }

    /// Checks a password against a stored hash. Without one it takes as long, and is wrong. One that nobody can have is wrong at
    /// once.
    pub(super) async fn check(&self, password: Password, stored: Option<String>) -> Result<Checked, MachineError> {
        if password.is_oversized() {
            return Ok(Checked::Wrong);
        }
        self.on_thread(move || {
            let known = stored.is_some();
            let right = verify(&password, stored.as_deref().unwrap_or(NOBODYS));
            match stored {
                Some(stored) if known && right => {
                    if is_outdated(&stored) {
                        Checked::Outdated
                    } else {
                        Checked::Right
                    }
                }
                _ => Checked::Wrong,
            }
        })
        .await
    }

    async fn on_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, MachineError> {
        let fault = |error: &dyn std::fmt::Display| MachineError::Hashing(error.to_string());
        let waiter = Waiter::admitted(Arc::clone(&self.counts))?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|closed| fault(&closed))?;
        drop(waiter);
        let counts = Arc::clone(&self.counts);
        let thread = tokio::task::spawn_blocking(move || {
            // The permit is the thread's: it lasts as long as the memory is used, even if nobody waits for the hash any more.
            let _permit = permit;
            let running = counts.running.fetch_add(1, Ordering::Relaxed) + 1;
            counts.most_at_once.fetch_max(running, Ordering::Relaxed);
            let done = work();
            counts.running.fetch_sub(1, Ordering::Relaxed);
            counts.done.fetch_add(1, Ordering::Relaxed);
            done
        });
        thread.await.map_err(|error| fault(&error))
    }
}

/// One who waits for a thread, until dropped.
struct Waiter(Arc<Counts>);

impl Waiter {
    fn admitted(counts: Arc<Counts>) -> Result<Waiter, MachineError> {
        let before = counts.waiting.fetch_add(1, Ordering::Relaxed);
        let waiter = Waiter(counts);
        if before >= MOST_WAITING {
            tracing::warn!(target: "security", "a password was not hashed: too many wait");
            return Err(MachineError::Busy { retry_after_seconds: WAIT_SECONDS });
        }
        Ok(waiter)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(password: &Password) -> Result<String, MachineError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|error| MachineError::Hashing(error.to_string()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password(password.bytes()).map_err(|error| MachineError::Hashing(error.to_string()))?;
    Ok(hash.to_string())
}

fn verify(password: &Password, stored: &str) -> bool {
    Argon2::default().verify_password(password.bytes(), stored).is_ok()
}

fn is_outdated(stored: &str) -> bool {
    let params = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
    let current = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, LANES);
    !stored.starts_with("$argon2id$v=19$") || !params.as_ref().is_some_and(current)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn nobodys_hash_costs_what_a_users_does() {
        let params = |stored: &str| Params::try_from(&PasswordHash::new(stored).unwrap()).unwrap();
        let made = hash(&Password::new("correct horse")).unwrap();
        assert_eq!(params(NOBODYS), params(&made));
        assert!(!is_outdated(&made) && !is_outdated(NOBODYS));
        assert!(verify(&Password::new("correct horse"), &made) && !verify(&Password::new("correct house"), &made));
    }
}
