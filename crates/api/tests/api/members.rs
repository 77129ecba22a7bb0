//! Members over HTTP: who gives what to whom, and who reaches whose records.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::person::{Session, grants};
use crate::service::{Reply, Service, on_both, sent};

/// What is asked for when somebody is to have a role.
fn granted(role: Role, customer: &str, agent: &str) -> Value {
    match role {
        Role::Customer => json!({"roles": ["customer"], "customers": [customer]}),
        Role::Agent => json!({"roles": ["agent"], "agent": agent}),
        other => json!({"roles": [other.name()]}),
    }
}

/// The roles that somebody with a role gives, as the reader of the manual has them.
fn given_by(role: Role) -> &'static [&'static str] {
    match role {
        Role::Owner => &["owner", "admin", "clerk", "coordinator", "agent", "customer", "auditor"],
        Role::Admin => &["admin", "clerk", "coordinator", "agent", "customer", "auditor"],
        Role::Clerk => &["customer"],
        _ => &[],
    }
}

/// Somebody of every role that people have.
async fn everybody(service: &Service, customer: &str, agent: &str) -> Vec<(Role, Session)> {
    let mut all = Vec::new();
    for (role, _) in Role::ALL.into_iter().filter(|(role, _)| *role != Role::Switch) {
        let customers = if role == Role::Customer { vec![customer] } else { Vec::new() };
        all.push((role, service.person(&[role], &customers, (role == Role::Agent).then_some(agent)).await));
    }
    all
}

#[tokio::test]
async fn h032_nobody_gives_or_takes_what_is_above_their_own_roles() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        let agent = service.made("/agents", json!({"name": "Bo"})).await;
        let everybody = everybody(service, &customer, &agent).await;
        // Of those who are members already, nobody is changed by who may not.
        for (by, person) in &everybody {
            for (role, name) in Role::ALL {
                let grants = granted(role, &customer, &agent);
                let told = format!("{} gives {name}", by.name());
                let invites = matches!(by, Role::Owner | Role::Admin | Role::Clerk);
                let email = format!("{}.{name}@example.org", by.name());
                let invited = person.post("/invitations", json!({"email": email, "grants": grants})).await;
                let target = service.person(&[Role::Customer], &[&customer], None).await;
                let changed = person.put(&format!("/members/{}", target.user), 1, grants).await;
                for (reply, place, success) in [(&invited, "/grants/roles", 201), (&changed, "/roles", 200)] {
                    let expected = match role {
                        _ if !invites => (403, "wrong-role", vec![]),
                        _ if given_by(*by).contains(&name) => (success, "", vec![]),
                        // The switch's role is nobody's, whoever gives it.
                        Role::Switch if *by != Role::Clerk => (422, "invalid", vec![place]),
                        _ => (403, "beyond-own-roles", vec![place]),
                    };
                    assert_eq!((reply.status, reply.problem(), reply.places()), expected, "{told}: {}", reply.text);
                }
                let member = service.get(&format!("/members/{}", target.user)).await;
                let roles = if changed.status == 200 { json!([name]) } else { json!(["customer"]) };
                assert_eq!(member.body["roles"], roles, "{told}");
            }
        }
        let open = service.get("/invitations").await;
        assert_eq!(open.body["items"].as_array().unwrap().len(), 7 + 6 + 1, "nothing is written of the others");
    })
    .await;
}

#[tokio::test]
async fn h032_who_has_more_is_out_of_reach_and_nobody_raises_themselves() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        let agent = service.made("/agents", json!({"name": "Bo"})).await;
        let everybody = everybody(service, &customer, &agent).await;
        for (by, person) in everybody.iter().filter(|(by, _)| *by != Role::Owner) {
            for (role, target) in &everybody {
                if given_by(*by).contains(&role.name()) {
                    continue;
                }
                let path = format!("/members/{}", target.user);
                let lowered = granted(Role::Customer, &customer, &agent);
                let mut replies = vec![
                    person.put(&path, 1, lowered).await,
                    person.delete(&path).await,
                    person.post(&format!("{path}/disable"), json!({})).await,
                    person.post(&format!("{path}/enable"), json!({})).await,
                ];
                if by != role {
                    replies.push(person.delete(&format!("{path}/second-factor")).await);
                }
                for reply in replies {
                    assert_eq!(reply.status, 403, "{} of {}: {}", by.name(), role.name(), reply.text);
                }
            }
            let own = person.put(&format!("/members/{}", person.user), 1, json!({"roles": ["owner"]})).await;
            assert_eq!(own.status, 403, "{}: {}", by.name(), own.text);
        }
        for (role, target) in &everybody {
            let member = service.get(&format!("/members/{}", target.user)).await;
            assert_eq!((&member.body["roles"], &member.body["version"]), (&json!([role.name()]), &json!(1)));
            assert_eq!(member.body["user"]["state"], "active");
        }
    })
    .await;
}

#[tokio::test]
async fn members_are_listed_changed_and_removed_and_an_owner_stays() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        let owner = service.person(&[Role::Owner], &[], None).await;
        let clerk = service.person(&[Role::Clerk], &[], None).await;
        let (first, second) = (owner.get("/members?limit=1").await, owner.get("/members").await);
        assert_eq!(second.body["items"].as_array().unwrap().len(), 2, "{}", second.text);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let rest = owner.get(&format!("/members?limit=1&cursor={cursor}")).await;
        let ids = [&first.body["items"][0]["id"], &rest.body["items"][0]["id"]];
        assert_eq!(ids, [&second.body["items"][0]["id"], &second.body["items"][1]["id"]]);
        assert!(!second.text.contains("password") && !second.text.contains("argon2"), "{}", second.text);

        let path = format!("/members/{}", clerk.user);
        let without = sent(owner.request(Method::PUT, &path).json(&json!({"roles": ["auditor"]}))).await;
        assert_eq!((without.status, without.problem()), (428, "no-if-match"));
        assert_eq!(owner.put(&path, 7, json!({"roles": ["auditor"]})).await.status, 412);
        for (grants, place) in [
            (json!({"roles": []}), "/roles"),
            (json!({"roles": ["god"]}), "/roles"),
            (json!({"roles": ["customer"]}), "/customers"),
            (json!({"roles": ["customer"], "customers": ["cus_0"]}), "/customers"),
            (json!({"roles": ["clerk"], "customers": [customer]}), "/customers"),
            (json!({"roles": ["agent"]}), "/agent"),
            (json!({"roles": ["agent"], "agent": "agt_0"}), "/agent"),
        ] {
            let refused = owner.put(&path, 1, grants.clone()).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{grants}: {}", refused.text);
            let invited = owner.post("/invitations", json!({"email": "new@example.org", "grants": grants})).await;
            assert_eq!(
                (invited.status, invited.places()),
                (422, vec![&*format!("/grants{place}")]),
                "{}",
                invited.text
            );
        }
        let both = json!({"roles": ["auditor", "customer"], "customers": [customer]});
        let changed = owner.put(&path, 1, both).await;
        assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{}", changed.text);
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(owner.get(&path).await.status, 404);

        let own = format!("/members/{}", owner.user);
        for last in [
            owner.put(&own, 1, json!({"roles": ["admin"]})).await,
            owner.delete(&own).await,
            owner.post(&format!("{own}/disable"), json!({})).await,
        ] {
            assert_eq!((last.status, last.problem()), (409, "last-owner"), "{}", last.text);
        }
        let audit = owner.get("/audit?limit=200").await;
        let records = audit.body["items"].as_array().unwrap();
        let change = records.iter().find(|record| record["action"] == "membership.change").unwrap();
        assert_eq!(change["actor"], format!("user:{}", owner.user), "{change}");
        assert_eq!(
            (&change["before"]["roles"], &change["after"]["roles"]),
            (&json!(["clerk"]), &json!(["customer", "auditor"]))
        );
    })
    .await;
}

/// Asks for somebody else's record, and for none: both are answered with the same 404.
async fn is_as_none(asks: &Session, path: &str, id: &str, none: &str) {
    let (theirs, missing) = (asks.get(&path.replace("{id}", id)).await, asks.get(&path.replace("{id}", none)).await);
    assert_eq!((theirs.status, theirs.problem()), (404, "not-found"), "{path}: {}", theirs.text);
    assert_eq!(theirs.told().to_string().replace(id, none), missing.told().to_string(), "{path}");
    let names = |reply: &Reply| {
        let mut names: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&theirs), names(&missing), "{path}");
}

#[tokio::test]
async fn h021_to_h029_records_of_others_are_as_if_they_were_not_there() {
    on_both(async |service| {
        let (customer, line) = service.subscriber("Harbour Radio", "0001").await;
        let (own, _) = service.subscriber("Ada", "0002").await;
        let call = service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 1})).await;
        service.comes("2026-11-01T00:00:00Z").await;
        let invoice = service.invoiced(&customer).await;
        let number = service.get(&format!("/invoices/{invoice}")).await.body["number"].as_str().unwrap().to_owned();
        // Both kinds of customers: of one record, and one who has an agent record, too.
        let agent = service.made("/agents", json!({"name": "Bo"})).await;
        let ada = service.person(&[Role::Customer], &[&own], None).await;
        let both = service.person(&[Role::Customer, Role::Agent], &[&own], Some(&agent)).await;
        for asks in [&ada, &both] {
            assert_eq!(asks.get(&format!("/customers/{own}")).await.status, 200);
            for (hostile, path, id, none) in [
                ("H021", "/invoices/{id}", &invoice, "inv_0"),
                ("H021", "/invoices/{id}", &number, "009999"),
                ("H021", "/invoices/{id}.pdf", &invoice, "inv_0"),
                ("H021", "/invoices/{id}.html", &invoice, "inv_0"),
                ("H021", "/invoices/{id}/calls", &invoice, "inv_0"),
                ("H022", "/calls/{id}", &call, "cal_0"),
                ("H022", "/lines/{id}/calls", &line, "lin_0"),
                ("H028", "/customers/{id}", &customer, "cus_0"),
                ("H028", "/customers/{id}/balance", &customer, "cus_0"),
                ("H028", "/customers/{id}/calls", &customer, "cus_0"),
                ("H028", "/customers/{id}/invoices/preview", &customer, "cus_0"),
            ] {
                let there = service.get(&path.replace("{id}", id)).await;
                assert_eq!(there.status, 200, "{hostile} {path}: {}", there.text);
                is_as_none(asks, path, id, none).await;
            }
            for list in ["/invoices", "/calls", "/calls.csv", "/customers", "/lines"] {
                let listed = asks.get(list).await;
                assert_eq!(listed.status, 200, "{list}: {}", listed.text);
                assert!([&customer, &line, &call, &invoice].iter().all(|id| !listed.text.contains(*id)), "{list}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn h029_a_leader_of_one_tenant_reaches_nothing_of_another() {
    on_both(async |service| {
        let stranger = service.user("Grace").await;
        service.member(&service.foreigner, &stranger, grants(&[Role::Owner], &[], None)).await;
        let stranger = service.session(&stranger).await;
        let (customer, line) = service.caller().await;
        let member = service.person(&[Role::Clerk], &[], None).await;
        let invitation = json!({"email": "new@example.org", "grants": {"roles": ["clerk"]}});
        let invitation = service.made("/invitations", invitation).await;
        for (path, id, none) in [
            ("/customers/{id}", &customer, "cus_0"),
            ("/lines/{id}", &line, "lin_0"),
            ("/members/{id}", &member.user, "usr_0"),
        ] {
            is_as_none(&stranger, path, id, none).await;
        }
        let path = format!("/members/{}", member.user);
        for reply in [
            stranger.put(&path, 1, json!({"roles": ["auditor"]})).await,
            stranger.delete(&path).await,
            stranger.delete(&format!("{path}/second-factor")).await,
            stranger.post(&format!("{path}/disable"), json!({})).await,
            stranger.delete(&format!("/invitations/{invitation}")).await,
            stranger.post(&format!("/invitations/{invitation}/send"), json!({})).await,
        ] {
            assert_eq!((reply.status, reply.problem()), (404, "not-found"), "{}", reply.text);
        }
        let cross = json!({"roles": ["customer"], "customers": [customer]});
        let cross = stranger.post("/invitations", json!({"email": "new@example.org", "grants": cross})).await;
        assert_eq!((cross.status, cross.places()), (422, vec!["/grants/customers"]), "{}", cross.text);
        assert_eq!(member.get("/customers").await.status, 200);
        assert!(service.get("/invitations").await.text.contains(&invitation));
    })
    .await;
}

#[tokio::test]
async fn who_has_a_place_elsewhere_is_not_disabled_by_one_tenant() {
    on_both(async |service| {
        let owner = service.person(&[Role::Owner], &[], None).await;
        let user = service.user("Grace").await;
        service.member(&service.owner, &user, grants(&[Role::Clerk], &[], None)).await;
        service.member(&service.foreigner, &user, grants(&[Role::Clerk], &[], None)).await;
        let path = format!("/members/{}", user.id);
        for reply in [
            owner.post(&format!("{path}/disable"), json!({})).await,
            owner.delete(&format!("{path}/second-factor")).await,
        ] {
            assert_eq!((reply.status, reply.problem()), (409, "wrong-state"), "{}", reply.text);
        }
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(service.session(&user).await.get("/customers").await.status, 200, "in the other tenant");
    })
    .await;
}

#[tokio::test]
async fn h090_no_address_has_a_second_header_in_it() {
    on_both(async |service| {
        let owner = service.person(&[Role::Owner], &[], None).await;
        for bad in [
            "a@example.org\r\nBcc: list@evil.example",
            "a@example.org\nBcc: list@evil.example",
            "a@example.org\r\n",
            "a@example.org, list@evil.example",
            "Ada <a@example.org>",
            "a@example.org\u{2028}b",
            "a@example.org\0",
        ] {
            let customer = json!({"organisation": "Harbour Radio", "mode": "postpaid", "email": bad});
            let invitation = json!({"email": bad, "grants": {"roles": ["clerk"]}});
            for (path, body) in [("/customers", customer), ("/invitations", invitation)] {
                let reply = owner.post(path, body).await;
                // Blanks at the end are cut off, and then it is an address.
                let trimmed =
                    reply.status == 201 && reply.body["email"] == "a@example.org" && bad.trim() == "a@example.org";
                assert!(
                    trimmed || (reply.status, reply.places()) == (422, vec!["/email"]),
                    "{path} {bad:?}: {}",
                    reply.text
                );
            }
            let profile =
                owner.put("/me", 1, json!({"name": "Ada", "email": bad, "password": crate::person::PASSWORD})).await;
            assert!(profile.status == 422 || bad.trim() == "a@example.org", "{bad:?}: {}", profile.text);
        }
    })
    .await;
}
