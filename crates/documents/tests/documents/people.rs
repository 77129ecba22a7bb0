use documents::Templates;
use domain::roster::ToldShift;
use domain::time::{Instant, Zone};
use engine::people::letters::{Letter, Letters, Occasion};
use engine::swaps::ToldSwap;

use crate::papers;

const LINK: &str = "https://tollgate.example.org/join/tgt_0123";

fn letter(occasion: Occasion, language: Option<&str>, name: Option<&str>) -> Letter {
    let valid_hours = if matches!(occasion, Occasion::Reset { .. }) { 1 } else { 168 };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Letter { occasion, language: owned(language), name: owned(name), link: LINK.to_owned(), valid_hours }
}

#[test]
fn a_link_comes_with_words_in_the_language_of_who_gets_it() {
    let templates = Templates::built_in();
    let invitation = || Occasion::Invitation { tenant: "Alpenruf & Söhne".to_owned() };
    let reset = || Occasion::Reset { sign_in: "robin".to_owned() };
    for (letter, subject, greeting, span) in [
        (letter(invitation(), None, None), "Invitation from Alpenruf & Söhne", "Hello,", "for 7 days"),
        (
            letter(invitation(), Some("de-AT"), Some("Ada")),
            "Einladung von Alpenruf & Söhne",
            "Guten Tag Ada,",
            "7 Tage lang",
        ),
        (letter(reset(), Some("fr"), Some("Ada")), "Choose a new password", "Dear Ada,", "for 1 hour."),
        (letter(reset(), Some("de"), None), "Neues Passwort wählen", "Guten Tag,", "1 Stunde lang"),
    ] {
        let written = templates.write(&letter).unwrap();
        papers::keep("link.html", &written.html);
        assert_eq!(written.subject, subject);
        assert!(written.text.starts_with(greeting) && written.text.contains(span), "{}", written.text);
        assert!(written.text.contains(&format!("\n{LINK}\n")) && written.html.contains(&format!("href=\"{LINK}\"")));
    }
}

#[test]
fn a_shift_that_is_offered_comes_with_when_it_is() {
    let shift = ToldShift {
        group: "grp_0".into(),
        name: "Night line".into(),
        zone: Zone::named("Europe/London").unwrap(),
        start: Instant::parse("2026-11-18T22:00:00Z").unwrap(),
        end: Instant::parse("2026-11-19T06:00:00Z").unwrap(),
    };
    let (date, offered_by) = ("2026-11-18".parse().unwrap(), "Bea\r\nBcc: x".to_owned());
    let swap = ToldSwap { date, shift, offered_by, taken_by: String::new() };
    let occasion = || Occasion::Swap { tenant: "Helpline".to_owned(), swap: swap.clone() };
    for (language, subject, says) in [
        (
            "en",
            "Bea Bcc: x offers a shift on Wednesday, 18 November 2026",
            "Night line: 22:00 to 06:00 on the next day, Thursday, 19 November 2026 (Europe/London)",
        ),
        (
            "de-CH",
            "Bea Bcc: x gibt einen Dienst am Mittwoch, 18. November 2026 ab",
            "Night line: 22:00 bis 06:00 am nächsten Tag, Donnerstag, 19. November 2026 (Europe/London)",
        ),
    ] {
        let written = Templates::built_in().write(&letter(occasion(), Some(language), Some("Ada"))).unwrap();
        assert_eq!(written.subject, subject);
        assert!(written.text.contains(says) && written.html.contains(says), "{}", written.text);
        assert!(written.text.contains(&format!("\n{LINK}\n")), "{}", written.text);
    }
}

#[test]
fn a_name_is_only_a_name() {
    let templates = Templates::built_in();
    let occasion = Occasion::Invitation { tenant: "<b>Eve</b>\r\nBcc: list@evil.example".to_owned() };
    let written = templates.write(&letter(occasion, None, Some("<script>\u{202e}"))).unwrap();
    assert_eq!(written.subject, "Invitation from <b>Eve</b> Bcc: list@evil.example");
    assert!(!written.html.contains("<b>") && !written.html.contains("<script>"), "{}", written.html);
    assert!(!written.text.contains('\u{202e}'));
}
