//! Rosters as calendar programs fetch them, and as they come from their files.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

/// The path of an address that was just made.
async fn opened(service: &Service, path: &str) -> String {
    let made = service.post(path, json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let url = made.body["url"].as_str().unwrap();
    url[url.find("/api/v1/calendars/").unwrap()..].to_owned()
}

async fn fetched(service: &Service, path: &str) -> Reply {
    sent(service.bare(Method::GET, path)).await
}

/// "SUMMARY start end" of each event that has begun by some time.
fn events(calendar: &str, until: &str) -> Vec<String> {
    let events = calendar.replace("\r\n ", "");
    let events = events.split("BEGIN:VEVENT\r\n").skip(1).map(|event| {
        let value = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        format!("{} {} {}", value("SUMMARY:"), value("DTSTART:"), value("DTEND:"))
    });
    events.filter(|event| event.rsplit(' ').nth(1).unwrap() < until).collect()
}

#[tokio::test]
async fn a_roster_is_fetched_from_a_secret_address_until_it_is_taken_away() {
    on_both(async |service| {
        let ann = service.made("/agents", json!({"name": "Ann; the one"})).await;
        let bob = service.made("/agents", json!({"name": "Bob"})).await;
        let group = service.made("/groups", json!({"name": "Night line", "time_zone": "Europe/London"})).await;
        // 2026-10-15, now, is a Thursday.
        for (agent, hours) in [(&ann, "08:00-20:00"), (&bob, "20:00-08:00")] {
            let shift = json!({"agent": agent, "days": [0, 1, 2, 3, 4, 5, 6], "hours": hours, "from": "2026-10-14"});
            service.made(&format!("/groups/{group}/shifts"), shift).await;
        }
        let overrides = format!("/groups/{group}/overrides");
        service
            .made(&overrides, json!({"date": "2026-10-15", "hours": "14:00-15:00", "kind": "remove", "agent": ann}))
            .await;
        let (of_group, of_agent) = (format!("/groups/{group}/calendar"), format!("/agents/{ann}/calendar"));
        let feed = opened(service, &of_group).await;
        let calendar = fetched(service, &feed).await;
        assert_eq!((calendar.status, calendar.header("content-type")), (200, "text/calendar; charset=utf-8"));
        let expected = [
            "Night line: Ann\\; the one 20261014T070000Z 20261014T190000Z",
            "Night line: Bob 20261014T190000Z 20261015T070000Z",
            "Night line: Ann\\; the one 20261015T070000Z 20261015T130000Z",
            "Nobody on duty 20261015T130000Z 20261015T140000Z",
            "Night line: Ann\\; the one 20261015T140000Z 20261015T190000Z",
        ];
        assert_eq!(events(&calendar.text, "20261015T190000Z"), expected);
        assert!(calendar.text.contains("DTSTAMP:20261015T120000Z\r\n"), "{}", calendar.text);
        assert_eq!(fetched(service, &feed).await.text, calendar.text);
        let uids: Vec<&str> = calendar.text.lines().filter(|line| line.starts_with("UID:")).collect();
        let each: std::collections::BTreeSet<&&str> = uids.iter().collect();
        assert!(each.len() == uids.len() && uids.len() > 350, "{} UIDs, {} events", each.len(), uids.len());

        let adviser = service.person(&[Role::Agent], &[], Some(&ann)).await;
        let own = adviser.post(&of_agent, json!({})).await;
        let url = own.body["url"].as_str().unwrap();
        let own = fetched(service, &url[url.find("/api/").unwrap()..]).await;
        let expected = ["Night line 20261014T070000Z 20261014T190000Z", "Night line 20261015T070000Z 20261015T130000Z"];
        assert_eq!(events(&own.text, "20261015T140000Z"), expected);
        assert_eq!(adviser.post(&format!("/agents/{bob}/calendar"), json!({})).await.status, 404);
        assert_eq!(adviser.post(&of_group, json!({})).await.status, 403);

        let again = opened(service, &of_group).await;
        assert_eq!((fetched(service, &feed).await.status, fetched(service, &again).await.status), (404, 200));
        for status in [204, 404] {
            assert_eq!(sent(service.request(Method::DELETE, &of_group)).await.status, status);
        }
        assert_eq!(adviser.delete(&of_agent).await.status, 204);
        for gone in [
            again.as_str(),
            "/api/v1/calendars/tgf_0.ics",
            "/api/v1/calendars/tgf_0",
            &url[url.find("/api/").unwrap()..],
        ] {
            assert_eq!(fetched(service, gone).await.status, 404, "{gone}");
        }
        assert!(!service.get("/audit?limit=200").await.text.contains("tgf_"));
    })
    .await;
}

const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
    BEGIN:VEVENT\r\nUID:once\r\nDTSTART;TZID=Europe/Paris:20261120T190000\r\nDTEND;TZID=Europe/Paris:20261120T230000\r\nSUMMARY:Evening\r\nATTENDEE;CN=Ann:MAILTO:Ann@Example.org\r\nATTENDEE:mailto:bob@example.org\r\nATTENDEE:mailto:nobody@example.org\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:utc\r\nDTSTART:20261121T200000Z\r\nDURATION:PT2H30M\r\nSUMMARY:bob\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:weekly\r\nDTSTART;TZID=Europe/London:20261116T220000\r\nDTEND;TZID=Europe/London:20261117T060000\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=4\r\nSUMMARY:Ann\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:until\r\nDTSTART:20261117T080000\r\nDTEND:20261117T090000\r\nRRULE:FREQ=WEEKLY;UNTIL=20261201T075959Z\r\nSUMMARY:Bob\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:holiday\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nCATEGORIES:Public,Holiday\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:day\r\nDTSTART;VALUE=DATE:20261228\r\nSUMMARY:Bob\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

async fn imported(service: &Service, group: &str, query: &str, file: &str) -> Reply {
    let path = format!("/groups/{group}/calendar-import{query}");
    sent(service.request(Method::POST, &path).header("content-type", "text/calendar").body(file.to_owned())).await
}

fn outcomes(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let text = |item: &Value, field: &str| item[field].as_str().unwrap_or("none").to_owned();
    let items = reply.body["items"].as_array().unwrap().iter();
    items.map(|item| format!("{} {} {}", text(item, "uid"), text(item, "outcome"), text(item, "reason"))).collect()
}

#[tokio::test]
async fn a_calendar_file_becomes_shifts_and_changes_of_a_roster_once() {
    on_both(async |service| {
        let ann = service.made("/agents", json!({"name": "Ann", "email": "ann@example.org"})).await;
        let bob = service.made("/agents", json!({"name": "Bob", "email": "bob@example.org"})).await;
        let group = service.made("/groups", json!({"name": "Night line", "time_zone": "Europe/London"})).await;
        let overrides = async || {
            let listed = service.get(&format!("/groups/{group}/overrides?from=2026-11-01&until=2026-12-31")).await;
            let items = listed.body["items"].as_array().unwrap().clone();
            let told = items.iter().map(|item| {
                let who = item["agent"].as_str().or(item["name"].as_str()).unwrap();
                format!(
                    "{} {} {} {who}",
                    item["date"].as_str().unwrap(),
                    item["hours"].as_str().unwrap(),
                    item["kind"].as_str().unwrap()
                )
            });
            told.collect::<Vec<_>>()
        };
        let dry = imported(service, &group, "?dry_run=true", FILE).await;
        assert_eq!((&dry.body["created"], &dry.body["dry_run"]), (&json!(6), &json!(true)), "{}", dry.text);
        assert_eq!(overrides().await, Vec::<String>::new());
        let done = imported(service, &group, "", FILE).await;
        let created: Vec<String> =
            ["once", "utc", "weekly", "until", "holiday", "day"].map(|uid| format!("{uid} created none")).into();
        assert_eq!((outcomes(&done), outcomes(&dry)), (created.clone(), created));
        let expected = [
            format!("2026-11-20 18:00-22:00 add {ann}"),
            format!("2026-11-20 18:00-22:00 add {bob}"),
            format!("2026-11-21 20:00-22:30 add {bob}"),
            "2026-12-25 00:00-00:00 closed Christmas".to_owned(),
            "2026-12-26 00:00-00:00 closed Christmas".to_owned(),
            format!("2026-12-28 00:00-00:00 add {bob}"),
        ];
        assert_eq!(overrides().await, expected);
        let shifts = service.get(&format!("/groups/{group}/shifts")).await;
        let told = |index: usize, field: &str| shifts.body["items"][index][field].clone();
        let fields = ["agent", "days", "hours", "time_zone", "every_weeks", "from", "until"];
        let weekly = [
            json!(ann),
            json!([0, 4]),
            json!("22:00-06:00"),
            json!(null),
            json!(2),
            json!("2026-11-16"),
            json!("2026-12-04"),
        ];
        let until = [
            json!(bob),
            json!([1]),
            json!("08:00-09:00"),
            json!(null),
            json!(1),
            json!("2026-11-17"),
            json!("2026-11-30"),
        ];
        assert_eq!(fields.map(|field| told(0, field)), weekly, "{}", shifts.text);
        assert_eq!(fields.map(|field| told(1, field)), until, "{}", shifts.text);

        let again = imported(service, &group, "", FILE).await;
        assert_eq!((&again.body["created"], &again.body["exists"]), (&json!(0), &json!(6)), "{}", again.text);
        assert_eq!(overrides().await, expected);
        assert_eq!(service.get(&format!("/groups/{group}/shifts")).await.body, shifts.body);
    })
    .await;
}

const TIMES: &str = "DTSTART:20261120T190000Z\r\nDTEND:20261120T200000Z\r\n";
/// Events that cannot be taken: what tells them apart, when they are, and why.
const UNTAKEN: [(&str, &str, &str); 13] = [
    ("UID:cancelled\r\nSTATUS:CANCELLED\r\nSUMMARY:Ann\r\n", TIMES, "it is cancelled"),
    (
        "UID:moved\r\nRECURRENCE-ID:20261120T190000Z\r\nSUMMARY:Ann\r\n",
        TIMES,
        "it changes one date of a series: change that date in the roster",
    ),
    ("SUMMARY:Ann\r\n", TIMES, "it has no UID"),
    (
        "UID:stranger\r\nSUMMARY:Eve\r\n",
        TIMES,
        "no agent has the address of one who takes part, or the name that is its summary",
    ),
    ("UID:dateless\r\nSUMMARY:Ann\r\n", "", "its DTSTART is missing, or cannot be read"),
    ("UID:wrong\r\nSUMMARY:Ann\r\n", "DTSTART:20261320T190000Z\r\n", "its DTSTART is missing, or cannot be read"),
    ("UID:endless\r\nSUMMARY:Ann\r\n", "DTSTART:20261120T190000Z\r\n", "its DTEND is missing, or cannot be read"),
    (
        "UID:zone\r\nSUMMARY:Ann\r\n",
        "DTSTART;TZID=Mars:20261120T190000\r\n",
        "its time zone Mars is unknown: write the name of the IANA, such as Europe/London",
    ),
    (
        "UID:long\r\nSUMMARY:Ann\r\n",
        "DTSTART:20261120T190000Z\r\nDURATION:P2D\r\n",
        "it lasts no time or more than a day, or does not begin and end on whole minutes",
    ),
    (
        "UID:days\r\nSUMMARY:Ann\r\n",
        "DTSTART;VALUE=DATE:20261120\r\nDTEND;VALUE=DATE:20270120\r\n",
        "it lasts more than 31 days",
    ),
    (
        "UID:monthly\r\nSUMMARY:Ann\r\nRRULE:FREQ=MONTHLY\r\n",
        TIMES,
        "it is repeated in a way that shifts are not: FREQ=MONTHLY",
    ),
    (
        "UID:by\r\nSUMMARY:Ann\r\nRRULE:FREQ=WEEKLY;BYDAY=1MO\r\n",
        TIMES,
        "it is repeated in a way that shifts are not: FREQ=WEEKLY;BYDAY=1MO",
    ),
    (
        "UID:except\r\nSUMMARY:Ann\r\nRRULE:FREQ=WEEKLY\r\nEXDATE:20261127T190000Z\r\n",
        TIMES,
        "it is repeated in a way that shifts are not: FREQ=WEEKLY, with exceptions",
    ),
];

#[tokio::test]
async fn what_of_a_calendar_cannot_be_taken_is_told_and_the_rest_goes_on() {
    on_both(async |service| {
        service.made("/agents", json!({"name": "Ann"})).await;
        let group = service.made("/groups", json!({"name": "Night line"})).await;
        let mut file = "BEGIN:VCALENDAR\r\n".to_owned();
        for (head, times, _) in UNTAKEN {
            file.push_str(&format!("BEGIN:VEVENT\r\n{head}{times}END:VEVENT\r\n"));
        }
        file.push_str(&format!("BEGIN:VEVENT\r\nUID:good\r\n{TIMES}SUMMARY:ANN\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"));
        let done = imported(service, &group, "", &file).await;
        let mut expected: Vec<String> = UNTAKEN
            .iter()
            .map(|(head, _, why)| {
                let uid = head.strip_prefix("UID:").map_or("none", |rest| rest.split('\r').next().unwrap());
                format!("{uid} refused {why}")
            })
            .collect();
        expected.push("good created none".to_owned());
        assert_eq!(outcomes(&done), expected);
        assert_eq!((&done.body["created"], &done.body["refused"]), (&json!(1), &json!(13)));
        // What was refused is taken when it is mended.
        let mended = file.replace("SUMMARY:Eve", "SUMMARY:Ann");
        assert_eq!(imported(service, &group, "", &mended).await.body["created"], 1);
        for (query, file, status) in [("", "{}", 422), ("?dry_run=maybe", FILE, 422), ("?dry=true", FILE, 400)] {
            let reply = imported(service, &group, query, file).await;
            assert_eq!(reply.status, status, "{}", reply.text);
        }
        assert_eq!(imported(service, &group, "", &" ".repeat((1 << 20) + 1)).await.status, 413);
        assert_eq!(imported(service, "grp_none", "", FILE).await.status, 404);
    })
    .await;
}
