//! Short mails about something that has happened, as people read them.

use documents::Templates;
use domain::money::{Amount, Currency};
use domain::roster::ToldShift;
use domain::time::{Instant, Zone};
use engine::notices::{About, Notice, NoticeWords};
use engine::people::PublicUrl;
use engine::reminders::ToldGap;
use engine::swaps::{SwapNews, ToldSwap};
use engine::tenants::{Settings, Tenant};
use engine::webhooks::HookKinds;

fn tenant() -> Tenant {
    Tenant {
        tenant: 1,
        name: "Harbour <Telephone>".into(),
        demo: false,
        settings: Settings::new(Currency::parse("GBP").unwrap(), Zone::utc()),
        version: 1,
        hooks: HookKinds::default(),
    }
}

fn written(language: Option<&str>, about: About) -> (String, String, String) {
    let notice = Notice {
        name: Some("Ada".into()),
        address: "ada@example.org".into(),
        language: language.map(str::to_owned),
        about,
    };
    let mail = Templates::built_in()
        .notice(&notice, &tenant(), &PublicUrl::parse("https://phones.example.org").unwrap())
        .unwrap();
    (mail.subject, mail.text, mail.html)
}

#[test]
fn notices_by_table() {
    let fraud = |suspended| About::FraudAlert {
        customer: "Evil\r\nBcc: x".into(),
        line: "0001".into(),
        detail: "calls would cost more than 5.00 today".into(),
        suspended,
    };
    let low = About::LowBalance { balance: Amount::parse("1.50").unwrap(), currency: Currency::parse("GBP").unwrap() };
    let failed = About::TopUpFailed {
        amount: Amount::parse("20").unwrap(),
        currency: Currency::parse("GBP").unwrap(),
        reason: "Your card was declined.".into(),
    };
    let webhook =
        About::WebhookDisabled { url: "https://hooks.example.org".into(), because: "nothing but failures".into() };
    let left = |from: &str| About::Voicemail { line: "0001".into(), from: from.into(), seconds: 67 };
    let for_group = |seconds, text: Option<&str>| About::GroupMessage {
        group: "Night line".into(),
        group_id: "grp_1".into(),
        caller: None,
        seconds,
        transcript: text.map(str::to_owned),
        follows: false,
    };
    let link = "https://phones.example.org/portal/voicemail";
    for (language, about, subject, says) in [
        (None, fraud(true), "Fraud alert: Evil", "suspended for fraud until an owner or admin lifts it"),
        (None, fraud(false), "Fraud alert: Evil", "Its lines go on"),
        (Some("de-AT"), fraud(true), "Betrugswarnung: Evil", "gesperrt"),
        (None, low.clone(), "Your balance is low: 1.50 GBP", "Your balance with Harbour"),
        (Some("de"), low, "Ihr Guthaben geht zur Neige: 1.50 GBP", "beträgt noch 1.50 GBP"),
        (
            None,
            left("+442079460018"),
            "A new message for line 0001",
            "+442079460018 has left a message of 1:07 for line 0001.",
        ),
        (None, left(""), "A new message for line 0001", "Somebody has left"),
        (Some("de"), left(""), "Eine neue Nachricht für 0001", "Jemand hat eine Nachricht von 1:07"),
        (None, left("+442079460018"), "A new message", link),
        (None, for_group(31, None), "Night line: a message", "A caller has left a message of 0:31 for Night line."),
        (None, for_group(0, Some("Call me")), "Night line: a message", "A caller has typed a message for Night line:"),
        (
            Some("de"),
            for_group(0, Some("Call me")),
            "Night line: eine Nachricht",
            "hat eine Nachricht für Night line getippt:",
        ),
        (None, failed.clone(), "Your balance was not topped up", "Your card was declined."),
        (
            Some("de"),
            failed,
            "Ihr Guthaben wurde nicht aufgeladen",
            "nicht von Ihrer Karte abgebucht werden: Your card",
        ),
        (None, webhook.clone(), "A webhook was switched off", "Nothing is sent to https://hooks.example.org any more"),
        (Some("de"), webhook, "Ein Webhook wurde abgeschaltet", "https://hooks.example.org"),
    ] {
        let is_message = matches!(about, About::Voicemail { .. });
        let (has, text, html) = written(language, about);
        assert!(has.starts_with(subject) && !has.contains(['\r', '\n']), "{has}");
        assert!(!has.contains("7946"), "who has called is not in a subject: {has}");
        assert_eq!(
            (text.contains(link), html.contains(&format!("href=\"{link}\""))),
            (is_message, is_message),
            "{html}"
        );
        assert!(text.contains(says) && text.contains("Ada"), "{text}");
        assert!(html.contains("Harbour &#60;Telephone&#62;") || html.contains("Harbour &lt;Telephone&gt;"), "{html}");
    }
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn shift(group: &str, zone: &str, start: &str, end: &str) -> ToldShift {
    let zone = Zone::named(zone).unwrap();
    ToldShift { group: "grp_0".into(), name: group.into(), zone, start: at(start), end: at(end) }
}

fn shifts(date: &str, changed: bool, shifts: &[ToldShift]) -> About {
    let date = date.parse().unwrap();
    About::Shifts { agent: "agt_0".into(), date, times: 1, changed, shifts: shifts.to_vec() }
}

#[test]
fn agents_read_when_their_shifts_are() {
    let day = shift("Line\r\n<b>", "Pacific/Auckland", "2026-11-17T19:00:00Z", "2026-11-17T21:00:00Z");
    let night = shift("Night", "Europe/London", "2026-11-18T22:00:00Z", "2026-11-19T06:00:00Z");
    let rest = shift("Night", "Europe/London", "2026-11-19T00:00:00Z", "2026-11-19T06:00:00Z");
    // The clocks of London are put back: the hour from one to two comes twice.
    let twice = shift("Night", "Europe/London", "2026-10-25T00:30:00Z", "2026-10-25T01:45:00Z");
    let both = [day.clone(), night];
    for (language, about, subject, lines) in [
        (
            None,
            shifts("2026-11-18", false, &both),
            "Your shifts on Wednesday, 18 November 2026",
            vec![
                "- Line <b>: 08:00 to 10:00 (Pacific/Auckland)",
                "- Night: 22:00 to 06:00 on the next day, Thursday, 19 November 2026 (Europe/London)",
            ],
        ),
        (
            Some("de"),
            shifts("2026-11-18", false, &both),
            "Ihre Dienste am Mittwoch, 18. November 2026",
            vec![
                "- Line <b>: 08:00 bis 10:00 (Pacific/Auckland)",
                "- Night: 22:00 bis 06:00 am nächsten Tag, Donnerstag, 19. November 2026 (Europe/London)",
            ],
        ),
        (
            None,
            shifts("2026-11-18", true, &[rest]),
            "Changed: your shift on Wednesday, 18 November 2026",
            vec![
                "- Night: 00:00 on the next day, Thursday, 19 November 2026 to 06:00 on the next day, Thursday, 19 November 2026 (Europe/London)",
            ],
        ),
        (
            Some("de-AT"),
            shifts("2026-11-18", true, &[day]),
            "Geändert: Ihr Dienst am Mittwoch, 18. November 2026",
            vec!["- Line <b>: 08:00 bis 10:00 (Pacific/Auckland)"],
        ),
        (None, shifts("2026-11-18", true, &[]), "You have no shift on Wednesday, 18 November 2026 any more", vec![]),
        (
            Some("de"),
            shifts("2026-11-18", true, &[]),
            "Sie haben am Mittwoch, 18. November 2026 keinen Dienst mehr",
            vec![],
        ),
        (
            None,
            shifts("2026-10-25", false, &[twice]),
            "Your shift on Sunday, 25 October 2026",
            vec!["- Night: 01:30 +01:00 to 01:45 +00:00 (Europe/London)"],
        ),
    ] {
        let (has, text, html) = written(language, about);
        assert_eq!(has, subject);
        let listed: Vec<&str> = text.lines().filter(|line| line.starts_with("- ")).collect();
        assert_eq!(listed, lines, "{text}");
        assert_eq!(html.matches("<li").count(), lines.len(), "{html}");
        assert!(!html.contains("<b>") && text.contains("Ada") && text.contains("Harbour <Telephone>"), "{html}");
    }
}

#[test]
fn coordinators_read_where_nobody_is_on_duty() {
    let gap = |staffed| ToldGap {
        group: "Night".into(),
        zone: Zone::named("Europe/London").unwrap(),
        start: at("2026-11-18T22:00:00Z"),
        end: at("2026-11-19T06:00:00Z"),
        staffed,
        wanted: 2,
    };
    let span = "Wednesday, 18 November 2026, 22:00 to Thursday, 19 November 2026, 06:00 (Europe/London)";
    let (subject, text, html) = written(None, About::Gaps { gaps: vec![gap(0), gap(1)] });
    assert_eq!(subject, "Nobody on duty");
    assert!(text.contains(&format!("- Night: {span}: nobody\n- Night: {span}: 1 of 2\n")), "{text}");
    assert!(html.contains("href=\"https://phones.example.org/groups\""), "{html}");
    let (subject, text, _) = written(Some("de"), About::Gaps { gaps: vec![gap(1); 103] });
    assert_eq!(subject, "Zu wenige im Dienst");
    assert!(text.contains("(Europe/London): 1 von 2") && text.contains("- und 3 weitere"), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("- ")).count(), 101);
}

#[test]
fn a_notice_is_in_the_language_of_the_tenant_where_no_other_is_known() {
    let mut tenant = tenant();
    tenant.settings.locale = "de-DE".into();
    let about = shifts("2026-11-18", true, &[]);
    let mut notice = Notice { name: None, address: "ada@example.org".into(), language: None, about };
    let url = PublicUrl::parse("https://phones.example.org").unwrap();
    assert!(Templates::built_in().notice(&notice, &tenant, &url).unwrap().text.starts_with("Guten Tag,"));
    notice.language = Some("en".into());
    assert!(Templates::built_in().notice(&notice, &tenant, &url).unwrap().text.starts_with("Hello,"));
}

#[test]
fn those_whom_a_swap_concerns_read_who_is_on_duty() {
    let night = shift("Night", "Europe/London", "2026-11-18T22:00:00Z", "2026-11-19T06:00:00Z");
    let link = "https://phones.example.org/groups/grp_0";
    for (language, news, subject, says) in [
        (
            None,
            SwapNews::Done,
            "Bob takes the shift of Bea on Wednesday, 18 November 2026",
            "Bob is on duty in place of Bea",
        ),
        (None, SwapNews::Asked, "Please approve: Bob would take the shift of Bea on Wednesday", link),
        (None, SwapNews::Refused, "Bea stays on duty on Wednesday, 18 November 2026", "It was not approved that Bob"),
        (None, SwapNews::Withdrawn, "Bea stays on duty on Wednesday", "Bea has taken back the offer"),
        (Some("de"), SwapNews::Done, "Bob übernimmt den Dienst von Bea am Mittwoch", "anstelle von Bea im Dienst"),
        (Some("de"), SwapNews::Asked, "Bitte zustimmen: Bob möchte den Dienst von Bea", link),
        (
            Some("de"),
            SwapNews::Refused,
            "Bea bleibt am Mittwoch, 18. November 2026 im Dienst",
            "wurde nicht zugestimmt",
        ),
        (Some("de"), SwapNews::Withdrawn, "Bea bleibt am Mittwoch", "zurückgezogen, den Bob übernehmen wollte"),
    ] {
        let date = "2026-11-18".parse().unwrap();
        let swap = ToldSwap { date, shift: night.clone(), offered_by: "Bea".into(), taken_by: "Bob\r\n".into() };
        let (has, text, html) = written(language, About::Swap { news, swap });
        assert!(has.starts_with(subject) && !has.contains(['\r', '\n']), "{has}");
        assert!(text.contains(says) && text.contains("- Night: 22:00"), "{text}");
        assert_eq!(html.contains(link), news == SwapNews::Asked, "{html}");
    }
}
