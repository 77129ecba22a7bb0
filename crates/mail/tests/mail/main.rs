//! Mails, sent to a real server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod sink;

use std::time::{Duration, Instant};

use domain::time;
use engine::mailer::{Attachment, Mail, MailFailure, Mailbox, Mailer};
use mail::SmtpMailer;
use sink::Sink;

const SENDER: &str = "Example Ltd <billing@example.com>";

fn mailer(sink: &Sink) -> SmtpMailer {
    SmtpMailer::new(&sink.url(), SENDER).unwrap()
}

fn mail(to: &str) -> Mail {
    Mail {
        from: Mailbox { name: Some("Example Ltd".into()), address: "billing@example.com".into() },
        to: Mailbox { name: None, address: to.into() },
        reply_to: None,
        subject: "Invoice 7".into(),
        text: "Hello\n".into(),
        html: "<p>Hello</p>\n".into(),
        attachments: Vec::new(),
        message_id: "job_1".into(),
        date: time::Instant::parse("2026-03-02T09:00:05.678Z").unwrap(),
    }
}

#[tokio::test]
async fn text_html_and_files_arrive_as_they_were_sent() {
    let sink = Sink::start();
    let every_byte: Vec<u8> = (0..=255).cycle().take(100_000).chain(*b"\r\n.\r\nQUIT\r\n").collect();
    let text =
        "Dear Zoë,\n\n.\n..a dot begins this line\nFrom here on: 12,50 €\n\n".to_owned() + &"long ".repeat(400) + "\n";
    let file = |name: &str, media_type: &str, bytes: &[u8]| Attachment {
        name: name.into(),
        media_type: media_type.into(),
        bytes: bytes.to_vec(),
    };
    let sent = Mail {
        to: Mailbox { name: Some("Zoë \"Z\" Müller, 山田".into()), address: "zoe@example.org".into() },
        reply_to: Some(Mailbox { name: None, address: "questions@example.com".into() }),
        subject: format!("Rechnung № 2026-0007 für {}", "März ".repeat(30).trim()),
        text: text.clone(),
        html: format!("<p>{text}</p>\n"),
        attachments: vec![
            file("invoice 2026-0007.pdf", "application/pdf", &every_byte),
            file("Anrufe für März.csv", "text/csv; charset=utf-8", "a;b\r\nZoë;1\r\n".as_bytes()),
            file("empty", "application/octet-stream", b""),
        ],
        ..mail("")
    };
    mailer(&sink).send(&sent).await.unwrap();
    let got = sink.only();
    assert_eq!((got.from.as_str(), got.to.as_slice()), ("billing@example.com", &["zoe@example.org".to_owned()][..]));
    for (name, value) in [
        ("from", "Example Ltd <billing@example.com>"),
        ("to", "\"Zoë \\\"Z\\\" Müller, 山田\" <zoe@example.org>"),
        ("reply-to", "questions@example.com"),
        ("subject", sent.subject.as_str()),
        ("message-id", "<job_1@example.com>"),
        ("date", "Mon, 02 Mar 2026 09:00:05 +0000"),
    ] {
        assert_eq!(got.header(name), [value], "{name}");
    }
    assert_eq!((got.text.replace("\r\n", "\n"), got.html.replace("\r\n", "\n")), (text, sent.html));
    let files: Vec<_> = got.attachments.iter().map(|file| (file.name.clone(), file.bytes())).collect();
    let expected: Vec<_> = sent.attachments.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
    assert!(files == expected, "{:?}", got.attachments.iter().map(|file| &file.name).collect::<Vec<_>>());
    assert_eq!(got.attachments[0].media_type, "application/pdf");

    mailer(&sink).send(&mail("a@example.org")).await.unwrap();
    assert_eq!(sink.received()[1].kind, "multipart/alternative", "without files there is nothing beside the text");
}

#[tokio::test]
async fn many_mails_at_once_arrive_once_each_over_a_few_connections() {
    let sink = Sink::start();
    let mailer = mailer(&sink);
    let mails: Vec<Mail> = (0..40).map(|n| mail(&format!("customer-{n:02}@example.org"))).collect();
    for half in mails.chunks(20) {
        let outcomes = futures::future::join_all(half.iter().map(|mail| mailer.send(mail))).await;
        assert_eq!(outcomes, vec![Ok(()); 20]);
    }
    let received = sink.received();
    let mut to: Vec<&str> = received.iter().flat_map(|mail| mail.to.iter().map(String::as_str)).collect();
    to.sort_unstable();
    assert_eq!(to, mails.iter().map(|mail| mail.to.address.as_str()).collect::<Vec<_>>());
    let connections = received.last().unwrap().connections;
    assert!((2..=mail::CONNECTIONS).contains(&connections), "{connections} connections");
}

#[tokio::test]
async fn what_a_server_says_tells_whether_to_come_again() {
    let sink = Sink::start();
    let mailer = mailer(&sink).patience(Duration::from_secs(2));
    for (to, outcome, said) in [
        ("refused@example.org", "never", "there is nobody of this name"),
        ("once@example.org", "later", "come again later"),
        ("slow@example.org", "later", "did not take it within 2 s"),
        ("nobody", "never", "\"nobody\" is not an e-mail address"),
        ("a@example.org\r\nRCPT TO:<b@example.org>", "never", "is not an e-mail address"),
        ("once@example.org", "sent", ""),
        ("after@example.org", "sent", ""),
    ] {
        let began = Instant::now();
        let (outcome_of_it, text) = match mailer.send(&mail(to)).await {
            Ok(()) => ("sent", String::new()),
            Err(failure @ MailFailure::Later(_)) => ("later", failure.to_string()),
            Err(failure @ MailFailure::Never(_)) => ("never", failure.to_string()),
        };
        assert_eq!(outcome_of_it, outcome, "{to}: {text}");
        assert!(text.contains(said), "{to}: {text}");
        assert!(began.elapsed() < Duration::from_secs(4), "{to}");
    }
    let to: Vec<_> = sink.received().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(to, ["once@example.org", "after@example.org"]);
}

#[tokio::test]
async fn a_server_that_is_down_or_speaks_otherwise_may_be_there_later() {
    let sink = Sink::start();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("smtp://{}", listener.local_addr().unwrap());
    let down = {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("smtp://{}", closed.local_addr().unwrap())
    };
    let with_password = sink.url().replace("://", "://ann:secret-word@");
    for (url, said) in [
        (down, "refused"),
        (silent, "did not take it within 1 s"),
        (sink.url().replace("smtp://", "smtps://"), "corrupt message"),
        (with_password, "authentication"),
    ] {
        let mailer = SmtpMailer::new(&url, SENDER).unwrap().patience(Duration::from_secs(1));
        let failure = mailer.send(&mail("a@example.org")).await.unwrap_err();
        assert!(matches!(&failure, MailFailure::Later(text) if text.contains(said)), "{url}: {failure}");
        assert!(!failure.to_string().contains("secret-word"), "{failure}");
    }
    assert_eq!(sink.received().len(), 0);
}

/// H071 of the hostile inputs.
#[tokio::test]
async fn no_text_makes_a_header() {
    let sink = Sink::start();
    let mailer = mailer(&sink);
    mailer.send(&mail("a@example.org")).await.unwrap();
    let usual = sink.only().header_names();
    for evil in [
        "x\r\nBcc: b@example.org",
        "x\nBcc: b@example.org",
        "x\rBcc: b@example.org",
        "x\r\n\r\nBcc: body",
        "é\r\nBcc: b@e.org",
        "x\0\u{85}\u{2028}y",
    ] {
        let name = Some(evil.to_owned());
        let sent = Mail {
            from: Mailbox { name: name.clone(), address: "billing@example.com".into() },
            to: Mailbox { name, address: "a@example.org".into() },
            subject: evil.into(),
            message_id: evil.into(),
            attachments: vec![Attachment { name: evil.into(), media_type: "text/plain".into(), bytes: b"z".to_vec() }],
            ..mail("")
        };
        mailer.send(&sent).await.unwrap();
        let got = sink.received().pop().unwrap();
        assert_eq!(got.header_names(), usual, "{evil:?}");
        assert_eq!(got.to, ["a@example.org"], "{evil:?}");
        assert_eq!((got.attachments.len(), got.attachments[0].bytes()), (1, b"z".to_vec()), "{evil:?}");
        assert_eq!(got.text.trim_end(), "Hello", "{evil:?}");
    }
}
