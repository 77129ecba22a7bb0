//! How the phone looks: pure drawing. Colours are few, and of those that are readable on a dark and on a light ground.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph, Wrap};

use super::desk::Desk;
use super::wrap::{tail, wrap};
use crate::telephone::{Heard, Speaker, State, Telephone, clock};

/// The smallest screen, in columns and rows.
const SMALLEST: (u16, u16) = (80, 24);
const LEFT: u16 = 30;
const LABEL: usize = 10;

const FOOTER: &str = "Enter hook  Tab talk/keypad  F4 hangs up  PgUp PgDn scroll  F1 help  F10 quit";
const FOOTER_OF_TALK: &str = "Enter sends  Tab keypad  F4 hangs up  PgUp PgDn scroll  F1 help  F10 quit";

const KEYPAD: [&str; 4] = ["   [1] [2] [3]", "   [4] [5] [6]", "   [7] [8] [9]", "   [*] [0] [#]"];

pub(super) const HELP: &str = "\
Enter or space   lift the handset; put it down
0-9 * #          lift and dial; during a call: tones (DTMF)
#                dial what is there at once; an outside number
                 (0... or +...) always ends with it
Backspace        take the last digit back
#70              call blocking: 1 blocks, 2 unblocks a number that
                 # ends; * leaves it

During a call what you type is talk: Enter sends it.
Tab or F2        keypad instead of talk, and back
F4               hang up at once, also while you type
Ctrl+U           empty the line that you are typing
PgUp PgDn End    read what was said before; back to the end

F1 or Esc        close this help
F10 or Ctrl+C    hang up and quit";

/// Draws the whole screen.
pub(super) fn phone(frame: &mut Frame, desk: &mut Desk, telephone: &Telephone, now: Duration) {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return too_small(frame, area);
    }
    let [middle, input, footer] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(3), Constraint::Length(1)]).areas(area);
    let [left, talk] = Layout::horizontal([Constraint::Length(LEFT), Constraint::Min(0)]).areas(middle);
    let [status, money, keypad] =
        Layout::vertical([Constraint::Length(7), Constraint::Length(5), Constraint::Min(0)]).areas(left);
    draw_status(frame, status, desk, telephone);
    draw_money(frame, money, desk, telephone, now);
    draw_keypad(frame, keypad, telephone);
    draw_talk(frame, talk, desk, telephone);
    draw_input(frame, input, desk, telephone);
    let keys = if desk.typing { FOOTER_OF_TALK } else { FOOTER };
    frame.render_widget(Line::from(keys).style(dim()), footer);
    if desk.help {
        draw_help(frame, area);
    }
}

fn too_small(frame: &mut Frame, area: Rect) {
    let (columns, rows) = SMALLEST;
    let text = format!(
        "The phone needs {columns} columns and {rows} rows. This window has {} and {}: please make it larger, or press F10 to quit.",
        area.width, area.height
    );
    frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }), area);
}

fn draw_status(frame: &mut Frame, area: Rect, desk: &Desk, telephone: &Telephone) {
    let state = match telephone.state() {
        State::OnHook => "on hook",
        State::Rings => "ringing",
        State::Dialling | State::Calling | State::CalleeRings | State::Answering | State::Over => "off hook",
        State::Talking => "in a call",
        State::Blocking => "call blocking",
    };
    let exchange = match (telephone.is_registered(), telephone.is_lost()) {
        (true, _) => Span::raw("connected"),
        (false, true) => Span::styled("lost, trying again", alarm(desk)),
        (false, false) => Span::raw("registering"),
    };
    let heard = match telephone.heard() {
        heard @ (Heard::Busy | Heard::FastBusy | Heard::Unobtainable) => Span::styled(heard.words(), alarm(desk)),
        heard @ (Heard::Connection | Heard::Bell) => Span::styled(heard.words(), good(desk)),
        heard => Span::raw(heard.words()),
    };
    let display = telephone.display();
    let display = tail(&display, usize::from(LEFT) - 2 - LABEL).to_owned();
    let rows = vec![
        row("Handset", Span::raw(state)),
        row("Number", Span::styled(display, bold())),
        row("Heard", heard),
        row("Exchange", exchange),
        Line::from(Span::styled(tail(&desk.url, usize::from(LEFT) - 2), dim())),
    ];
    frame.render_widget(Paragraph::new(rows).block(titled(&format!("Phone {}", telephone.number()))), area);
}

fn draw_money(frame: &mut Frame, area: Rect, desk: &Desk, telephone: &Telephone, now: Duration) {
    let (meter, charge) = (telephone.meter(), telephone.charge());
    let running = telephone.talking_seconds(now);
    let seconds = charge.map(|charge| charge.seconds).or(meter.map(|meter| meter.seconds)).or(running);
    let cost = charge.and_then(|charge| charge.cost.clone()).or(meter.and_then(|meter| meter.cost.clone()));
    let left = meter.filter(|_| running.is_some()).and_then(|meter| meter.remaining_seconds);
    let warned = running.is_some() && telephone.warned().is_some();
    let rows = vec![
        row("Time", Span::raw(seconds.map(clock).unwrap_or_default())),
        row("Cost", Span::styled(cost.unwrap_or_default(), bold())),
        row("Left", Span::styled(left.map(clock).unwrap_or_default(), if warned { alarm(desk) } else { Style::new() })),
    ];
    let title = if running.is_some() { "This call" } else { "Last call" };
    frame.render_widget(Paragraph::new(rows).block(titled(title)), area);
}

fn draw_keypad(frame: &mut Frame, area: Rect, telephone: &Telephone) {
    let hint = match telephone.state() {
        State::OnHook => "Enter lifts the handset",
        State::Rings => "Enter answers",
        State::Dialling => "# dials at once",
        State::Blocking => "1 block  2 unblock  * end",
        State::Over => "Enter puts it down",
        _ => "F4 hangs up",
    };
    let mut rows: Vec<Line> = KEYPAD.into_iter().map(Line::from).collect();
    rows.push(Line::from(""));
    rows.push(Line::from(Span::styled(hint, dim())));
    frame.render_widget(Paragraph::new(rows).block(titled("Keypad")), area);
}

fn draw_talk(frame: &mut Frame, area: Rect, desk: &mut Desk, telephone: &Telephone) {
    let block = titled(if desk.scroll > 0 { "Talk (End: to the latest)" } else { "Talk" });
    let inner = block.inner(area);
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    let wanted = height + desk.scroll;
    // From the end backwards, and no further than is to be seen.
    let mut rows: Vec<Line> = Vec::new();
    for line in telephone.paper().lines().rev() {
        let (who, style) = match &line.speaker {
            Speaker::Me => ("me: ".to_owned(), bold()),
            Speaker::Party(number) => (format!("{number}: "), good(desk)),
            Speaker::Exchange => ("exchange: ".to_owned(), told(desk)),
            Speaker::Phone => (String::new(), dim()),
        };
        let text = format!("{who}{}", line.text);
        rows.extend(wrap(&text, width).into_iter().rev().map(|row| Line::from(row).style(style)));
        if rows.len() >= wanted {
            break;
        }
    }
    desk.scroll = desk.scroll.min(rows.len().saturating_sub(height));
    let mut seen: Vec<Line> = rows.into_iter().skip(desk.scroll).take(height).collect();
    seen.reverse();
    frame.render_widget(Paragraph::new(seen).block(block), area);
}

fn draw_input(frame: &mut Frame, area: Rect, desk: &Desk, telephone: &Telephone) {
    let title = match (desk.typing, telephone.state()) {
        (true, _) if telephone.is_recording() => "Your message (Enter sends)",
        (true, State::Talking) => "You talk (Enter sends, Tab: keypad)",
        (true, _) => "Nobody hears this any more (Enter clears)",
        (false, State::Talking) => "Keypad: keys are tones (Tab: talk)",
        (false, _) => "Keypad",
    };
    let block = titled(title);
    let inner = block.inner(area);
    if desk.typing {
        let line = format!("> {}", tail(&desk.draft, usize::from(inner.width).saturating_sub(3)));
        let columns = u16::try_from(Span::raw(line.as_str()).width()).unwrap_or(inner.width);
        frame.render_widget(Paragraph::new(line).block(block), area);
        if !desk.help {
            frame.set_cursor_position(Position::new(inner.x + columns, inner.y));
        }
    } else {
        frame.render_widget(Paragraph::new(telephone.display()).block(block), area);
    }
}

fn draw_help(frame: &mut Frame, area: Rect) {
    let (width, height) = (68, 20);
    let help = Rect { x: (area.width - width) / 2, y: (area.height - height) / 2, width, height };
    frame.render_widget(Clear, help);
    frame.render_widget(Paragraph::new(HELP).block(titled("Help")), help);
}

fn titled(title: &str) -> Block<'static> {
    Block::bordered().title(format!(" {title} "))
}

fn row(label: &'static str, value: Span<'static>) -> Line<'static> {
    Line::from(vec![Span::styled(format!("{label:<LABEL$}"), dim()), value])
}

fn bold() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

fn dim() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

fn good(desk: &Desk) -> Style {
    coloured(desk, Color::Green)
}

fn told(desk: &Desk) -> Style {
    coloured(desk, Color::Magenta)
}

fn alarm(desk: &Desk) -> Style {
    coloured(desk, Color::Red).add_modifier(Modifier::BOLD)
}

fn coloured(desk: &Desk, colour: Color) -> Style {
    if desk.colour { Style::new().fg(colour) } else { Style::new() }
}
