//! Short mails about something that has happened, as people read them.

use documents::Templates;
use domain::money::{Amount, Currency};
use domain::time::Zone;
use engine::notices::{About, Notice, NoticeWords};
use engine::people::PublicUrl;
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
    let webhook =
        About::WebhookDisabled { url: "https://hooks.example.org".into(), because: "nothing but failures".into() };
    let left = |from: &str| About::Voicemail { line: "0001".into(), from: from.into(), seconds: 67 };
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
