//! Groups over HTTP: their numbers, how they answer, their calls and messages.

use domain::time::Instant;
use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};
use storage::group_calls::GroupCallRecord;

use crate::recordings::message;
use crate::service::{Service, on_both, sent};

/// Writes a call to a group down, as the exchange does: its id.
pub(crate) async fn call(service: &Service, group: &str, origin: &str) -> String {
    let record = GroupCallRecord {
        origin: origin.to_owned(),
        agent_group: group.to_owned(),
        caller: "caller-1".to_owned(),
        called_at: 1_792_065_600_000,
        answered_at: None,
        ended_at: Some(1_792_065_660_000),
        result: "missed".to_owned(),
        agent: None,
        attempts: json!([{"agent": "agt_1", "at": "2026-10-15T12:00:05Z", "result": "declined"}]).to_string(),
        language: Some("en".to_owned()),
        answers: None,
        placed_by: None,
        version: 1,
    };
    let mut tx = service.engine.store().write().await.unwrap();
    storage::group_calls::save(&mut tx, service.owner.tenant, &[record]).await.unwrap();
    tx.commit().await.unwrap();
    origin.replacen('/', ":", 1)
}

#[tokio::test]
async fn how_a_group_answers_is_kept_as_it_was_given_with_defaults_for_the_rest() {
    on_both(async |service| {
        let other = service.made("/groups", json!({"name": "Day line"})).await;
        let answering = json!({
            "greeting": {"text": "Hello.\nHow are you?", "language": "en-GB", "voice": "Amy"},
            "closed_greeting": {"text": "We are closed.", "audio": "https://example.org/closed.wav"},
            "languages": [{"key": "1", "language": "en"}, {"key": "2", "language": "es", "greeting": {"text": "Hola."}}],
            "language_menu": {"text": "1 for English, 2 for Spanish."},
            "strategy": "longest_idle", "ring_seconds": 25, "screening": false, "only_confirmed_phones": true,
            "queue_seconds": 120, "queue_music": null,
            "nobody_on_duty": [{"kind": "group", "group": other}, {"kind": "number", "number": "+441632960099"}, {"kind": "voicemail"}],
            "no_answer": [{"kind": "message", "saying": {"text": "Call tomorrow."}}],
            "voicemail": {"greeting": {"text": "Speak."}, "addressees": ["desk@example.org"], "transcribe": false,
                "transcript_wait_seconds": 60, "kept_days": 7},
            "blocked": ["+441632960777"], "anonymous": false, "calls_per_hour": 5, "callers": "shown", "calls_kept_days": 30,
            "missed_calls_to": ["lead@example.org"]});
        let body = json!({"name": "Night line", "numbers": ["+44 1632 960000", "0700", "0700"], "answering": answering});
        let made = service.post("/groups", body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.body["numbers"], json!(["+441632960000", "0700"]));
        assert_eq!(made.body["answering"], answering);
        assert!(!made.text.contains("callers_key"), "what pseudonyms are made with stays here: {}", made.text);
        let plain = service.get(&format!("/groups/{other}")).await.body["answering"].clone();
        for (field, expected) in [
            ("strategy", json!("sequential")), ("ring_seconds", json!(20)), ("screening", json!(true)),
            ("nobody_on_duty", json!([{"kind": "voicemail"}])), ("callers", json!("pseudonym")), ("anonymous", json!(true)),
        ] {
            assert_eq!(plain[field], expected, "{field}");
        }
        // A number leads to one.
        for (path, body) in [
            ("/groups", json!({"name": "X", "numbers": ["0700"]})),
            ("/agents", json!({"name": "Iris", "number": "0700"})),
        ] {
            let taken = service.post(path, body).await;
            let id = made.body["id"].as_str().unwrap();
            assert_eq!((taken.status, taken.body["taken_by"].as_str()), (409, Some(id)), "{path}: {}", taken.text);
        }
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_in_an_answer_is_told_at_its_place() {
    on_both(async |service| {
        let long = "x".repeat(1001);
        for (answering, place) in [
            (json!({"ring_seconds": 4}), "/answering/ring_seconds"),
            (json!({"queue_seconds": 9}), "/answering/queue_seconds"),
            (json!({"calls_per_hour": 0}), "/answering/calls_per_hour"),
            (json!({"calls_kept_days": 3651}), "/answering/calls_kept_days"),
            (json!({"greeting": {"text": " "}}), "/answering/greeting/text"),
            (json!({"greeting": {"text": long}}), "/answering/greeting/text"),
            (json!({"greeting": {"text": "x", "audio": "http://example.org/a.wav"}}), "/answering/greeting/audio"),
            (json!({"greeting": {"text": "x", "audio": "file:///etc/passwd"}}), "/answering/greeting/audio"),
            (json!({"greeting": {"text": "x", "language": "English!"}}), "/answering/greeting/language"),
            (json!({"languages": [{"key": "1", "language": "en"}]}), "/answering/language_menu"),
            (json!({"languages": [{"key": "*", "language": "en"}]}), "/answering/languages/0/key"),
            (
                json!({"languages": [{"key": "1", "language": "en"}, {"key": "1", "language": "es"}]}),
                "/answering/languages/1/key",
            ),
            (json!({"no_answer": [{"kind": "number", "number": "x"}]}), "/answering/no_answer/0/number"),
            (json!({"no_answer": [{"kind": "number", "number": "+979123456"}]}), "/answering/no_answer/0/number"),
            (json!({"nobody_on_duty": [{"kind": "group", "group": "grp_none"}]}), "/answering/nobody_on_duty/0/group"),
            (json!({"voicemail": {"addressees": ["nobody"]}}), "/answering/voicemail/addressees/0"),
            (json!({"voicemail": {"kept_days": 0}}), "/answering/voicemail/kept_days"),
            (json!({"blocked": ["+44"]}), "/answering/blocked/0"),
        ] {
            let refused = service.post("/groups", json!({"name": "X", "answering": answering})).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{}", refused.text);
        }
        for (numbers, place) in [(json!(["x"]), "/numbers/0"), (json!(["0001", "4911"]), "/numbers/1")] {
            let refused = service.post("/groups", json!({"name": "X", "numbers": numbers})).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{}", refused.text);
        }
        assert_eq!(service.get("/groups").await.body["items"], json!([]), "nothing is half-written");
    })
    .await;
}

#[tokio::test]
async fn calls_and_messages_are_for_those_who_lead_groups() {
    on_both(async |service| {
        let group = service.made("/groups", json!({"name": "Night line"})).await;
        let first = call(service, &group, "softswitch/flow_1").await;
        let left = message(service, &group, "softswitch/flow_1").await;
        let by =
            |role: Role, method: Method, path: &str| service.anonymous(method, path).bearer_auth(service.key(role));
        let calls = sent(by(Role::Coordinator, Method::GET, &format!("/groups/{group}/calls"))).await;
        let item = &calls.body["items"][0];
        assert_eq!(
            (item["id"].as_str(), item["result"].as_str()),
            (Some(first.as_str()), Some("missed")),
            "{}",
            calls.text
        );
        assert_eq!(item["attempts"][0]["result"], json!("declined"));
        let none =
            sent(by(Role::Coordinator, Method::GET, &format!("/groups/{group}/calls?until=2026-10-15T11:00:00Z")))
                .await;
        assert_eq!(none.body["items"], json!([]));
        let note = json!({"note": "Calls again.", "outcome": "later"});
        let noting =
            |role| by(role, Method::PUT, &format!("/group-calls/{first}/note")).header("if-match", "\"0\"").json(&note);
        let noted = sent(noting(Role::Coordinator)).await;
        assert_eq!(sent(noting(Role::Coordinator)).await.status, 412, "somebody has noted something meanwhile");
        assert_eq!((noted.status, &noted.body["note"]), (200, &note["note"]), "{}", noted.text);
        assert_eq!(
            sent(by(Role::Clerk, Method::PUT, &format!("/group-calls/{first}/note")).json(&note)).await.status,
            403
        );

        let listed = sent(by(Role::Coordinator, Method::GET, &format!("/groups/{group}/messages?done=false"))).await;
        assert_eq!(listed.body["items"][0]["id"], json!(left), "{}", listed.text);
        assert_eq!(listed.body["items"][0]["call"], json!(first));
        let heard = sent(by(Role::Coordinator, Method::GET, &format!("/group-messages/{left}/audio"))).await;
        assert_eq!((heard.status, heard.text.as_str()), (200, "Good evening"));
        // It is no line's, and not for those who bill.
        for path in ["/recordings", "/recordings?kind=voicemail"] {
            assert_eq!(service.get(path).await.body["items"], json!([]), "{path}");
        }
        for path in [format!("/recordings/{left}"), format!("/recordings/{left}/audio")] {
            assert_eq!(service.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(sent(by(Role::Clerk, Method::GET, &format!("/group-messages/{left}"))).await.status, 403);
        let done = sent(
            by(Role::Coordinator, Method::PUT, &format!("/group-messages/{left}/done")).json(&json!({"done": true})),
        )
        .await;
        assert_eq!((done.status, done.body["transcript"].clone()), (200, Value::Null), "{}", done.text);
        let gone = sent(by(Role::Coordinator, Method::DELETE, &format!("/group-messages/{left}"))).await;
        assert_eq!(gone.status, 204);
        assert_eq!(service.get(&format!("/group-messages/{left}")).await.status, 404);
    })
    .await;
}

/// Calls of a night in which London's clocks go back, and of others: when each came, what became of it, and after how many milliseconds somebody
/// answered.
async fn calls(service: &Service, group: &str) {
    let calls = [
        ("2026-10-24T22:50:00Z", "missed", None),
        ("2026-10-24T23:10:00Z", "answered", Some(4_000)),
        ("2026-10-24T23:50:00Z", "answered", Some(4_001)),
        ("2026-10-25T00:15:00Z", "message", None),
        ("2026-10-25T01:15:00Z", "answered", Some(30_000)),
        ("2026-10-25T02:00:00Z", "blocked", None),
        ("2026-10-25T23:59:59Z", "running", None),
        ("2026-10-26T00:00:00Z", "missed", None),
    ];
    let record = |(n, (at, result, waited)): (usize, (&str, &str, Option<i64>))| {
        let called_at = Instant::parse(at).unwrap().millis();
        GroupCallRecord {
            origin: format!("softswitch/flow_{n}"),
            agent_group: group.to_owned(),
            caller: "caller-1".to_owned(),
            called_at,
            answered_at: waited.map(|waited| called_at + waited),
            ended_at: None,
            result: result.to_owned(),
            agent: None,
            attempts: "[]".to_owned(),
            language: None,
            answers: None,
            placed_by: None,
            version: 1,
        }
    };
    let records: Vec<_> = calls.into_iter().enumerate().map(record).collect();
    let mut tx = service.engine.store().write().await.unwrap();
    storage::group_calls::save(&mut tx, service.owner.tenant, &records).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn statistics_tell_what_became_of_calls_and_in_which_hours_of_the_group_s_clocks_they_came() {
    on_both(async |service| {
        let group = service.made("/groups", json!({"name": "Night line", "time_zone": "Europe/London"})).await;
        let ann = service.made("/agents", json!({"name": "Ann"})).await;
        let shift = json!({"agent": ann, "days": [0, 1, 2, 3, 4, 5, 6], "hours": "08:00-20:00"});
        service.made(&format!("/groups/{group}/shifts"), shift).await;
        calls(service, &group).await;
        let path = format!("/groups/{group}/statistics?from=2026-10-24T00:00:00Z&until=2026-10-26T00:00:00Z");
        let found = service.get(&path).await;
        let hour = |weekday: u8, hour: u8, calls: u8, answered: u8| {
            json!({"weekday": weekday, "hour": hour, "calls": calls, "answered": answered})
        };
        let expected = json!({
            "from": "2026-10-24T00:00:00Z", "until": "2026-10-26T00:00:00Z", "time_zone": "Europe/London",
            "calls": 7, "running": 1, "answered": 3, "messages": 1, "missed": 1, "blocked": 1,
            // The hour from one to two comes twice, before and after the clocks go back.
            "hours": [hour(5, 23, 1, 0), hour(6, 0, 2, 2), hour(6, 1, 2, 1), hour(6, 2, 1, 0), hour(6, 23, 1, 0)],
            // Each begun second counts.
            "time_to_answer": {"p50_seconds": 5, "p90_seconds": 30},
            "gap_seconds": 86_400});
        assert_eq!(found.body, expected, "{}", found.text);

        let none = service.get(&format!("/groups/{group}/statistics?until=2026-10-20T00:00:00Z")).await;
        assert_eq!(
            (&none.body["from"], &none.body["calls"], &none.body["hours"], &none.body["time_to_answer"]),
            (&json!("2026-09-22T00:00:00Z"), &json!(0), &json!([]), &Value::Null),
            "{}",
            none.text
        );
        // Before it was made, on the 15th, nobody was missing.
        assert!(none.body["gap_seconds"].as_i64().unwrap() < 5 * 86_400, "{}", none.text);
        let long = format!("/groups/{group}/statistics?from=2026-01-01T00:00:00Z&until=2026-10-26T00:00:00Z");
        assert_eq!(service.get(&long).await.status, 422);
        assert_eq!(service.get("/groups/grp_none/statistics").await.status, 404);
        for (role, status) in [(Role::Coordinator, 200), (Role::Auditor, 200), (Role::Switch, 403)] {
            let asked = sent(service.anonymous(Method::GET, &path).bearer_auth(service.key(role))).await;
            assert_eq!(asked.status, status, "{role:?}: {}", asked.text);
        }
    })
    .await;
}

#[tokio::test]
async fn who_cannot_be_called_back_is_not_and_the_reason_says_what_to_do() {
    on_both(async |service| {
        let group = service.made("/groups", json!({"name": "Night line", "numbers": ["+441632960000"]})).await;
        let ann = service.made("/agents", json!({"name": "Ann", "phones": ["+441632960012"]})).await;
        let path = format!("/groups/{group}/call-backs");
        let call = call(service, &group, "softswitch/flow_1").await;
        let asks = async |body: Value| service.post(&path, body).await;
        for body in [json!({}), json!({"call": call, "message": "rec_1"}), json!({"call": call, "customer": "cus_1"})] {
            let refused = asks(body.clone()).await;
            assert!([400, 422].contains(&refused.status), "{body}: {}", refused.text);
        }
        let nobody = asks(json!({"call": call})).await;
        assert_eq!((nobody.status, nobody.problem()), (422, "invalid"), "a key has no agent record: {}", nobody.text);
        assert!(nobody.text.contains("/agent"), "{}", nobody.text);
        let stranger = asks(json!({"call": call, "agent": ann})).await;
        assert!(stranger.status == 422 && stranger.text.contains("not one of the group"), "{}", stranger.text);
        let shift = json!({"agent": ann, "days": [0], "hours": "08:00-20:00"});
        service.made(&format!("/groups/{group}/shifts"), shift).await;
        let named = asks(json!({"call": call, "agent": ann})).await;
        assert_eq!((named.status, &named.body["reason"]), (409, &json!("caller_not_known")), "{}", named.text);
        assert!(named.text.contains("it is not known who called"), "{}", named.text);
        for body in [json!({"call": "softswitch:none", "agent": ann}), json!({"message": "rec_none", "agent": ann})] {
            assert_eq!(asks(body).await.status, 404);
        }
        let phone = asks(json!({"call": call, "agent": ann, "phone": "not a number"})).await;
        assert_eq!(phone.status, 409, "who called is looked at first: {}", phone.text);
        let body = json!({"call": call, "agent": ann});
        for (role, status) in [(Role::Coordinator, 409), (Role::Auditor, 403), (Role::Clerk, 403), (Role::Switch, 403)]
        {
            let asked = service.anonymous(Method::POST, &path).bearer_auth(service.key(role)).json(&body);
            let asked = sent(asked).await;
            assert_eq!(asked.status, status, "{role:?}: {}", asked.text);
        }
    })
    .await;
}

#[tokio::test]
async fn calls_and_messages_tell_by_which_call_they_were_answered() {
    on_both(async |service| {
        let group = service.made("/groups", json!({"name": "Night line"})).await;
        let ann = service.made("/agents", json!({"name": "Ann"})).await;
        let call = call(service, &group, "softswitch/flow_1").await;
        let back = |origin: &str, called_at: i64, result: &str| GroupCallRecord {
            origin: origin.to_owned(),
            agent_group: group.clone(),
            caller: "caller-1".to_owned(),
            called_at,
            answered_at: None,
            ended_at: Some(called_at + 1000),
            result: result.to_owned(),
            agent: Some(ann.clone()),
            attempts: "[]".to_owned(),
            language: None,
            answers: Some("softswitch/flow_1".to_owned()),
            placed_by: Some("user:usr_1".to_owned()),
            version: 1,
        };
        let at = 1_792_066_000_000;
        let records =
            [back("softswitch/placed:flow_2", at, "missed"), back("softswitch/placed:flow_3", at + 60_000, "answered")];
        let mut tx = service.engine.store().write().await.unwrap();
        storage::group_calls::save(&mut tx, service.owner.tenant, &records).await.unwrap();
        tx.commit().await.unwrap();
        let answered = json!({"call": "softswitch:placed:flow_3", "at": "2026-10-15T12:07:40Z", "agent": ann,
            "result": "answered"});
        let shown = service.get(&format!("/group-calls/{call}")).await;
        assert_eq!((&shown.body["called_back"], &shown.body["answers"]), (&answered, &Value::Null), "{}", shown.text);
        let shown = service.get("/group-calls/softswitch:placed:flow_3").await;
        let told = (&shown.body["answers"], &shown.body["placed_by"], &shown.body["called_back"]);
        assert_eq!(told, (&json!(call), &json!("user:usr_1"), &Value::Null), "{}", shown.text);
        let listed = service.get(&format!("/groups/{group}/calls")).await;
        let last = listed.body["items"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["id"], &last["called_back"]), (&json!(call), &answered), "{}", listed.text);
        // They are none of the calls that came.
        let span = "from=2026-10-15T00:00:00Z&until=2026-10-16T00:00:00Z";
        let counted = service.get(&format!("/groups/{group}/statistics?{span}")).await;
        assert_eq!((&counted.body["calls"], &counted.body["answered"]), (&json!(1), &json!(0)), "{}", counted.text);
        let message = message(service, &group, "softswitch/flow_1").await;
        let shown = service.get(&format!("/group-messages/{message}")).await;
        assert_eq!((&shown.body["called_back"], &shown.body["done_at"]), (&answered, &Value::Null), "{}", shown.text);
        let listed = service.get(&format!("/groups/{group}/messages")).await;
        assert_eq!(listed.body["items"][0]["called_back"], answered, "{}", listed.text);
    })
    .await;
}
