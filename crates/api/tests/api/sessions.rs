//! Sessions over HTTP: when they end, which tenant they are for, and what they cannot be used for.

use domain::time::Instant;
use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::person::{PASSWORD, Session, cookie, grants};
use crate::service::{NOW, Service, on_both, sent};

/// Whether somebody is still signed in, and is told so everywhere alike.
async fn is_open(session: &Session) -> bool {
    let (me, customers) = (session.get("/me").await, session.get("/customers").await);
    assert_eq!(me.status, customers.status, "{} {}", me.text, customers.text);
    assert!(me.status == 200 || me.problem() == "unauthenticated", "{}", me.text);
    me.status == 200
}

/// Signs somebody in once more.
async fn again(service: &Service, person: &Session) -> Session {
    let reply = service.signs_in(&person.sign_in, PASSWORD).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    person.with_cookie(cookie(&reply))
}

/// How sessions end, and whether the one that ends the others goes on.
const ENDS: &[(&str, bool)] = &[
    ("sign-out", true),
    ("password", true),
    ("roles", false),
    ("membership", false),
    ("disable", false),
    ("revoke", true),
    ("others", true),
];

#[tokio::test]
async fn h012_a_session_that_has_ended_opens_nothing() {
    on_both(async |service| {
        let owner = service.person(&[Role::Owner], &[], None).await;
        for (how, goes_on) in ENDS {
            let person = service.person(&[Role::Clerk], &[], None).await;
            let other = again(service, &person).await;
            assert!(is_open(&person).await && is_open(&other).await, "{how}");
            let member = format!("/members/{}", person.user);
            let reply = match *how {
                "sign-out" => other.delete("/session").await,
                "password" => {
                    person.post("/me/password", json!({"old": PASSWORD, "new": "sardines above a parasol 3"})).await
                }
                "roles" => owner.put(&member, 1, json!({"roles": ["auditor"]})).await,
                "membership" => owner.delete(&member).await,
                "disable" => owner.post(&format!("{member}/disable"), json!({})).await,
                "revoke" => {
                    let listed = person.get("/sessions").await;
                    let listed = listed.body["items"].as_array().unwrap();
                    let current: Vec<&Value> = listed.iter().map(|session| &session["current"]).collect();
                    assert_eq!(current.iter().filter(|current| **current == true).count(), 1);
                    let other = listed.iter().find(|session| session["current"] == false).unwrap();
                    person.delete(&format!("/sessions/{}", other["id"].as_str().unwrap())).await
                }
                _ => {
                    let ended = person.delete("/sessions").await;
                    assert_eq!(ended.body["ended"], 1);
                    ended
                }
            };
            assert!(reply.status < 300, "{how}: {}", reply.text);
            assert!(!is_open(&other).await, "{how}");
            assert_eq!(is_open(&person).await, *goes_on, "{how}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_user_who_is_disabled_signs_in_again_when_enabled() {
    on_both(async |service| {
        let owner = service.person(&[Role::Owner], &[], None).await;
        let person = service.person(&[Role::Clerk], &[], None).await;
        let unknown = service.signs_in(&format!("not.{}", person.sign_in), PASSWORD).await;
        let member = format!("/members/{}", person.user);
        let disabled = owner.post(&format!("{member}/disable"), json!({})).await;
        assert_eq!((disabled.status, &disabled.body["state"]), (200, &json!("disabled")), "{}", disabled.text);
        assert_eq!(service.signs_in(&person.sign_in, PASSWORD).await.told(), unknown.told(), "as if there were none");
        assert_eq!(owner.post(&format!("{member}/enable"), json!({})).await.status, 200);
        assert!(is_open(&again(service, &person).await).await);
        assert!(!is_open(&person).await, "what has ended stays so");
    })
    .await;
}

#[tokio::test]
async fn h012_a_session_ends_when_it_is_idle_and_in_any_case_in_time() {
    on_both(async |service| {
        let begin = Instant::parse(NOW).unwrap().millis();
        let minutes = async |minutes: i64| {
            service.comes(&Instant::clamped(begin + minutes * 60_000).to_string()).await;
        };
        let idle = service.person(&[Role::Clerk], &[], None).await;
        let busy = service.person(&[Role::Clerk], &[], None).await;
        minutes(12 * 60 - 1).await;
        assert!(is_open(&busy).await);
        minutes(12 * 60).await;
        assert!(!is_open(&idle).await && is_open(&busy).await, "it was not used for twelve hours");
        let fortnight = 14 * 24 * 60;
        for eleven_hours in 2.. {
            if eleven_hours * 660 >= fortnight {
                break;
            }
            minutes(eleven_hours * 660).await;
            assert!(is_open(&busy).await, "{eleven_hours}");
        }
        minutes(fortnight - 1).await;
        assert!(is_open(&busy).await);
        minutes(fortnight).await;
        assert!(!is_open(&busy).await, "it began a fortnight ago");
    })
    .await;
}

#[tokio::test]
async fn a_session_of_somebody_else_is_not_there() {
    on_both(async |service| {
        let (ada, bob) =
            (service.person(&[Role::Owner], &[], None).await, service.person(&[Role::Clerk], &[], None).await);
        let listed = bob.get("/sessions").await;
        let id = listed.body["items"][0]["id"].as_str().unwrap();
        assert!(!ada.get("/sessions").await.text.contains(id));
        let (theirs, none) = (ada.delete(&format!("/sessions/{id}")).await, ada.delete("/sessions/ses_0").await);
        assert_eq!((theirs.status, theirs.problem()), (404, "not-found"));
        assert_eq!(theirs.told().to_string().replace(id, "ses_0"), none.told().to_string());
        assert!(is_open(&bob).await);
        assert!(!listed.text.contains("tgs_") && !listed.text.contains("secret"), "{}", listed.text);
    })
    .await;
}

#[tokio::test]
async fn who_has_places_in_two_tenants_chooses_and_sees_the_records_of_one() {
    on_both(async |service| {
        let user = service.user("Ada").await;
        let here = service.customer("Harbour Radio").await;
        let foreign = json!({"organisation": "Elsewhere Radio", "mode": "postpaid"});
        let foreign = service.anonymous(Method::POST, "/customers").bearer_auth(&service.foreign_key).json(&foreign);
        let there = sent(foreign).await.body["id"].as_str().unwrap().to_owned();
        let lonely = service.session(&user).await;
        let nowhere = lonely.get("/customers").await;
        assert_eq!((nowhere.status, nowhere.problem()), (403, "no-tenant"), "{}", nowhere.text);

        service.member(&service.owner, &user, grants(&[Role::Clerk], &[], None)).await;
        service.member(&service.foreigner, &user, grants(&[Role::Customer], &[&there], None)).await;
        let (person, other) = (service.session(&user).await, service.session(&user).await);
        let session = person.get("/session").await;
        assert_eq!((&session.body["tenant"], &session.body["roles"]), (&Value::Null, &json!([])), "{}", session.text);
        assert_eq!(session.body["tenants"].as_array().unwrap().len(), 2);
        assert_eq!(person.get("/customers").await.problem(), "no-tenant");

        let choose = async |tenant: i64| {
            sent(person.request(Method::PUT, "/session/tenant").json(&json!({"tenant": tenant}))).await
        };
        for (tenant, role, own, theirs) in
            [(service.owner.tenant, "clerk", &here, &there), (service.foreigner.tenant, "customer", &there, &here)]
        {
            let chosen = choose(tenant).await;
            assert_eq!((&chosen.body["tenant"], &chosen.body["roles"]), (&json!(tenant), &json!([role])));
            assert_eq!(person.get(&format!("/customers/{own}")).await.status, 200);
            assert_eq!(person.get(&format!("/customers/{theirs}")).await.status, 404);
            let listed = person.get("/customers").await;
            assert!(listed.text.contains(own.as_str()) && !listed.text.contains(theirs.as_str()), "{}", listed.text);
        }
        let made = person.post("/customers", json!({"organisation": "New", "mode": "postpaid"})).await;
        assert_eq!((made.status, made.problem()), (403, "wrong-role"), "a clerk there is a customer here");
        assert_eq!(other.get("/customers").await.problem(), "no-tenant", "each session has its own");
        for none in [0, 1, -1, service.owner.tenant + 1_000_000] {
            let refused = choose(none).await;
            assert_eq!((refused.status, refused.problem()), (404, "not-found"), "{none}");
        }
        assert_eq!(
            service.session(&user).await.get("/session").await.body["tenant"],
            service.foreigner.tenant,
            "the last"
        );
    })
    .await;
}

#[tokio::test]
async fn a_key_has_no_sign_in_and_goes_before_a_session() {
    on_both(async |service| {
        for (method, path) in [
            (Method::GET, "/me"),
            (Method::PUT, "/me"),
            (Method::POST, "/me/password"),
            (Method::GET, "/session"),
            (Method::PUT, "/session/tenant"),
            (Method::GET, "/sessions"),
            (Method::DELETE, "/sessions"),
        ] {
            let reply = sent(service.request(method, path)).await;
            assert_eq!((reply.status, reply.problem()), (403, "wrong-role"), "{path}");
        }
        let person = service.person(&[Role::Owner], &[], None).await;
        let both = person.request(Method::GET, "/customers").bearer_auth("tg_0000");
        assert_eq!(sent(both).await.status, 401, "a key that is none is not made up for by a session");
        assert!(is_open(&person).await);
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_changed_and_its_address_by_the_password_alone() {
    on_both(async |service| {
        let person = service.person(&[Role::Clerk], &[], None).await;
        let email = person.get("/me").await.body["email"].as_str().unwrap().to_owned();
        let profile = |email: &str| json!({"name": "Ada Byron", "email": email, "language": "de"});
        let changed = person.put("/me", 1, profile(&email)).await;
        assert_eq!((changed.status, &changed.body["name"]), (200, &json!("Ada Byron")), "{}", changed.text);
        let stale = person.put("/me", 1, profile(&email)).await;
        assert_eq!((stale.status, &stale.body["current_version"]), (412, &json!(2)));
        let without = person.put("/me", 2, profile("evil@example.com")).await;
        assert_eq!((without.status, without.places()), (422, vec!["/password"]));
        let with = |password: &str| {
            let mut profile = profile("new@example.com");
            profile["password"] = json!(password);
            profile
        };
        let wrong = person.put("/me", 2, with("mackerel over umbrella 8")).await;
        assert_eq!((wrong.status, wrong.problem()), (403, "wrong-password"));
        assert_eq!(person.get("/me").await.body["email"], email);
        assert_eq!(person.put("/me", 2, with(PASSWORD)).await.body["email"], "new@example.com");
        let weak = person.post("/me/password", json!({"old": PASSWORD, "new": "password12"})).await;
        assert_eq!((weak.status, weak.places()), (422, vec!["/new"]), "{}", weak.text);
    })
    .await;
}
