//! Groups and their rosters: who is on duty, by shifts and by changes for a date.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

async fn deleted(service: &Service, path: &str) -> Reply {
    sent(service.request(Method::DELETE, path)).await
}

async fn put(service: &Service, path: &str, version: &str, body: &Value) -> Reply {
    sent(service.request(Method::PUT, path).header("If-Match", version).json(body)).await
}

/// The agents on duty at an instant, in the order in which they are rung; `closed` where the group is.
async fn on_duty(service: &Service, group: &str, at: &str) -> String {
    let reply = service.get(&format!("/groups/{group}/on-duty?at={at}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let agents = reply.body["agents"].as_array().unwrap();
    let names: Vec<&str> = agents.iter().map(|duty| duty["agent"].as_str().unwrap()).collect();
    reply.body["closed_for"].as_str().map_or_else(|| names.join(" "), |name| format!("closed: {name}"))
}

async fn agent(service: &Service, name: &str) -> String {
    service.made("/agents", json!({"name": name})).await
}

#[tokio::test]
async fn a_roster_says_who_is_on_duty() {
    on_both(async |service| {
        let (ann, bob) = (agent(service, "Ann").await, agent(service, "Bob").await);
        let group = service.made("/groups", json!({"name": "Night line", "time_zone": "Europe/London"})).await;
        let path = format!("/groups/{group}/shifts");
        let night = json!({"agent": ann, "days": [0], "hours": "22:00-06:00", "priority": 2});
        let night = service.made(&path, night).await;
        service.made(&path, json!({"agent": bob, "days": [0, 1], "hours": "05:00-23:00"})).await;
        let both = format!("{bob} {ann}");
        for (at, expected) in [
            ("2026-11-16T04:59:59Z", ""),
            ("2026-11-16T05:00:00Z", &bob),
            ("2026-11-16T22:30:00Z", &both),
            ("2026-11-17T02:00:00Z", &ann),
            ("2026-11-17T05:30:00Z", &both),
            // In summer the clocks of London are an hour ahead.
            ("2026-07-13T04:30:00Z", &bob),
        ] {
            assert_eq!(on_duty(service, &group, at).await, expected, "{at}");
        }
        let reason = service.get(&format!("/groups/{group}/on-duty?at=2026-11-17T02:00:00Z")).await;
        let expected = json!([{"agent": ann, "priority": 2, "from": "2026-11-16T22:00:00Z", "until": "2026-11-17T06:00:00Z",
            "shift": night, "override": null, "in_place_of": null, "skipped": null}]);
        assert_eq!(reason.body["agents"], expected);

        let overrides = format!("/groups/{group}/overrides");
        let swap = json!({"date": "2026-11-17", "hours": "00:00-03:00", "kind": "replace", "agent": ann, "by": bob});
        let swap = service.made(&overrides, swap).await;
        service.made(&overrides, json!({"date": "2026-11-23", "kind": "closed", "name": "Holiday"})).await;
        assert_eq!(on_duty(service, &group, "2026-11-17T02:00:00Z").await, bob);
        assert_eq!(on_duty(service, &group, "2026-11-17T03:00:00Z").await, ann);
        assert_eq!(on_duty(service, &group, "2026-11-23T12:00:00Z").await, "closed: Holiday");
        let listed = service.get(&format!("{overrides}?from=2026-11-17&until=2026-11-17")).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1, "{}", listed.text);
        assert_eq!(listed.body["items"][0]["id"], json!(swap));
        assert_eq!(deleted(service, &format!("/overrides/{swap}")).await.status, 204);
        assert_eq!(on_duty(service, &group, "2026-11-17T02:00:00Z").await, ann);

        let gaps = service.get(&format!("/groups/{group}/gaps?from=2026-11-16T00:00:00Z&until=2026-11-18T00:00:00Z")).await;
        let gap = |from: &str, until: &str| json!({"from": from, "until": until, "staffed": 0});
        let expected =
            [gap("2026-11-16T00:00:00Z", "2026-11-16T05:00:00Z"), gap("2026-11-17T23:00:00Z", "2026-11-18T00:00:00Z")];
        assert_eq!(gaps.body["items"], json!(expected), "{}", gaps.text);
    })
    .await;
}

#[tokio::test]
async fn the_duties_of_a_week_are_told_with_what_they_come_from() {
    on_both(async |service| {
        let (ann, bob) = (agent(service, "Ann").await, agent(service, "Bob").await);
        let group = service.made("/groups", json!({"name": "Night line", "time_zone": "Europe/London"})).await;
        let night = json!({"agent": ann, "days": [6], "hours": "22:00-06:00"});
        let night = service.made(&format!("/groups/{group}/shifts"), night).await;
        let overrides = format!("/groups/{group}/overrides");
        let swap = json!({"date": "2026-10-25", "hours": "23:00-01:00", "kind": "replace", "agent": ann, "by": bob});
        let swap = service.made(&overrides, swap).await;
        let holiday = service.made(&overrides, json!({"date": "2026-10-23", "kind": "closed", "name": "Holiday"})).await;
        let path = format!("/groups/{group}/duties");
        // On the Sunday in between the clocks are put back.
        let week = service.get(&format!("{path}?from=2026-10-19")).await;
        assert_eq!(week.status, 200, "{}", week.text);
        let whole = json!({"from": "2026-10-25T22:00:00Z", "until": "2026-10-26T06:00:00Z"});
        let duty = json!({"agent": ann, "priority": 1, "from": whole["from"], "until": whole["until"],
            "shift": night, "override": null, "in_place_of": null, "skipped": null});
        let swapped = json!({"agent": bob, "priority": 1, "from": "2026-10-25T23:00:00Z", "until": "2026-10-26T01:00:00Z",
            "shift": null, "override": swap, "in_place_of": ann, "skipped": null});
        let before = json!({"agent": ann, "priority": 1, "from": "2026-10-18T21:00:00Z", "until": "2026-10-19T05:00:00Z",
            "shift": night, "override": null, "in_place_of": null, "skipped": null});
        let expected = json!({"time_zone": "Europe/London", "from": "2026-10-18T23:00:00Z", "until": "2026-10-26T00:00:00Z",
            "items": [
                {"from": "2026-10-18T23:00:00Z", "until": "2026-10-19T05:00:00Z", "duty": before},
                {"from": "2026-10-25T22:00:00Z", "until": "2026-10-25T23:00:00Z", "duty": duty},
                {"from": "2026-10-25T23:00:00Z", "until": "2026-10-26T00:00:00Z", "duty": swapped},
            ],
            "closed": [{"from": "2026-10-22T23:00:00Z", "until": "2026-10-23T23:00:00Z", "override": holiday, "name": "Holiday"}]});
        assert_eq!(week.body, expected);
        let next = service.get(&format!("{path}?from=2026-10-26&days=1")).await;
        assert_eq!(next.body["items"].as_array().unwrap().len(), 2, "{}", next.text);
        for query in ["from=soon", "days=0", "days=93", "days=week", "until=2026-10-19"] {
            let reply = service.get(&format!("{path}?{query}")).await;
            assert!([400, 422].contains(&reply.status), "{query}: {}", reply.text);
        }
        // The week that begins today, where no date is given.
        assert_eq!(service.get(&path).await.body["time_zone"], "Europe/London");
    })
    .await;
}

#[tokio::test]
async fn who_takes_no_shift_or_no_call_is_skipped() {
    on_both(async |service| {
        let away = json!([{"from": "2026-10-14", "to": "2026-10-15"}, {"from": "2026-12-24", "to": "2026-12-24"}]);
        let resting = json!({"name": "Ann", "blackouts": away, "reminders": false});
        let ann = service.made("/agents", resting.clone()).await;
        let mut all = vec![ann.clone()];
        for name in ["Bob", "Cy", "Dora", "Eve"] {
            all.push(agent(service, name).await);
        }
        let group = service.made("/groups", json!({"name": "Night line", "wanted": 5})).await;
        for agent in &all {
            let shift = json!({"agent": agent, "days": [0, 1, 2, 3, 4, 5, 6], "hours": "10:00-02:00"});
            service.made(&format!("/groups/{group}/shifts"), shift).await;
        }
        // Dora has never said anything, as those who never sign in.
        for (agent, said) in [(&all[1], "away"), (&all[2], "offline"), (&all[4], "online")] {
            let set = put(service, &format!("/agents/{agent}/presence"), "*", &json!({"presence": said})).await;
            assert_eq!(set.status, 200, "{}", set.text);
        }
        let skipped = async |query: &str| -> Vec<Value> {
            let reply = service.get(&format!("/groups/{group}/on-duty{query}")).await;
            assert_eq!(reply.status, 200, "{}", reply.text);
            let agents = reply.body["agents"].as_array().unwrap();
            assert_eq!(agents.len(), 5, "who is skipped stays in the list: {}", reply.text);
            agents.iter().map(|duty| duty["skipped"].clone()).collect()
        };
        let (none, blackout) = (Value::Null, json!("blackout"));
        let now = vec![blackout.clone(), json!("away"), json!("away"), none.clone(), none.clone()];
        assert_eq!(skipped("").await, now);
        assert_eq!(skipped("?at=2026-10-15T12:00:30Z").await, now);
        // What they will say then nobody knows; a night belongs to the day on which it begins.
        let later = |first: &Value| [vec![first.clone()], vec![none.clone(); 4]].concat();
        for (at, first) in [
            ("2026-10-14T01:59:00Z", &none),
            ("2026-10-14T10:00:00Z", &blackout),
            ("2026-10-15T13:00:00Z", &blackout),
            ("2026-10-16T01:59:00Z", &blackout),
            ("2026-10-16T10:00:00Z", &none),
        ] {
            assert_eq!(skipped(&format!("?at={at}")).await, later(first), "{at}");
        }
        let gaps =
            service.get(&format!("/groups/{group}/gaps?from=2026-10-15T10:00:00Z&until=2026-10-17T02:00:00Z")).await;
        let gap = |from: &str, until: &str, staffed: u8| json!({"from": from, "until": until, "staffed": staffed});
        let expected = [
            gap("2026-10-15T10:00:00Z", "2026-10-16T02:00:00Z", 4),
            gap("2026-10-16T02:00:00Z", "2026-10-16T10:00:00Z", 0),
        ];
        assert_eq!(gaps.body["items"], json!(expected), "{}", gaps.text);

        let shown = service.get(&format!("/agents/{ann}")).await;
        assert_eq!((&shown.body["blackouts"], &shown.body["reminders"]), (&away, &json!(false)));
        let others = service.get(&format!("/agents/{}", all[1])).await;
        assert_eq!((&others.body["blackouts"], &others.body["reminders"]), (&json!([]), &json!(true)));
        let with = |blackouts: Value| json!({"name": "Ann", "blackouts": blackouts});
        for (body, status, place) in [
            (with(json!([away[0], {"from": "2026-11-02", "to": "2026-11-01"}])), 422, "/blackouts/1/to"),
            (with(json!([{"from": "2026-02-30", "to": "2026-03-01"}])), 400, "/blackouts/0/from"),
            (with(json!(vec![away[0].clone(); 101])), 422, "/blackouts"),
        ] {
            let refused = put(service, &format!("/agents/{ann}"), "\"1\"", &body).await;
            assert_eq!((refused.status, refused.places()), (status, vec![place]), "{}", refused.text);
        }
        let back = put(service, &format!("/agents/{ann}"), "\"1\"", &with(json!([]))).await;
        assert_eq!((back.status, &back.body["reminders"]), (200, &json!(true)), "{}", back.text);
        assert_eq!(skipped("?at=2026-10-15T13:00:00Z").await, vec![Value::Null; 5]);
    })
    .await;
}

#[tokio::test]
async fn rosters_change_from_the_version_before_only_and_go_with_their_group() {
    on_both(async |service| {
        let ann = agent(service, "Ann").await;
        let group = service.made("/groups", json!({"name": "Night line", "wanted": 2})).await;
        let body = json!({"agent": ann, "days": [6], "hours": "08:00-09:00"});
        let shift = service.made(&format!("/groups/{group}/shifts"), body.clone()).await;
        let path = format!("/shifts/{shift}");
        let later = json!({"agent": ann, "days": [5], "hours": "09:00-10:00", "time_zone": "America/New_York",
            "every_weeks": 2, "from": "2026-11-02", "until": "2027-01-31", "priority": 3});
        let changed = put(service, &path, "\"1\"", &later).await;
        assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{}", changed.text);
        for (field, value) in later.as_object().unwrap() {
            assert_eq!(changed.body[field], *value, "{field}");
        }
        assert_eq!(put(service, &path, "\"1\"", &body).await.status, 412);
        let listed = service.get(&format!("/groups/{group}/shifts")).await;
        assert_eq!(listed.body["items"], json!([changed.body]));
        let named = format!("/groups/{group}");
        let renamed = put(service, &named, "\"1\"", &json!({"name": "Day line", "time_zone": "Asia/Kolkata"})).await;
        assert_eq!((renamed.status, &renamed.body["wanted"]), (200, &json!(1)), "{}", renamed.text);
        assert_eq!(put(service, &named, "\"1\"", &json!({"name": "Again"})).await.status, 412);
        assert_eq!(service.get("/groups").await.body["items"], json!([renamed.body]));

        let coordinator = service.key(Role::Coordinator);
        let made = service.anonymous(Method::POST, "/groups").bearer_auth(coordinator).json(&json!({"name": "Chat"}));
        assert_eq!(sent(made).await.status, 201);
        let clerk = service.anonymous(Method::DELETE, &named).bearer_auth(service.key(Role::Clerk));
        assert_eq!(sent(clerk).await.status, 403);
        assert_eq!((deleted(service, &named).await.status, deleted(service, &named).await.status), (204, 404));
        assert_eq!(deleted(service, &path).await.status, 404);
        assert_eq!(service.get(&format!("{named}/on-duty")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    on_both(async |service| {
        let ann = agent(service, "Ann").await;
        let group = service.made("/groups", json!({"name": "Night line"})).await;
        let (shifts, overrides) = (format!("/groups/{group}/shifts"), format!("/groups/{group}/overrides"));
        let ok = json!({"agent": ann, "days": [0], "hours": "08:00-09:00"});
        let with = |field: &str, value: Value| {
            let mut body = ok.clone();
            body[field] = value;
            body
        };
        for (path, body, status, places) in [
            ("/groups", json!({"name": " "}), 422, vec!["/name"]),
            ("/groups", json!({"name": "X", "wanted": 0}), 422, vec!["/wanted"]),
            ("/groups", json!({"name": "X", "time_zone": "Mars/Olympus"}), 400, vec!["/time_zone"]),
            ("/groups/grp_none/shifts", ok.clone(), 404, vec![]),
            (&shifts, with("agent", json!("agt_none")), 422, vec!["/agent"]),
            (&shifts, with("days", json!([])), 422, vec!["/days"]),
            (&shifts, with("days", json!([7])), 422, vec!["/days"]),
            (&shifts, with("hours", json!("08:00")), 422, vec!["/hours"]),
            (&shifts, with("every_weeks", json!(2)), 422, vec!["/from"]),
            (&shifts, with("every_weeks", json!(53)), 422, vec!["/every_weeks"]),
            (&shifts, with("until", json!("2026-02-30")), 400, vec!["/until"]),
            (&overrides, json!({"date": "2026-11-16", "kind": "open"}), 422, vec!["/kind"]),
            (&overrides, json!({"date": "2026-11-16", "kind": "closed"}), 422, vec!["/name"]),
            (&overrides, json!({"date": "2026-11-16", "kind": "add", "agent": "agt_none"}), 422, vec!["/agent"]),
            (&overrides, json!({"date": "2026-11-16", "kind": "replace", "agent": ann, "by": ann}), 422, vec!["/by"]),
            (
                &overrides,
                json!({"date": "2026-11-16", "kind": "remove", "agent": ann, "hours": "x"}),
                422,
                vec!["/hours"],
            ),
        ] {
            let reply = service.post(path, body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, places), "{path} {body}: {}", reply.text);
        }
        for query in
            ["on-duty?at=noon", "gaps?from=2026-11-16T00:00:00Z&until=2026-11-16T00:00:00Z", "overrides?from=soon"]
        {
            let reply = service.get(&format!("/groups/{group}/{query}")).await;
            assert!([400, 422].contains(&reply.status), "{query}: {}", reply.text);
        }
        assert_eq!(service.get(&shifts).await.body["items"], json!([]));
    })
    .await;
}
