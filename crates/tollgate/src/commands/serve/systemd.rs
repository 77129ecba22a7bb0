//! What systemd is told, where it has started the program and wants to know.

use std::time::Duration;

#[cfg(target_os = "linux")]
use sd_notify::NotifyState;

/// Requests are taken.
pub(super) fn ready() {
    #[cfg(target_os = "linux")]
    tell(NotifyState::Ready);
}

/// The program ends.
pub(super) fn stopping() {
    #[cfg(target_os = "linux")]
    tell(NotifyState::Stopping);
}

/// Tells it again and again that the program lives, where it watches over that.
pub(super) async fn live() {
    #[cfg(target_os = "linux")]
    if let Some(patience) = sd_notify::watchdog_enabled() {
        loop {
            tell(NotifyState::Watchdog);
            tokio::time::sleep((patience / 3).max(Duration::from_millis(10))).await;
        }
    }
    std::future::pending().await
}

/// Not by a thread that others need: systemd may be slow to listen.
#[cfg(target_os = "linux")]
fn tell(state: NotifyState<'static>) {
    tokio::task::spawn_blocking(move || {
        if let Err(error) = sd_notify::notify(&[state]) {
            tracing::warn!(%error, "systemd could not be told how the server does");
        }
    });
}
