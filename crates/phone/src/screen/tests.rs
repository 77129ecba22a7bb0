//! What the screen shows in 80x24, and what its keys do.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde_json::{Value, json};

use super::desk::{Action, Desk};
use super::draw;
use crate::telephone::{Command, Input, Telephone};

struct Bench {
    telephone: Telephone,
    desk: Desk,
    now: Duration,
}

impl Bench {
    fn new() -> Bench {
        let (telephone, desk) = (Telephone::new("0001"), Desk::new("http://localhost:3000", true));
        let mut bench = Bench { telephone, desk, now: Duration::ZERO };
        bench.hear("registered", json!("0001"));
        bench
    }

    fn hear(&mut self, name: &str, told: Value) {
        let args = if told.is_null() { vec![] } else { vec![told] };
        self.telephone.take(Input::FromExchange { name: name.to_owned(), args }, self.now);
        self.desk.follow(&self.telephone);
    }

    /// Presses keys, and says what the phone sends.
    fn press(&mut self, keys: impl IntoIterator<Item = KeyCode>) -> Vec<Command> {
        let mut sent = Vec::new();
        for key in keys {
            if let Action::Take(input) = self.desk.key(KeyEvent::new(key, KeyModifiers::NONE), &self.telephone) {
                sent.extend(self.telephone.take(input, self.now));
            }
            self.desk.follow(&self.telephone);
        }
        sent
    }

    fn type_text(&mut self, text: &str) -> Vec<Command> {
        self.press(text.chars().map(KeyCode::Char))
    }

    fn screen_of(&mut self, columns: u16, rows: u16) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| draw::phone(frame, &mut self.desk, &self.telephone, self.now)).unwrap();
        let cells = terminal.backend().buffer().content().chunks(usize::from(columns));
        cells.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>().trim_end().to_owned()).collect()
    }

    fn screen(&mut self) -> String {
        self.screen_of(80, 24).join("\n")
    }

    /// A caller with its call to 0002 up for 12 s.
    fn talking() -> Bench {
        let mut bench = Bench::new();
        bench.press([KeyCode::Enter]);
        bench.type_text("0002#");
        bench.hear("callee_ringing", Value::Null);
        bench.hear("call_connected", Value::Null);
        bench.now += Duration::from_secs(12);
        bench
    }
}

fn sent(event: &'static str, args: Value) -> Vec<Command> {
    vec![Command::Send { event, args: args.as_array().unwrap().clone() }]
}

#[test]
fn a_phone_at_rest() {
    let screen = Bench::new().screen();
    assert_eq!(
        screen,
        "\
┌ Phone 0001 ────────────────┐┌ Talk ──────────────────────────────────────────┐
│Handset   on hook           ││The exchange knows this phone as 0001.          │
│Number                      ││                                                │
│Heard     nothing           ││                                                │
│Exchange  connected         ││                                                │
│http://localhost:3000       ││                                                │
└────────────────────────────┘│                                                │
┌ Last call ─────────────────┐│                                                │
│Time                        ││                                                │
│Cost                        ││                                                │
│Left                        ││                                                │
└────────────────────────────┘│                                                │
┌ Keypad ────────────────────┐│                                                │
│   [1] [2] [3]              ││                                                │
│   [4] [5] [6]              ││                                                │
│   [7] [8] [9]              ││                                                │
│   [*] [0] [#]              ││                                                │
│                            ││                                                │
│Enter lifts the handset     ││                                                │
└────────────────────────────┘└────────────────────────────────────────────────┘
┌ Keypad ──────────────────────────────────────────────────────────────────────┐
│                                                                              │
└──────────────────────────────────────────────────────────────────────────────┘
Enter hook  Tab talk/keypad  F4 hangs up  PgUp PgDn scroll  F1 help  F10 quit"
    );
}

#[test]
fn a_call_with_talk_meter_and_a_warning() {
    let mut bench = Bench::talking();
    assert_eq!(bench.type_text("good morning"), []);
    assert_eq!(bench.press([KeyCode::Enter]), sent("talk", json!(["good morning"])));
    bench.hear("talk", json!("good morning to you, who are calling from so far away"));
    bench.hear("prompt", json!({"text": "One minute more."}));
    bench.hear("meter", json!({"seconds": 12, "cost": "0.05", "currency": "GBP", "remaining_seconds": 60}));
    bench.hear("warning", json!({"remaining_seconds": 60}));
    bench.type_text("how are");
    assert_eq!(
        bench.screen(),
        "\
┌ Phone 0001 ────────────────┐┌ Talk ──────────────────────────────────────────┐
│Handset   in a call         ││The exchange knows this phone as 0001.          │
│Number    0002              ││Connected with 0002.                            │
│Heard     connection        ││me: good morning                                │
│Exchange  connected         ││0002: good morning to you, who are calling from │
│http://localhost:3000       ││so far away                                     │
└────────────────────────────┘│exchange: One minute more.                      │
┌ This call ─────────────────┐│The balance allows 60 more seconds of this call.│
│Time      0:00:12           ││                                                │
│Cost      0.05 GBP          ││                                                │
│Left      0:01:00           ││                                                │
└────────────────────────────┘│                                                │
┌ Keypad ────────────────────┐│                                                │
│   [1] [2] [3]              ││                                                │
│   [4] [5] [6]              ││                                                │
│   [7] [8] [9]              ││                                                │
│   [*] [0] [#]              ││                                                │
│                            ││                                                │
│F4 hangs up                 ││                                                │
└────────────────────────────┘└────────────────────────────────────────────────┘
┌ You talk (Enter sends, Tab: keypad) ─────────────────────────────────────────┐
│> how are                                                                     │
└──────────────────────────────────────────────────────────────────────────────┘
Enter sends  Tab keypad  F4 hangs up  PgUp PgDn scroll  F1 help  F10 quit"
    );
}

#[test]
fn the_status_by_table() {
    let busy: &[(&str, Value)] = &[("call_not_possible", json!("busy"))];
    let lost: &[(&str, Value)] = &[];
    for (dialled, events, expected) in [
        ("", &[("call_request", json!("0002"))][..], ["ringing", "0002", "the bell: a call", "connected"]),
        ("12", lost, ["off hook", "12", "nothing", "connected"]),
        ("120003", lost, ["off hook", "12 0003", "nothing", "connected"]),
        ("0002#", lost, ["off hook", "0002", "connecting", "connected"]),
        ("0002#", busy, ["off hook", "", "busy", "connected"]),
        ("#70", lost, ["call blocking", "#70", "connection", "connected"]),
    ] {
        let mut bench = Bench::new();
        if !dialled.is_empty() {
            bench.press([KeyCode::Enter]);
            bench.type_text(dialled);
        }
        events.iter().for_each(|(name, told)| bench.hear(name, told.clone()));
        let rows = bench.screen_of(80, 24);
        let shown: Vec<&str> = rows[1..5].iter().map(|row| row.split('│').nth(1).unwrap()[10..].trim()).collect();
        assert_eq!(shown, expected, "{dialled}");
    }
    let mut bench = Bench::talking();
    bench.telephone.take(Input::Lost, bench.now);
    assert!(bench.screen().contains("│Exchange  lost, trying again│"), "{}", bench.screen());
}

#[test]
fn the_help_lies_over_the_phone() {
    let mut bench = Bench::new();
    bench.press([KeyCode::F(1)]);
    let screen = bench.screen();
    assert!(screen.contains("┌ Help ─"), "{screen}");
    for line in draw::HELP.lines() {
        assert!(screen.contains(line), "not on the screen: {line}\n{screen}");
    }
    bench.press([KeyCode::Esc]);
    assert!(!bench.screen().contains("Help ─"));
}

#[test]
fn screens_of_other_sizes() {
    let told = Bench::new().screen_of(40, 10).join("\n");
    assert!(told.starts_with("The phone needs 80 columns and 24 rows."), "{told}");
    for (columns, rows) in [(1, 1), (79, 24), (80, 23), (20, 200), (80, 24), (200, 24), (300, 100)] {
        let mut bench = Bench::talking();
        bench.hear("talk", json!("x".repeat(3_000)));
        bench.press([KeyCode::F(1)]);
        let screen = bench.screen_of(columns, rows);
        assert_eq!(screen.len(), usize::from(rows));
        assert_eq!(screen.join("").contains(" Phone 0001 "), columns >= 80 && rows >= 24, "{columns}x{rows}");
    }
}

#[test]
fn talk_scrolls_and_stays_within_its_ends() {
    let mut bench = Bench::talking();
    for number in 0..100 {
        bench.hear("talk", json!(format!("line {number}")));
    }
    let seen = |bench: &mut Bench| {
        let screen = bench.screen();
        (0..100)
            .filter(|number| screen.contains(&format!("0002: line {number} ")))
            .map(|number| (number, number))
            .reduce(|(first, _), (last, _)| (first, last))
    };
    assert_eq!(seen(&mut bench), Some((82, 99)));
    bench.press([KeyCode::PageUp, KeyCode::Up]);
    assert_eq!(seen(&mut bench), Some((76, 93)));
    assert!(bench.screen().contains("Talk (End: to the latest)"));
    bench.press((0..100).map(|_| KeyCode::PageUp));
    assert_eq!(seen(&mut bench), Some((0, 15)), "two lines of the phone's own stand before");
    bench.press([KeyCode::PageDown]);
    assert_eq!(seen(&mut bench), Some((3, 20)));
    bench.press([KeyCode::End]);
    assert_eq!(seen(&mut bench), Some((82, 99)));
}

#[test]
fn keys_are_text_or_tones_during_a_call() {
    let mut bench = Bench::talking();
    assert_eq!(bench.type_text("1 2#"), [], "text");
    assert_eq!(bench.press([KeyCode::Backspace, KeyCode::Tab]), []);
    assert_eq!(bench.type_text("1x"), sent("dtmf", json!(["1"])), "tones");
    assert_eq!(bench.press([KeyCode::F(2), KeyCode::Enter]), sent("talk", json!(["1 2"])));
    assert_eq!(bench.press([KeyCode::Enter]), [], "an empty line is not sent, and does not hang up");
    assert_eq!(bench.press([KeyCode::F(4)]), sent("hang_up", json!([])));
    assert_eq!(bench.press([KeyCode::F(4)]), []);
    assert!(!bench.telephone.is_off_hook(), "F4 never lifts");
    assert_eq!(bench.type_text("5"), []);
    assert_eq!(bench.telephone.display(), "5", "dialling lifts");
}

#[test]
fn what_is_half_typed_as_a_call_ends_neither_dials_nor_hangs_up() {
    let mut bench = Bench::talking();
    bench.type_text("wait");
    bench.hear("call_ended", Value::Null);
    assert!(bench.screen().contains("Nobody hears this any more (Enter clears)"));
    assert_eq!(bench.type_text(" a 1 "), []);
    assert!(bench.telephone.is_off_hook());
    assert_eq!(bench.press([KeyCode::Enter]), []);
    assert!(bench.telephone.is_off_hook());
    bench.press([KeyCode::Enter]);
    assert!(!bench.telephone.is_off_hook());
}

#[test]
fn keys_that_quit() {
    for (code, modifiers, quits) in [
        (KeyCode::F(10), KeyModifiers::NONE, true),
        (KeyCode::Char('c'), KeyModifiers::CONTROL, true),
        (KeyCode::Char('c'), KeyModifiers::NONE, false),
        (KeyCode::Char('q'), KeyModifiers::NONE, false),
        (KeyCode::Esc, KeyModifiers::NONE, false),
    ] {
        for mut bench in [Bench::new(), Bench::talking()] {
            let action = bench.desk.key(KeyEvent::new(code, modifiers), &bench.telephone);
            assert_eq!(action == Action::Quit, quits, "{code:?}");
        }
    }
}

#[test]
fn without_colour_there_is_none() {
    for (colour, expected) in [(true, true), (false, false)] {
        let mut bench = Bench::talking();
        bench.desk.colour = colour;
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| draw::phone(frame, &mut bench.desk, &bench.telephone, bench.now)).unwrap();
        let cells = terminal.backend().buffer().content();
        assert_eq!(cells.iter().any(|cell| cell.fg != ratatui::style::Color::Reset), expected);
        assert!(cells.iter().all(|cell| cell.bg == ratatui::style::Color::Reset), "the ground is the terminal's own");
    }
}
