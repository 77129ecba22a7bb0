//! Reminders: who was told of which shifts, and the settings of groups.

use engine::Role;
use engine::groups::GroupError;
use engine::reminders::{self, Wanted};
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Service, on_both, sent};

async fn told(service: &Service) {
    let told = service.engine.run(&service.owner, |work| Box::pin(reminders::tell(work, &Wanted::Due)));
    told.await.map_err(|error: GroupError| error).unwrap();
}

#[tokio::test]
async fn who_was_told_of_what_is_listed_by_date() {
    on_both(async |service| {
        let ann = service.made("/agents", json!({"name": "Ann", "email": "ann@example.org"})).await;
        let bob = service.made("/agents", json!({"name": "Bob", "email": "bob@example.org", "reminders": false})).await;
        let cy = service.made("/agents", json!({"name": "Cy"})).await;
        let settings = json!({"name": "Night line", "time_zone": "Europe/London", "reminders": {"at": "19:30"}});
        let group = service.made("/groups", settings).await;
        // 2026-10-16 is a Friday.
        for (agent, hours) in
            [(&ann, "22:00-06:00"), (&ann, "08:00-10:00"), (&bob, "08:00-10:00"), (&cy, "10:00-12:00")]
        {
            service
                .made(&format!("/groups/{group}/shifts"), json!({"agent": agent, "days": [4], "hours": hours}))
                .await;
        }
        let path = "/reminders?date=2026-10-16";
        service.comes("2026-10-15T18:29:59Z").await;
        told(service).await;
        assert_eq!(service.get(path).await.body, json!({"date": "2026-10-16", "items": []}));
        service.comes("2026-10-15T18:30:00Z").await;
        told(service).await;
        let shift = |from: &str, until: &str| {
            json!({"group": group, "name": "Night line", "time_zone": "Europe/London",
            "from": from, "until": until})
        };
        let early = shift("2026-10-16T07:00:00Z", "2026-10-16T09:00:00Z");
        let night = shift("2026-10-16T21:00:00Z", "2026-10-17T05:00:00Z");
        let item = |agent: &str, state: &str, shifts: &[&Value]| {
            json!({"agent": agent, "state": state, "reason": null,
            "shifts": shifts, "times": 1, "told_at": "2026-10-15T18:30:00Z", "sent_at": null, "sms": null})
        };
        let late = shift("2026-10-16T09:00:00Z", "2026-10-16T11:00:00Z");
        let items = [
            item(&ann, "waiting", &[&early, &night]),
            item(&bob, "opted_out", &[&early]),
            item(&cy, "no_address", &[&late]),
        ];
        let listed = service.get(path).await;
        assert_eq!(listed.body, json!({"date": "2026-10-16", "items": items}), "{}", listed.text);
        // Of tomorrow, where no date is given.
        assert_eq!(service.get("/reminders").await.body, listed.body);
        let jobs = service.get("/jobs?state=waiting").await;
        let notices: Vec<&Value> =
            jobs.body["items"].as_array().unwrap().iter().filter(|job| job["kind"] == "notice").collect();
        assert!(
            notices.len() == 1 && notices[0]["key"].as_str().unwrap().ends_with("ann@example.org"),
            "{}",
            jobs.text
        );

        let wrong = service.get("/reminders?date=soon").await;
        assert_eq!((wrong.status, wrong.places()), (422, vec!["date"]), "{}", wrong.text);
        for (role, status) in [(Role::Coordinator, 200), (Role::Auditor, 200), (Role::Switch, 403)] {
            let asked = sent(service.anonymous(Method::GET, path).bearer_auth(service.key(role))).await;
            assert_eq!(asked.status, status, "{role:?}: {}", asked.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_group_says_whether_and_when_it_reminds() {
    on_both(async |service| {
        let usual = json!({"enabled": true, "at": "18:00"});
        let group = service.made("/groups", json!({"name": "Night line"})).await;
        let path = format!("/groups/{group}");
        assert_eq!(service.get(&path).await.body["reminders"], usual);
        let put = async |version: &str, reminders: Value| {
            let body = json!({"name": "Night line", "reminders": reminders});
            sent(service.request(Method::PUT, &path).header("If-Match", version).json(&body)).await
        };
        let off = json!({"enabled": false, "at": "07:05"});
        assert_eq!(put("\"1\"", off.clone()).await.body["reminders"], off);
        assert_eq!(service.get(&path).await.body["reminders"], off);
        assert_eq!(
            put("\"2\"", json!({"at": "20:00"})).await.body["reminders"],
            json!({"enabled": true, "at": "20:00"})
        );
        for at in ["", "18", "24:00", "6pm"] {
            let refused = put("\"3\"", json!({"at": at})).await;
            assert_eq!((refused.status, refused.places()), (400, vec!["/reminders/at"]), "{at}: {}", refused.text);
        }
        assert_eq!(put("\"3\"", Value::Null).await.body["reminders"], usual);
    })
    .await;
}
