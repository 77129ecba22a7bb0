//! Recordings over HTTP: who finds and hears them, and how players seek in them.

use domain::call_flow::Mailbox;
use domain::time::Instant;
use engine::Role;
use engine::recordings::{self, NewRecording, RecordingKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::person::Session;
use crate::service::{NOW, Reply, Service, on_both, sent};

/// Keeps what was recorded, as a switch of ours does: its id.
pub(crate) async fn keep(service: &Service, kind: RecordingKind, (line, origin): (&str, &str), audio: &[u8]) -> String {
    kept(service, kind, Mailbox::Line(line.to_owned()), (origin, audio)).await
}

/// Keeps a message for a group: its id.
pub(crate) async fn message(service: &Service, group: &str, origin: &str) -> String {
    let of = Mailbox::Group(group.to_owned());
    kept(service, RecordingKind::Voicemail, of, (origin, b"Good evening")).await
}

async fn kept(service: &Service, kind: RecordingKind, of: Mailbox, (origin, audio): (&str, &[u8])) -> String {
    let new = NewRecording {
        kind,
        of,
        origin: origin.to_owned(),
        leg: String::new(),
        from: "+442079460018".to_owned(),
        to: "0001".to_owned(),
        started_at: Instant::parse(NOW).unwrap(),
        seconds: 7,
        media_type: "audio/wav".to_owned(),
        awaits_transcript: false,
    };
    recordings::keep(&service.engine, service.owner.tenant, new, audio).await.unwrap().id
}

/// The ids of a list.
fn ids(reply: &Reply) -> Vec<&str> {
    let items = reply.body["items"].as_array().unwrap_or_else(|| panic!("no list: {}", reply.text));
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

async fn heard(by: &Session, id: &str, range: &str) -> Reply {
    let request = by.request(Method::GET, &format!("/recordings/{id}/audio"));
    sent(if range.is_empty() { request } else { request.header("range", range) }).await
}

/// H023 of the hostile inputs.
#[tokio::test]
async fn customers_find_messages_and_the_staff_calls_too() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let (somebody, foreign) = service.subscriber("Somebody else", "0005").await;
        let left = keep(service, RecordingKind::Voicemail, (&line, "pbx:1"), b"message").await;
        let call = keep(service, RecordingKind::Call, (&line, "pbx:2"), b"call").await;
        let other = keep(service, RecordingKind::Voicemail, (&foreign, "pbx:3"), b"other").await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        for (query, of_staff, of_customer) in [
            ("", vec![&other, &call, &left], vec![&left]),
            ("?kind=voicemail", vec![&other, &left], vec![&left]),
            ("?kind=call", vec![&call], vec![]),
            (&format!("?line={line}"), vec![&call, &left], vec![&left]),
            (&format!("?line={foreign}"), vec![&other], vec![]),
            (&format!("?customer={customer}"), vec![&call, &left], vec![&left]),
            (&format!("?customer={somebody}&kind=voicemail"), vec![&other], vec![]),
            ("?done=true", vec![], vec![]),
            ("?done=false&limit=1", vec![&other], vec![&left]),
        ] {
            let path = format!("/recordings{query}");
            assert_eq!(ids(&service.get(&path).await), of_staff, "{query}");
            assert_eq!(ids(&own.get(&path).await), of_customer, "{query}");
        }
        let first = service.get("/recordings?limit=2").await;
        let next = format!("/recordings?limit=2&cursor={}", first.body["next_cursor"].as_str().unwrap());
        assert_eq!(ids(&service.get(&next).await), [&left]);
        for (query, place) in [("kind=fax", "kind"), ("done=perhaps", "done"), ("limit=0", "limit")] {
            let refused = service.get(&format!("/recordings?{query}")).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{query}: {}", refused.text);
        }
        assert_eq!(service.get("/recordings?colour=red").await.status, 400);
        let shown = own.get(&format!("/recordings/{left}")).await;
        let expected = json!({"id": left, "kind": "voicemail", "line": line, "customer": customer, "origin": null,
            "from": "+442079460018", "to": "0001", "started_at": NOW, "seconds": 7, "media_type": "audio/wav", "size_bytes": 7,
            "done_at": null, "delete_at": "2026-11-14T12:00:00Z"});
        assert_eq!(shown.body, expected, "{}", shown.text);
        assert_eq!(service.get(&format!("/recordings/{left}")).await.body["origin"], "pbx:1");
        for id in [&call, &other] {
            for path in [format!("/recordings/{id}"), format!("/recordings/{id}/audio")] {
                let none = own.get(&path).await;
                assert_eq!((none.status, none.problem()), (404, "not-found"), "{path}: {}", none.text);
            }
        }
        for role in [Role::Auditor, Role::Coordinator] {
            let reply = service.person(&[role], &[], None).await.get("/recordings").await;
            assert_eq!((reply.status, reply.problem()), (403, "wrong-role"), "{}", role.name());
        }
    })
    .await;
}

#[tokio::test]
async fn players_seek_in_audio() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let audio: Vec<u8> = (0..1_500_000_u32).map(|n| (n / 3 % 251).to_le_bytes()[0]).collect();
        let id = keep(service, RecordingKind::Voicemail, (&line, "pbx:1"), &audio).await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let whole =
            sent(own.request(Method::GET, &format!("/recordings/{id}/audio")).header("accept-encoding", "gzip"));
        let whole = whole.await;
        assert!(whole.status == 200 && whole.bytes == audio, "{} bytes", whole.bytes.len());
        for (name, value) in [
            ("content-type", "audio/wav"),
            ("content-length", "1500000"),
            ("content-disposition", &format!("inline; filename=\"{id}.wav\"")),
            ("accept-ranges", "bytes"),
            ("cache-control", "private, no-store"),
            ("x-content-type-options", "nosniff"),
            ("content-encoding", ""),
            ("content-range", ""),
        ] {
            assert_eq!(whole.header(name), value, "{name}");
        }
        for (range, from, until) in [
            ("bytes=0-", 0, 1_500_000),
            ("bytes=0-99", 0, 100),
            ("bytes=524280-524295", 524_280, 524_296),
            ("bytes=500000-1200000", 500_000, 1_200_001),
            ("bytes=-7", 1_499_993, 1_500_000),
            ("bytes=1499999-9999999", 1_499_999, 1_500_000),
        ] {
            let part = heard(&own, &id, range).await;
            assert!(part.status == 206 && part.bytes == audio[from..until], "{range}: {} bytes", part.bytes.len());
            assert_eq!(part.header("content-range"), format!("bytes {from}-{}/1500000", until - 1));
            assert_eq!(part.header("content-length"), (until - from).to_string());
        }
        for range in ["bytes=0-1,5-6", "bytes=5-3", "items=0-1"] {
            assert_eq!((heard(&own, &id, range).await.status, range), (200, range));
        }
        for range in ["bytes=1500000-", "bytes=-0"] {
            let none = heard(&own, &id, range).await;
            assert_eq!((none.status, none.problem()), (416, "no-such-range"), "{range}: {}", none.text);
            assert_eq!(
                (none.header("content-range"), &none.body["size_bytes"]),
                ("bytes */1500000", &json!(1_500_000))
            );
        }
        let trail = service.get(&format!("/audit?subject={id}")).await;
        let lines = trail.body["items"].as_array().unwrap();
        assert_eq!(lines.len(), 1, "who heard it is written once: {}", trail.text);
        assert_eq!(
            (&lines[0]["action"], &lines[0]["actor"]),
            (&json!("recording.listen"), &json!(format!("user:{}", own.user)))
        );
    })
    .await;
}

#[tokio::test]
async fn somebody_is_done_with_a_recording_and_deletes_it() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let id = keep(service, RecordingKind::Voicemail, (&line, "pbx:1"), b"message").await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let (path, done) = (format!("/recordings/{id}"), format!("/recordings/{id}/done"));
        let set = async |by: &Session, body: &Value| sent(by.request(Method::PUT, &done).json(body)).await;
        for (body, done_at) in [(json!({"done": true}), json!(NOW)), (json!({"done": false}), json!(null))] {
            for _ in 0..2 {
                let reply = set(&own, &body).await;
                assert_eq!((reply.status, &reply.body["done_at"]), (200, &done_at), "{body}: {}", reply.text);
            }
            assert_eq!(service.get(&path).await.body["done_at"], done_at);
        }
        for (body, place) in
            [(json!({}), ""), (json!({"done": 1}), "/done"), (json!({"done": true, "by": "me"}), "/by")]
        {
            let reply = set(&own, &body).await;
            assert_eq!((reply.status, reply.places()), (400, vec![place]), "{body}: {}", reply.text);
        }
        let foreign = service.anonymous(Method::DELETE, &path).bearer_auth(&service.foreign_key);
        assert_eq!(sent(foreign).await.status, 404);
        assert_eq!(sent(own.request(Method::DELETE, &path)).await.status, 204);
        for gone in [
            own.get(&path).await,
            heard(&own, &id, "").await,
            own.delete(&path).await,
            set(&own, &json!({"done": true})).await,
        ] {
            assert_eq!((gone.status, gone.problem()), (404, "not-found"), "{}", gone.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_shows_what_was_recorded_of_it() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let (callee, called) = service.subscriber("Somebody else", "0005").await;
        let call = json!({"origin": "pbx:1", "line": line, "to": "0005", "minutes": 1});
        let recorded = keep(service, RecordingKind::Call, (&line, "pbx:1"), b"call").await;
        let call = service.made("/calls", call).await;
        let path = format!("/calls/{call}");
        assert_eq!(service.get(&path).await.body["call"]["recordings"], json!([recorded]));
        assert_eq!(service.get("/calls").await.body["items"][0]["recordings"], json!([recorded]));
        // The message is for whoever was called, not for whoever pays.
        let other = service.made("/calls", json!({"origin": "pbx:2", "line": line, "to": "0005", "minutes": 1})).await;
        let left = keep(service, RecordingKind::Voicemail, (&called, "pbx:2"), b"message").await;
        assert_eq!(service.get(&format!("/calls/{other}")).await.body["call"]["recordings"], json!([left]));
        let payer = service.person(&[Role::Customer], &[&customer], None).await;
        for id in [&call, &other] {
            assert_eq!(payer.get(&format!("/calls/{id}")).await.body["call"]["recordings"], json!([]));
        }
        let both = service.person(&[Role::Customer], &[&customer, &callee], None).await;
        assert_eq!(both.get(&format!("/calls/{other}")).await.body["call"]["recordings"], json!([left]));
    })
    .await;
}

#[tokio::test]
async fn a_line_takes_messages_where_it_says_so() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let path = format!("/lines/{line}");
        assert_eq!(service.get(&path).await.body["voicemail"], json!({"enabled": false}));
        let set = own.put(&format!("{path}/voicemail"), 1, json!({"enabled": true})).await;
        assert_eq!((set.status, set.header("etag")), (200, "\"2\""), "{}", set.text);
        assert_eq!(service.get(&path).await.body["voicemail"], json!({"enabled": true}));
        for (version, body, status, places) in [
            (1, json!({"enabled": false}), 412, vec![]),
            (2, json!({}), 400, vec![""]),
            (2, json!({"enabled": "yes"}), 400, vec!["/enabled"]),
            (2, json!({"enabled": true, "greeting": "Hello"}), 400, vec!["/greeting"]),
        ] {
            let reply = own.put(&format!("{path}/voicemail"), version, body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, places), "{body}: {}", reply.text);
        }
        let missing =
            sent(own.request(Method::PUT, &format!("{path}/voicemail")).json(&json!({"enabled": true}))).await;
        assert_eq!(missing.problem(), "no-if-match");
    })
    .await;
}
