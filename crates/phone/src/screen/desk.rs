//! What stands around the telephone: the line that is being typed, the place in the talk, the help. Keys come here first.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::telephone::{Input, State, Telephone};

/// The longest line that can be typed.
const LONGEST_DRAFT: usize = 1_000;
/// How far one press scrolls.
const SCROLL: usize = 5;

/// What a key means.
#[derive(Debug, PartialEq)]
pub(super) enum Action {
    Take(Input),
    Quit,
    Nothing,
}

pub(super) struct Desk {
    pub(super) url: String,
    pub(super) colour: bool,
    /// Keys are text, not the keypad's.
    pub(super) typing: bool,
    pub(super) draft: String,
    /// How many rows of talk stand below the screen.
    pub(super) scroll: usize,
    pub(super) help: bool,
    could_talk: bool,
}

impl Desk {
    pub(super) fn new(url: &str, colour: bool) -> Desk {
        let (typing, draft) = (false, String::new());
        Desk { url: url.to_owned(), colour, typing, draft, scroll: 0, help: false, could_talk: false }
    }

    /// Turns to typing as somebody can hear it, and back to the keypad as nobody can. What is half typed then does not dial.
    pub(super) fn follow(&mut self, telephone: &Telephone) {
        let can_talk = can_talk(telephone);
        if can_talk != self.could_talk {
            self.could_talk = can_talk;
            self.typing = can_talk || !self.draft.is_empty();
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent, telephone: &Telephone) -> Action {
        if key.kind == KeyEventKind::Release {
            return Action::Nothing;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::F(10) => return Action::Quit,
            KeyCode::Char('c') if control => return Action::Quit,
            KeyCode::F(1) => self.help = !self.help,
            KeyCode::Esc => self.help = false,
            KeyCode::F(4) => return Action::Take(Input::PutDown),
            KeyCode::Tab | KeyCode::F(2) => self.typing = !self.typing && can_talk(telephone),
            KeyCode::PageUp => self.scroll += SCROLL,
            KeyCode::PageDown => self.scroll = self.scroll.saturating_sub(SCROLL),
            KeyCode::Up => self.scroll += 1,
            KeyCode::Down => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::End => self.scroll = 0,
            KeyCode::Char('u') if control => self.draft.clear(),
            _ if control || key.modifiers.contains(KeyModifiers::ALT) => {}
            code if self.typing => return self.typed(code),
            code => return on_keypad(code),
        }
        Action::Nothing
    }

    fn typed(&mut self, code: KeyCode) -> Action {
        match code {
            KeyCode::Enter if self.draft.is_empty() => Action::Nothing,
            KeyCode::Enter => {
                self.typing = self.could_talk;
                self.scroll = 0;
                Action::Take(Input::Text(std::mem::take(&mut self.draft)))
            }
            KeyCode::Backspace => {
                self.draft.pop();
                Action::Nothing
            }
            KeyCode::Char(typed) => {
                if self.draft.chars().count() < LONGEST_DRAFT {
                    self.draft.push(typed);
                }
                Action::Nothing
            }
            _ => Action::Nothing,
        }
    }
}

fn on_keypad(code: KeyCode) -> Action {
    match code {
        KeyCode::Enter | KeyCode::Char(' ') => Action::Take(Input::Hook),
        KeyCode::Char(key @ ('0'..='9' | '*' | '#' | '+')) => Action::Take(Input::Key(key)),
        KeyCode::Backspace => Action::Take(Input::Erase),
        _ => Action::Nothing,
    }
}

fn can_talk(telephone: &Telephone) -> bool {
    telephone.state() == State::Talking || telephone.is_recording()
}
