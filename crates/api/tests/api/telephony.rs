//! SIP accounts, trunks, routes and numbers from outside, over HTTP.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

/// A name that no other test has: the databases of tests are shared, and endpoints are unique over all tenants.
fn endpoint(service: &Service, name: &str) -> String {
    format!("{name}-{}", service.owner.tenant)
}

async fn trunk(service: &Service, name: &str) -> String {
    service.made("/trunks", json!({"name": name, "endpoint": endpoint(service, name)})).await
}

/// What comes of replacing a record.
async fn put(service: &Service, path: &str, version: &'static str, body: &Value) -> Reply {
    sent(service.request(Method::PUT, path).header("if-match", version).json(body)).await
}

async fn deleted(service: &Service, path: &str) -> Reply {
    sent(service.request(Method::DELETE, path)).await
}

/// What comes of it when somebody of another tenant reads, replaces and deletes a record.
async fn is_nobody_elses(service: &Service, path: &str, body: &Value) {
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let foreign = service.anonymous(method.clone(), path).bearer_auth(&service.foreign_key);
        let reply = sent(foreign.header("if-match", "\"1\"").json(body)).await;
        assert_eq!((reply.status, reply.problem()), (404, "not-found"), "{method} {path}: {}", reply.text);
    }
}

#[tokio::test]
async fn the_password_of_a_sip_account_is_answered_once() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let path = format!("/lines/{line}/sip-account");
        let none = service.get(&path).await;
        assert_eq!((none.status, none.problem()), (404, "not-found"), "{}", none.text);
        let made = sent(service.request(Method::POST, &path)).await;
        assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.text);
        let [username, password] = ["username", "password"].map(|field| made.body[field].as_str().unwrap().to_owned());
        assert!(
            username.starts_with(&format!("t{}-0001-", service.owner.tenant)) && username.len() <= 40,
            "{username}"
        );
        assert!(password.len() >= 24 && password.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{password}");
        assert_eq!((&made.body["realm"], &made.body["asterisk"]), (&json!("asterisk"), &json!(null)));
        let shown = service.get(&path).await;
        let expected =
            json!({"username": username, "realm": "asterisk", "made_at": "2026-10-15T12:00:00Z", "asterisk": null});
        assert_eq!(shown.body, expected, "{}", shown.text);
        let trail = service.get(&format!("/audit?subject={line}")).await;
        assert!(trail.text.contains(&username) && !trail.text.contains(&password), "{}", trail.text);
        assert!(!trail.text.contains("digest") && !shown.text.contains("digest"));
        // Whose line it is makes it anew, and takes it away.
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let anew = own.post(&path, json!({"asterisk": "south"})).await;
        assert_eq!(
            (anew.status, &anew.body["username"], &anew.body["asterisk"]),
            (201, &json!(username), &json!("south"))
        );
        assert_ne!(anew.body["password"], json!(password));
        assert_eq!(own.get(&path).await.body["asterisk"], "south");
        for (body, status, place) in [
            (json!({"password": "0000"}), 400, "/password"),
            (json!({"asterisk": 1}), 400, "/asterisk"),
            (json!({"asterisk": "a b"}), 422, "/asterisk"),
        ] {
            let reply = own.post(&path, body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, vec![place]), "{body}: {}", reply.text);
        }
        let stranger = service.person(&[Role::Customer], &[&service.customer("Somebody else").await], None).await;
        for reply in [stranger.post(&path, json!({})).await, stranger.get(&path).await] {
            assert_eq!((reply.status, reply.problem()), (404, "not-found"), "{}", reply.text);
        }
        for _ in 0..2 {
            assert_eq!(sent(own.request(Method::DELETE, &path)).await.status, 204);
        }
        assert_eq!(own.get(&path).await.status, 404);
        let close = service.request(Method::POST, &format!("/lines/{line}/close")).header("if-match", "\"1\"");
        assert_eq!(sent(close).await.status, 200);
        let closed = service.post(&path, json!({})).await;
        assert_eq!((closed.status, closed.problem()), (409, "wrong-state"), "{}", closed.text);
    })
    .await;
}

#[tokio::test]
async fn trunks_by_table() {
    on_both(async |service| {
        let first = trunk(service, "world").await;
        let (world, other) = (endpoint(service, "world"), endpoint(service, "other"));
        for (body, status, places) in [
            (
                json!({"name": "A", "endpoint": other, "asterisk": "south", "enabled": false, "most_calls": 30}),
                201,
                vec![],
            ),
            (json!({"name": "A", "endpoint": world, "asterisk": "north"}), 201, vec![]),
            (json!({"name": "A", "endpoint": world}), 409, vec!["/endpoint"]),
            (json!({"name": "A"}), 400, vec![""]),
            (json!({"name": "A", "endpoint": "x", "secret": "y"}), 400, vec!["/secret"]),
            (json!({"name": "A", "endpoint": "x", "most_calls": -1}), 400, vec!["/most_calls"]),
            (json!({"name": "A", "endpoint": "x", "enabled": "yes"}), 400, vec!["/enabled"]),
            (json!({"name": "A", "endpoint": "x", "most_calls": 0}), 422, vec!["/most_calls"]),
            (json!({"name": "", "endpoint": "x"}), 422, vec!["/name"]),
            (json!({"name": "A", "endpoint": "x\u{0}"}), 422, vec!["/endpoint"]),
            (json!({"name": "A", "endpoint": "x y"}), 422, vec!["/endpoint"]),
            (json!({"name": "A", "endpoint": "t1-0001-abcdef"}), 422, vec!["/endpoint"]),
            (json!({"name": "A", "endpoint": "x", "asterisk": "/"}), 422, vec!["/asterisk"]),
        ] {
            let reply = service.post("/trunks", body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, places), "{body}: {}", reply.text);
            if status == 409 {
                assert_eq!(
                    (reply.problem(), &reply.body["trunk"]),
                    ("endpoint-taken", &json!(first)),
                    "{}",
                    reply.text
                );
            }
        }
        let foreign = service.anonymous(Method::POST, "/trunks").bearer_auth(&service.foreign_key);
        let taken = sent(foreign.json(&json!({"name": "B", "endpoint": world}))).await;
        assert_eq!((taken.status, &taken.body["trunk"]), (409, &json!(null)), "{}", taken.text);
        assert!(!taken.text.contains(&first), "{}", taken.text);
        assert_eq!(service.get("/trunks").await.body["items"].as_array().unwrap().len(), 3);
        assert_eq!(service.get("/trunks?limit=2").await.body["items"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_trunk_is_changed_and_deleted_when_no_route_uses_it() {
    on_both(async |service| {
        let trunk = trunk(service, "world").await;
        let path = format!("/trunks/{trunk}");
        let body = json!({"name": "Wide", "endpoint": endpoint(service, "wide"), "enabled": false, "most_calls": 2});
        is_nobody_elses(service, &path, &body).await;
        let changed = put(service, &path, "\"1\"", &body).await;
        assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{}", changed.text);
        assert_eq!((&changed.body["enabled"], &changed.body["most_calls"]), (&json!(false), &json!(2)));
        assert_eq!(service.get(&path).await.body, changed.body);
        assert_eq!(put(service, &path, "\"1\"", &body).await.status, 412);
        assert_eq!(sent(service.request(Method::PUT, &path).json(&body)).await.status, 428);
        let route = service.made("/trunk-routes", json!({"trunk": trunk})).await;
        let used = deleted(service, &path).await;
        assert_eq!(
            (used.status, used.problem(), &used.body["routes"]),
            (409, "wrong-state", &json!(1)),
            "{}",
            used.text
        );
        assert_eq!(deleted(service, &format!("/trunk-routes/{route}")).await.status, 204);
        assert_eq!(deleted(service, &path).await.status, 204);
        assert_eq!((deleted(service, &path).await.status, service.get(&path).await.status), (404, 404));
    })
    .await;
}

#[tokio::test]
async fn routes_by_table() {
    on_both(async |service| {
        let trunk = trunk(service, "world").await;
        let first =
            service.made("/trunk-routes", json!({"prefix": "44", "trunk": trunk, "strip": 2, "add": "0"})).await;
        let foreign = service.anonymous(Method::POST, "/trunks").bearer_auth(&service.foreign_key);
        let foreign = sent(foreign.json(&json!({"name": "B", "endpoint": endpoint(service, "theirs")}))).await;
        for (body, status, places) in [
            (json!({"trunk": trunk}), 201, vec![]),
            (json!({"prefix": "", "trunk": trunk}), 409, vec!["/prefix"]),
            (json!({"prefix": "44", "trunk": trunk}), 409, vec!["/prefix"]),
            (json!({"prefix": "1", "trunk": foreign.body["id"]}), 422, vec!["/trunk"]),
            (json!({"prefix": "1", "trunk": "trk_none"}), 422, vec!["/trunk"]),
            (json!({"prefix": "1"}), 400, vec![""]),
            (json!({"prefix": "+1", "trunk": trunk}), 422, vec!["/prefix"]),
            (json!({"prefix": "1\u{0}", "trunk": trunk}), 422, vec!["/prefix"]),
            (json!({"prefix": 1, "trunk": trunk}), 400, vec!["/prefix"]),
            (json!({"prefix": "1", "trunk": trunk, "strip": -1}), 400, vec!["/strip"]),
            (json!({"prefix": "1", "trunk": trunk, "strip": 16}), 422, vec!["/strip"]),
            (json!({"prefix": "1", "trunk": trunk, "add": "0w"}), 422, vec!["/add"]),
            (json!({"prefix": "1", "trunk": trunk, "position": 10_001}), 422, vec!["/position"]),
            (json!({"prefix": "1", "trunk": trunk, "position": 1.5}), 400, vec!["/position"]),
            (json!({"prefix": "1", "trunk": trunk, "cost": "1"}), 400, vec!["/cost"]),
            (json!({"prefix": "1", "trunk": trunk, "buying_rate": {}}), 422, vec!["/buying_rate"]),
            (
                json!({"prefix": "1", "trunk": trunk, "buying_rate": {"price_per_minute": "-1"}}),
                400,
                vec!["/buying_rate/price_per_minute"],
            ),
        ] {
            let reply = service.post("/trunk-routes", body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, places), "{body}: {}", reply.text);
            if body["prefix"] == "44" {
                assert_eq!((reply.problem(), &reply.body["route"]), ("prefix-taken", &json!(first)), "{}", reply.text);
            }
        }
        let path = format!("/trunk-routes/{first}");
        let rate = json!({"price_per_minute": "0.012", "increment_seconds": 1});
        let body =
            json!({"prefix": "441", "trunk": trunk, "position": 3, "add": "+44", "strip": 2, "buying_rate": rate});
        is_nobody_elses(service, &path, &body).await;
        let changed = put(service, &path, "\"1\"", &body).await;
        assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""), "{}", changed.text);
        for (field, value) in
            [("prefix", json!("441")), ("position", json!(3)), ("strip", json!(2)), ("add", json!("+44"))]
        {
            assert_eq!(changed.body[field], value, "{field}");
        }
        assert_eq!(changed.body["buying_rate"]["price_per_minute"], "0.012");
        assert_eq!(changed.body["buying_rate"]["connect_fee"], "0.00");
        assert_eq!(service.get(&path).await.body, changed.body);
        assert_eq!(put(service, &path, "\"1\"", &body).await.status, 412);
        assert_eq!(service.get("/trunk-routes").await.body["items"].as_array().unwrap().len(), 2);
        assert_eq!((deleted(service, &path).await.status, deleted(service, &path).await.status), (204, 404));
    })
    .await;
}

#[tokio::test]
async fn whoever_sets_up_routes_asks_which_way_a_number_goes() {
    on_both(async |service| {
        let (world, home) = (trunk(service, "world").await, trunk(service, "home").await);
        let any = service.made("/trunk-routes", json!({"trunk": world, "add": "+"})).await;
        let near = service.made("/trunk-routes", json!({"prefix": "44", "trunk": home, "strip": 2, "add": "0"})).await;
        let by_world =
            |number: &str| json!({"route": any, "trunk": world, "trunk_name": "world", "number_to_dial": number});
        let by_home = json!({"route": near, "trunk": home, "trunk_name": "home", "number_to_dial": "02079460018"});
        for (written, number, ways) in [
            ("%2B44 20 7946 0018", "+442079460018", json!([by_home, by_world("+442079460018")])),
            // As the dial plan reads it.
            ("020 7946 0018", "+442079460018", json!([by_home, by_world("+442079460018")])),
            ("%2B4930901820", "+4930901820", json!([by_world("+4930901820")])),
        ] {
            let told = service.get(&format!("/trunk-routes/ways?number={written}")).await;
            assert_eq!(told.body, json!({"number": number, "ways": ways}), "{written}: {}", told.text);
        }
        for (query, status, places) in [
            ("?number=call+me", 422, vec!["number"]),
            ("?number=", 422, vec!["number"]),
            ("", 400, vec![]),
            ("?number=0001&from=0002", 400, vec![]),
        ] {
            let refused = service.get(&format!("/trunk-routes/ways{query}")).await;
            assert_eq!((refused.status, refused.places()), (status, places), "{query}: {}", refused.text);
        }
        let path = "/trunk-routes/ways?number=%2B442079460018";
        let foreign = sent(service.anonymous(Method::GET, path).bearer_auth(&service.foreign_key)).await;
        assert_eq!(foreign.body["ways"], json!([]), "{}", foreign.text);
        let clerk = sent(service.anonymous(Method::GET, path).bearer_auth(service.key(Role::Clerk))).await;
        assert_eq!(clerk.status, 403, "{}", clerk.text);
        assert_eq!(deleted(service, &format!("/trunk-routes/{near}")).await.status, 204);
        assert_eq!(service.get(path).await.body["ways"], json!([by_world("+442079460018")]));
    })
    .await;
}

#[tokio::test]
async fn numbers_from_outside_by_table() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let far = service.line(&customer, "+15550100000", &service.plan("Far", "1").await).await;
        let agent = service.made("/agents", json!({"name": "Ada", "number": "+442079460700"})).await;
        let first = service.made("/inbound-numbers", json!({"number": "020 7946 0018", "line": line})).await;
        for (body, status, places, by) in [
            (json!({"number": "+442079460019", "line": line}), 201, vec![], None),
            (json!({"number": "+44 20 7946 0018", "line": far}), 409, vec!["/number"], Some(&first)),
            (json!({"number": "+15550100000", "line": line}), 409, vec!["/number"], Some(&far)),
            (json!({"number": "+442079460700", "line": line}), 409, vec!["/number"], Some(&agent)),
            (json!({"number": "0003", "line": line}), 422, vec!["/number"], None),
            (json!({"number": "4911", "line": line}), 422, vec!["/number"], None),
            (json!({"number": "call me", "line": line}), 422, vec!["/number"], None),
            (json!({"number": "+442079460020\u{0}", "line": line}), 422, vec!["/number"], None),
            (json!({"number": "+442079460020", "line": "lin_none"}), 422, vec!["/line"], None),
            (json!({"number": "+442079460020"}), 400, vec![""], None),
            (json!({"number": 442_079_460_020_i64, "line": line}), 400, vec!["/number"], None),
            (json!({"number": "+442079460020", "line": line, "group": "x"}), 400, vec!["/group"], None),
        ] {
            let reply = service.post("/inbound-numbers", body.clone()).await;
            assert_eq!((reply.status, reply.places()), (status, places), "{body}: {}", reply.text);
            if let Some(by) = by {
                assert_eq!((reply.problem(), &reply.body["taken_by"]), ("number-taken", &json!(by)), "{}", reply.text);
            }
        }
        // Nor is it a line's or an agent's any more.
        let plan = service.plan("Other", "1").await;
        let opened = service.post("/lines", json!({"customer": customer, "number": "02079460018", "plan": plan})).await;
        let called = service.post("/agents", json!({"name": "Bea", "number": "02079460018"})).await;
        for reply in [opened, called] {
            assert_eq!(
                (reply.status, reply.problem(), reply.places()),
                (409, "number-taken", vec!["/number"]),
                "{}",
                reply.text
            );
        }
        let path = format!("/inbound-numbers/{first}");
        let body = json!({"number": "+442079460018", "line": far});
        is_nobody_elses(service, &path, &body).await;
        let changed = put(service, &path, "\"1\"", &body).await;
        assert_eq!((changed.status, changed.header("etag"), &changed.body["line"]), (200, "\"2\"", &json!(far)));
        assert_eq!(put(service, &path, "\"1\"", &body).await.status, 412);
        let clash = put(service, &path, "\"2\"", &json!({"number": "+442079460019", "line": far})).await;
        assert_eq!((clash.status, clash.problem()), (409, "number-taken"), "{}", clash.text);
        let clerk = service.anonymous(Method::GET, &path).bearer_auth(service.key(Role::Clerk));
        assert_eq!(sent(clerk).await.body, service.get(&path).await.body);
        assert_eq!(service.get("/inbound-numbers").await.body["items"].as_array().unwrap().len(), 2);
        assert_eq!((deleted(service, &path).await.status, deleted(service, &path).await.status), (204, 404));
    })
    .await;
}
