//! What agents see of their own shifts, and how they swap them, over HTTP and by the links in their mails.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::links::Mails;
use crate::person::{Session, form};
use crate::recordings::message;
use crate::service::{Reply, Service, on_both, on_both_behind, sent};

/// Ann has Fridays from 22 to 6, Bob Saturdays: 2026-10-16 is a Friday.
struct Line {
    group: String,
    ann: String,
    bob: String,
    shift: String,
}

async fn line(service: &Service, settings: Value) -> Line {
    let mut group = json!({"name": "Night line", "time_zone": "Europe/London"});
    group.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let group = service.made("/groups", group).await;
    let ann = service.made("/agents", json!({"name": "Ann", "email": "ann@example.org"})).await;
    let bob = service.made("/agents", json!({"name": "Bob", "email": "bob@example.org"})).await;
    let path = format!("/groups/{group}/shifts");
    let shift = service.made(&path, json!({"agent": ann, "days": [4], "hours": "22:00-06:00"})).await;
    service.made(&path, json!({"agent": bob, "days": [5], "hours": "22:00-06:00"})).await;
    Line { group, ann, bob, shift }
}

impl Line {
    fn offer(&self, hours: &str) -> Value {
        json!({"group": self.group, "date": "2026-10-16", "hours": hours})
    }
}

async fn took(session: &Session, agent: &str, swap: &str) -> Reply {
    session.post(&format!("/agents/{agent}/swaps/{swap}/take"), json!({})).await
}

#[tokio::test]
async fn an_agent_sees_its_shifts_of_all_groups_and_says_when_it_takes_none() {
    on_both(async |service| {
        let line = line(service, json!({})).await;
        let other = service.made("/groups", json!({"name": "Chat", "time_zone": "Asia/Kolkata"})).await;
        let noon = json!({"agent": line.ann, "days": [6], "hours": "12:00-14:00"});
        let noon = service.made(&format!("/groups/{other}/shifts"), noon).await;
        let ann = service.person(&[Role::Agent], &[], Some(&line.ann)).await;
        let path = format!("/agents/{}/shifts?from=2026-10-17&days=2", line.ann);
        let reply = ann.get(&path).await;
        let duty = |shift: &str, from: &str, until: &str| {
            json!({"agent": line.ann, "priority": 1, "from": from, "until": until, "shift": shift, "override": null,
                "in_place_of": null, "skipped": null})
        };
        // The night began the day before; it is told whole.
        let (night, day) =
            (("2026-10-16T21:00:00Z", "2026-10-17T05:00:00Z"), ("2026-10-18T06:30:00Z", "2026-10-18T08:30:00Z"));
        let expected = json!([
            {"group": line.group, "group_name": "Night line", "time_zone": "Europe/London", "from": night.0, "until": night.1,
                "date": "2026-10-16", "hours": "22:00-06:00", "duty": duty(&line.shift, night.0, night.1), "swap": null},
            {"group": other, "group_name": "Chat", "time_zone": "Asia/Kolkata", "from": day.0, "until": day.1,
                "date": "2026-10-18", "hours": "12:00-14:00", "duty": duty(&noon, day.0, day.1), "swap": null},
        ]);
        assert_eq!(reply.body["items"], expected, "{}", reply.text);
        let swap = ann.post(&format!("/agents/{}/swaps", line.ann), line.offer("23:00-01:00")).await;
        assert_eq!(swap.status, 201, "{}", swap.text);
        assert_eq!(ann.get(&path).await.body["items"][0]["swap"], swap.body["id"]);
        assert_eq!(service.get(&path).await.body, ann.get(&path).await.body);
        for query in ["from=soon", "days=0", "days=93", "until=2026-10-19"] {
            let reply = ann.get(&format!("/agents/{}/shifts?{query}", line.ann)).await;
            assert!([400, 422].contains(&reply.status), "{query}: {}", reply.text);
        }
        assert_eq!(ann.get(&format!("/agents/{}/shifts", line.bob)).await.status, 404);

        let own = format!("/agents/{}/availability", line.ann);
        let away = json!({"reminders": false, "blackouts": [{"from": "2026-10-16", "to": "2026-10-16"}]});
        let said = ann.put(&own, 1, away.clone()).await;
        assert_eq!((said.status, said.header("etag")), (200, "\"2\""), "{}", said.text);
        let [blackouts, email] = ["blackouts", "email"].map(|field| &said.body[field]);
        assert_eq!((blackouts, email, &said.body["reminders"]), (&away["blackouts"], &json!("ann@example.org"), &json!(false)));
        assert_eq!(ann.get(&path).await.body["items"][0]["duty"]["skipped"], "blackout");
        assert_eq!(ann.put(&own, 1, away.clone()).await.status, 412);
        assert_eq!(ann.put(&format!("/agents/{}/availability", line.bob), 1, away.clone()).await.status, 404);
        let many = json!({"reminders": true, "blackouts": vec![away["blackouts"][0].clone(); 101]});
        let wrong = json!({"reminders": true, "blackouts": [{"from": "2026-10-17", "to": "2026-10-16"}]});
        for (body, place) in [(many, "/blackouts"), (wrong, "/blackouts/0/to")] {
            let refused = ann.put(&own, 2, body).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{}", refused.text);
        }
    })
    .await;
}

#[tokio::test]
async fn h025_h026_volunteers_reach_nothing_of_other_groups_and_volunteers() {
    on_both(async |service| {
        let line = line(service, json!({})).await;
        let other = service.made("/groups", json!({"name": "Chat"})).await;
        let left = message(service, &other, "softswitch/flow_1").await;
        let ann = service.person(&[Role::Agent], &[], Some(&line.ann)).await;
        let before = service.get(&format!("/groups/{}/shifts", line.group)).await.body;
        // Messages and rosters are for those who lead groups: volunteers are told so, whatever there is, and of each other's shifts that there are none.
        for (path, id, none, status) in [
            ("/groups/{id}/messages", &other, "grp_none", 403),
            ("/groups/{id}/calls", &other, "grp_none", 403),
            ("/group-messages/{id}", &left, "rec_none", 403),
            ("/group-messages/{id}/audio", &left, "rec_none", 403),
            ("/recordings/{id}", &left, "rec_none", 403),
            ("/agents/{id}/shifts", &line.bob, "agt_none", 404),
            ("/agents/{id}/swaps", &line.bob, "agt_none", 404),
        ] {
            let (theirs, missing) =
                (ann.get(&path.replace("{id}", id)).await, ann.get(&path.replace("{id}", none)).await);
            assert_eq!(theirs.status, status, "{path}: {}", theirs.text);
            assert_eq!(theirs.told().to_string().replace(id.as_str(), none), missing.told().to_string(), "{path}");
        }
        let shift = format!("/shifts/{}", line.shift);
        let moved = ann.put(&shift, 1, json!({"agent": line.bob, "days": [4], "hours": "22:00-06:00"})).await;
        assert!([403, 404, 405].contains(&moved.status), "{}", moved.text);
        assert!([403, 404].contains(&ann.delete(&shift).await.status));
        assert_eq!(service.get(&format!("/groups/{}/shifts", line.group)).await.body, before);
    })
    .await;
}

#[tokio::test]
async fn agents_offer_take_and_withdraw_and_coordinators_approve() {
    on_both(async |service| {
        let line = line(service, json!({"swaps": "approved"})).await;
        let shown = service.get(&format!("/groups/{}", line.group)).await;
        assert_eq!(shown.body["swaps"], "approved", "{}", shown.text);
        let ann = service.person(&[Role::Agent], &[], Some(&line.ann)).await;
        let bob = service.person(&[Role::Agent], &[], Some(&line.bob)).await;
        let stranger = service.made("/agents", json!({"name": "Cy"})).await;
        let cy = service.person(&[Role::Agent], &[], Some(&stranger)).await;
        let (of_ann, of_bob) = (format!("/agents/{}/swaps", line.ann), format!("/agents/{}/swaps", line.bob));
        let offered = ann.post(&of_ann, line.offer("22:00-06:00")).await;
        assert_eq!(offered.status, 201, "{}", offered.text);
        let swap = offered.body["id"].as_str().unwrap();
        let named = |id: &str, name: &str| json!({"id": id, "name": name});
        let expected = json!({"id": swap, "group": named(&line.group, "Night line"), "time_zone": "Europe/London",
            "agent": named(&line.ann, "Ann"), "only_for": null, "date": "2026-10-16", "hours": "22:00-06:00",
            "from": "2026-10-16T21:00:00Z", "until": "2026-10-17T05:00:00Z", "state": "offered", "awaits_approval": false,
            "taken_by": null, "override": null, "created_at": "2026-10-15T12:00:00Z",
            "acts": [{"at": "2026-10-15T12:00:00Z", "by": format!("user:{}", ann.user), "state": "offered"}]});
        assert_eq!(offered.body, expected);
        for listed in [ann.get(&of_ann).await, bob.get(&of_bob).await, service.get(&of_bob).await] {
            assert_eq!(listed.body["items"], json!([expected]), "{}", listed.text);
        }
        assert_eq!(cy.get(&format!("/agents/{stranger}/swaps")).await.body["items"], json!([]));
        assert_eq!(ann.get(&of_bob).await.status, 404);

        let again = ann.post(&of_ann, line.offer("23:00-23:30")).await;
        assert_eq!((again.status, again.problem(), &again.body["swap"]), (409, "wrong-state", &json!(swap)));
        for (body, status, place) in [
            (line.offer("8-9"), 422, "/hours"),
            (json!({"group": "grp_none", "date": "2026-10-16", "hours": "22:00-06:00"}), 422, "/group"),
            (json!({"group": line.group, "date": "2026-10-09", "hours": "22:00-06:00"}), 422, "/date"),
        ] {
            let refused = ann.post(&of_ann, body).await;
            assert_eq!((refused.status, refused.places()), (status, vec![place]), "{}", refused.text);
        }
        for (who, agent, status) in [(&cy, &stranger, 404), (&bob, &line.ann, 404), (&ann, &line.ann, 409), (&bob, &line.bob, 200), (&bob, &line.bob, 409)] {
            let reply = took(who, agent, swap).await;
            assert_eq!(reply.status, status, "{}", reply.text);
        }
        let taken = service.get(&format!("/groups/{}/swaps", line.group)).await;
        let taken = &taken.body["items"][0];
        assert_eq!((&taken["state"], &taken["awaits_approval"]), (&json!("taken"), &json!(true)));
        assert_eq!(taken["taken_by"], named(&line.bob, "Bob"));
        let coordinator = service.key(Role::Coordinator);
        let decide = async |approved: bool| {
            let path = format!("/swaps/{swap}/decision");
            sent(service.anonymous(Method::PUT, &path).bearer_auth(coordinator).json(&json!({"approved": approved}))).await
        };
        let approved = decide(true).await;
        assert_eq!((approved.status, &approved.body["state"]), (200, &json!("approved")), "{}", approved.text);
        let refused = decide(false).await;
        assert_eq!((refused.status, refused.problem(), &refused.body["state"]), (409, "wrong-state", &json!("approved")));
        let duty = service.get(&format!("/groups/{}/on-duty?at=2026-10-17T00:00:00Z", line.group)).await;
        assert_eq!(duty.body["agents"][0]["agent"], json!(line.bob));
        assert_eq!(duty.body["agents"][0]["override"], approved.body["override"]);

        let second = json!({"group": line.group, "date": "2026-10-23", "hours": "22:00-06:00", "only_for": line.bob});
        let second = ann.post(&of_ann, second).await;
        assert_eq!(second.body["only_for"], named(&line.bob, "Bob"), "{}", second.text);
        let path = format!("/swaps/{}", second.body["id"].as_str().unwrap());
        assert_eq!(bob.delete(&format!("/agents/{}{path}", line.bob)).await.status, 404);
        let own = format!("/agents/{}{path}", line.ann);
        assert_eq!((ann.delete(&own).await.status, ann.delete(&own).await.status), (204, 409));
    })
    .await;
}

#[tokio::test]
async fn the_link_in_a_mail_shows_a_shift_and_takes_it_without_a_sign_in() {
    on_both_behind(crate::links::ALONE, async |service| {
        let line = line(service, json!({})).await;
        let mails = Mails::of(service);
        let offered = service.made(&format!("/agents/{}/swaps", line.ann), line.offer("22:00-06:00")).await;
        let token = mails.token("bob@example.org", "swap").await;
        let path = format!("/swap/{token}");
        let look =
            async |language: &str| sent(service.bare(Method::GET, &path).header("accept-language", language)).await;
        for _ in 0..2 {
            let page = look("en").await;
            assert_eq!(page.status, 200, "{}", page.text);
            for words in ["Night line: 2026-10-16 22:00-06:00 (Europe/London)", "Ann", "Bob", "Take this shift"] {
                assert!(page.text.contains(words), "{words}: {}", page.text);
            }
        }
        assert!(look("de").await.text.contains("Diesen Dienst übernehmen"));
        let state = async || {
            let listed = service.get(&format!("/groups/{}/swaps", line.group)).await;
            let swap = &listed.body["items"][0];
            assert_eq!(swap["id"], json!(offered));
            swap["state"].as_str().unwrap().to_owned()
        };
        assert_eq!(state().await, "offered", "looking changes nothing");
        let post = |path: &str| {
            let request = service.bare(Method::POST, path).header("sec-fetch-site", "same-origin");
            form(request.header("origin", "https://tollgate.example.org"), &[])
        };
        let elsewhere = service.bare(Method::POST, &path).header("sec-fetch-site", "cross-site");
        assert_eq!(sent(form(elsewhere, &[])).await.status, 403);
        let guessed = sent(post(&format!("/swap/tgt_{}", "0".repeat(64)))).await;
        assert_eq!((guessed.status, state().await.as_str()), (400, "offered"), "{}", guessed.text);
        let taken = sent(post(&path)).await;
        assert!(taken.status == 200 && taken.text.contains("you are on duty then"), "{}", taken.text);
        assert_eq!(state().await, "taken");
        // Once more says the same; nothing happens twice.
        assert!(sent(post(&path)).await.text.contains("you are on duty then"));
        let page = look("en").await;
        assert!(page.status == 200 && !page.text.contains("<form"), "{}", page.text);
        let trail = service.get("/audit?limit=200").await;
        assert!(!trail.text.contains(&token), "the secret of the link is shown");
        assert!(
            trail.text.contains("swap.take") && trail.text.contains(&format!("\"actor\":\"{}\"", line.bob)),
            "{}",
            trail.text
        );
    })
    .await;
}

#[tokio::test]
async fn a_link_says_politely_what_has_become_of_the_shift() {
    on_both_behind(crate::links::ALONE, async |service| {
        let line = line(service, json!({})).await;
        let mails = Mails::of(service);
        let offer = async |hours: &str| {
            let id = service.made(&format!("/agents/{}/swaps", line.ann), line.offer(hours)).await;
            (id, mails.token("bob@example.org", "swap").await)
        };
        let says = async |token: &str, words: &str| {
            for method in [Method::GET, Method::POST] {
                let request = service.bare(method.clone(), &format!("/swap/{token}"));
                let request =
                    request.header("sec-fetch-site", "same-origin").header("origin", "https://tollgate.example.org");
                let page = sent(request).await;
                assert!(page.text.contains(words) && !page.text.contains("<form"), "{method} {}", page.text);
            }
        };
        let (withdrawn, token) = offer("22:00-23:00").await;
        let path = format!("/agents/{}/swaps/{withdrawn}", line.ann);
        assert_eq!(sent(service.request(Method::DELETE, &path)).await.status, 204);
        says(&token, "This shift is not offered any more.").await;
        let (other, token) = offer("23:00-01:00").await;
        let cy = service.made("/agents", json!({"name": "Cy"})).await;
        let shift = json!({"agent": cy, "days": [0], "hours": "22:00-06:00"});
        service.made(&format!("/groups/{}/shifts", line.group), shift).await;
        let taken = service.post(&format!("/agents/{cy}/swaps/{other}/take"), json!({})).await;
        assert_eq!(taken.status, 200, "{}", taken.text);
        says(&token, "Somebody else has taken this shift already.").await;
        let (_, token) = offer("22:00-23:00").await;
        let beside = json!({"date": "2026-10-16", "kind": "add", "agent": line.bob, "hours": "20:00-06:00"});
        service.made(&format!("/groups/{}/overrides", line.group), beside).await;
        let request = service.bare(Method::POST, &format!("/swap/{token}")).header("sec-fetch-site", "same-origin");
        let page = sent(request.header("origin", "https://tollgate.example.org")).await;
        assert!(
            page.status == 409 && page.text.contains("You are on duty in this group then already."),
            "{}",
            page.text
        );
        service.comes("2026-10-17T00:00:00Z").await;
        says(&token, "This shift has begun: it cannot be taken any more.").await;
        service.comes("2026-10-25T00:00:00Z").await;
        says(&token, "The link is unknown, or has expired.").await;
    })
    .await;
}
