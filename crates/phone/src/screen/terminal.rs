//! The terminal: taken for the phone, and given back as it was, whatever happens.

use std::io::{self, Write};
use std::time::Duration;

use ratatui::crossterm::event::{self, Event};
use ratatui::{DefaultTerminal, Frame};
use tokio::sync::mpsc;

/// How often the thread that waits for keys looks whether anybody still wants them.
const LOOK: Duration = Duration::from_millis(100);
/// So many keys may wait.
const KEYS: usize = 256;

/// The screen in the phone's hands. Given back when it is dropped, and before a panic is told.
pub(super) struct Screen(DefaultTerminal);

impl Screen {
    pub(super) fn open() -> io::Result<Screen> {
        ratatui::try_init().map(Screen).inspect_err(|_| ratatui::restore())
    }

    pub(super) fn draw(&mut self, shown: impl FnOnce(&mut Frame)) -> io::Result<()> {
        self.0.draw(shown).map(|_| ())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.0.show_cursor();
        ratatui::restore();
    }
}

/// Keys as they are pressed, until the receiver is dropped or the terminal is gone.
pub(super) fn keys() -> mpsc::Receiver<Event> {
    let (pressed, keys) = mpsc::channel(KEYS);
    std::thread::spawn(move || {
        while !pressed.is_closed() {
            match event::poll(LOOK) {
                Ok(false) => {}
                Ok(true) => match event::read() {
                    Ok(event) => drop(pressed.blocking_send(event)),
                    Err(_) => return,
                },
                Err(_) => return,
            }
        }
    });
    keys
}

/// Strikes the terminal's bell.
pub(super) fn strike_bell() {
    let mut out = io::stdout().lock();
    let _ = out.write_all(b"\x07").and_then(|()| out.flush());
}

/// Whether colours are wanted: <https://no-color.org>.
pub(super) fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
