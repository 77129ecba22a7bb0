//! The phone on the terminal's screen.

mod desk;
mod draw;
mod terminal;
#[cfg(test)]
mod tests;
mod wrap;

use std::io;

use ratatui::crossterm::event::Event;

use crate::handset::Handset;
use crate::program::Stop;
use desk::{Action, Desk};
use terminal::Screen;

/// Shows the phone and takes keys until the user or a signal ends it, or the phone itself has ended.
pub(crate) async fn run(handset: &mut Handset, url: &str, stop: &mut Stop) -> io::Result<()> {
    let mut screen = Screen::open()?;
    let mut keys = terminal::keys();
    let mut desk = Desk::new(url, terminal::wants_colour());
    let mut bells = handset.bells();
    loop {
        desk.follow(handset.telephone());
        screen.draw(|frame| draw::phone(frame, &mut desk, handset.telephone(), handset.now()))?;
        if handset.bells() != bells {
            bells = handset.bells();
            terminal::strike_bell();
        }
        if handset.ended().is_some() {
            return Ok(());
        }
        tokio::select! {
            () = handset.turn() => {}
            () = stop.wait() => return Ok(()),
            event = keys.recv() => match event {
                Some(Event::Key(key)) => match desk.key(key, handset.telephone()) {
                    Action::Take(input) => handset.take(input),
                    Action::Quit => return Ok(()),
                    Action::Nothing => {}
                },
                Some(_) => {}
                // The terminal has gone.
                None => return Ok(()),
            },
        }
    }
}
