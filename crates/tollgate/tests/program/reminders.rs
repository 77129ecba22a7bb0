//! Reminders: the real mails, by the server and by the command.

use std::time::{Duration, Instant};

use domain::time::{Zone, date_of_day, day_number};
use serde_json::{Value, json};

use crate::company::found;
use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::{Server, now};
use crate::sink::Sink;

/// Moves the server's clock to an hour of a day, in UTC.
async fn move_to(server: &Server, day: i64, hour: i64) {
    let midnight = Zone::utc().start_of_day(date_of_day(day));
    server.move_clock(midnight.millis() + hour * 3_600_000 - now().millis()).await;
}

async fn made(server: &Server, path: &str, body: Value) -> String {
    let (status, made) = server.post(&format!("/api/v1{path}"), &body).await;
    assert_eq!(status, 201, "{path}: {made}");
    made["id"].as_str().unwrap().to_owned()
}

/// The latest mail, when so many have come.
async fn mail(sink: &Sink, mails: usize) -> Value {
    let started = Instant::now();
    while sink.count() < mails {
        assert!(started.elapsed() < Duration::from_secs(60), "mail {mails} does not come");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(sink.count(), mails);
    sink.latest()
}

fn subject(mail: &Value) -> &str {
    let headers = mail["headers"].as_array().unwrap();
    let subject = headers.iter().find(|header| header[0].as_str().unwrap().eq_ignore_ascii_case("subject"));
    subject.unwrap()[1].as_str().unwrap()
}

/// How it stands with an agent, when it is no longer on its way.
async fn state(server: &Server, date: &str, agent: &str) -> Value {
    let started = Instant::now();
    loop {
        let (status, told) = server.get(&format!("/api/v1/reminders?date={date}")).await;
        assert_eq!(status, 200, "{told}");
        let items = told["items"].as_array().unwrap();
        let item = items.iter().find(|item| item["agent"] == agent).unwrap_or_else(|| panic!("{told}"));
        if item["state"] != "waiting" {
            return item["state"].clone();
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{told}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn agents_are_reminded_by_mail_once_and_of_what_has_changed() {
    let folder = Folder::new();
    let tomorrow = day_number(Zone::utc().date(now())) + 1;
    let (date, next) = (date_of_day(tomorrow + 1).to_string(), date_of_day(tomorrow + 2).to_string());
    for database in [folder.sqlite(), fresh_postgres().await] {
        let key = found(&database, 0, 1).await;
        let sink = Sink::start();
        let url = sink.url();
        let post = ["--smtp-url", &url, "--mail-from", "roster@example.org"];
        let options = [&["--test-clock"], &post[..]].concat();
        let server = Server::serve(&folder, &database, &key, &options);
        move_to(&server, tomorrow, 12).await;
        let ann = made(&server, "/agents", json!({"name": "Ann", "email": "ann@example.org"})).await;
        let cy = made(&server, "/agents", json!({"name": "Cy"})).await;
        let group = made(&server, "/groups", json!({"name": "Night line", "time_zone": "UTC"})).await;
        let all_days = [0, 1, 2, 3, 4, 5, 6];
        for (agent, hours) in [(&ann, "22:00-06:00"), (&cy, "10:00-11:00")] {
            let shift = json!({"agent": agent, "days": all_days, "hours": hours, "from": date});
            made(&server, &format!("/groups/{group}/shifts"), shift).await;
        }
        move_to(&server, tomorrow, 18).await;
        let reminder = mail(&sink, 1).await;
        assert!(subject(&reminder).starts_with("Your shift on "), "{reminder}");
        assert_eq!(reminder["to"], json!(["ann@example.org"]));
        let text = reminder["text"].as_str().unwrap();
        assert!(text.contains("Night line: 22:00 to 06:00 on the next day") && text.contains("(UTC)"), "{text}");
        assert!(reminder["html"].as_str().unwrap().contains("<li"), "{reminder}");
        assert_eq!(state(&server, &date, &ann).await, "sent");
        assert_eq!(state(&server, &date, &cy).await, "no_address");

        // Another life of the server, and the command, tell nobody again.
        server.kill();
        let server = Server::serve(&folder, &database, &key, &options);
        move_to(&server, tomorrow, 19).await;
        let on = ["--database-url", database.as_str()];
        let reminders = |date: &str, more: &[&str]| {
            folder.run(&[&["reminders", "--date", date], more, &on[..], &post[..]].concat())
        };
        let again = reminders(&date, &[]);
        assert_eq!(again.code, Some(1), "{}", again.err);
        assert!(again.out.contains("sent         Ann <ann@example.org>"), "{}", again.out);
        assert!(again.out.contains("no address   Cy") && again.err.contains("1 of 2 cannot be told"), "{}", again.err);
        made(
            &server,
            &format!("/groups/{group}/overrides"),
            json!({"date": date, "hours": "22:00-06:00", "kind": "remove", "agent": ann}),
        )
        .await;
        let change = mail(&sink, 2).await;
        let subject = subject(&change);
        assert!(subject.contains("You have no shift on") && subject.contains("any more"), "{subject}");

        let planned: Value = serde_json::from_str(&reminders(&next, &["--dry-run", "--json"]).out).unwrap();
        let told: Vec<(&Value, &Value)> =
            planned.as_array().unwrap().iter().map(|one| (&one["name"], &one["told"])).collect();
        assert_eq!(told, [(&json!("Ann"), &json!("remind")), (&json!("Cy"), &json!("no_address"))]);
        assert_eq!(sink.count(), 2, "a dry run tells nobody");
        drop(server);
        for _ in 0..2 {
            let sent = reminders(&next, &["--group", &group]);
            assert!(sent.out.contains("sent         Ann"), "{}{}", sent.out, sent.err);
            assert_eq!(sink.count(), 3);
        }
        let none = folder.run(&[&["reminders", "--date", &next, "--group", "grp_none"], &on[..]].concat());
        assert!(none.code == Some(1) && none.err.contains("there is no group grp_none"), "{}", none.err);
        let wrong = folder.run(&[&["reminders", "--date", "soon"], &on[..]].concat());
        assert!(wrong.code == Some(1) && wrong.err.contains("write a date"), "{}", wrong.err);
        if database.starts_with("postgres") {
            drop_postgres(&database).await;
        }
    }
}
