//! Signing in over HTTP: what guessers and floods meet, the cookie, and the second factor.

use std::time::{Duration, Instant};

use engine::Role;
use futures::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use totp_rs::{Builder, Totp};

use crate::person::{PASSWORD, Session, cookie, form};
use crate::service::{Door, Reply, Service, is_soak, on_both, on_both_behind, sent};

const WRONG: &str = "mackerel over umbrella 8";
/// A service behind a proxy on this machine.
const BEHIND_PROXY: Door = Door { proxies: &["127.0.0.0/8"], ..Door::ORDINARY };

/// A sign-in that comes, or says that it comes, from an address.
fn from(service: &Service, address: &str, sign_in: &str, password: &str) -> RequestBuilder {
    let body = json!({"sign_in": sign_in, "password": password});
    service.anonymous(Method::POST, "/session").header("x-forwarded-for", address).json(&body)
}

#[tokio::test]
async fn h001_guesses_are_limited_by_name_and_network_and_lock_nobody_out() {
    on_both_behind(BEHIND_PROXY, async |service| {
        let user = service.user("Ada").await;
        let nobody = format!("not.{}", user.sign_in);
        let mut refusals: Vec<Vec<serde_json::Value>> = Vec::new();
        for (name, network) in
            [(&user.sign_in, "203.0.113."), (&nobody, "198.51.100."), (&user.sign_in, "2001:db8:1:2::")]
        {
            let before = service.engine.hashing().done;
            let mut told = Vec::new();
            for host in 1..=10 {
                let reply = sent(from(service, &format!("{network}{host}"), name, WRONG)).await;
                assert_eq!((reply.status, reply.problem()), (401, "wrong-sign-in"), "{}", reply.text);
                told.push(reply.told());
            }
            for try_ in 11..=(if is_soak() { 1000 } else { 200 }) {
                let host = try_ % 250;
                let password = if try_ % 2 == 0 { PASSWORD } else { WRONG };
                let reply = sent(from(service, &format!("{network}{host}"), name, password)).await;
                assert_eq!((reply.status, reply.problem()), (429, "too-many-attempts"), "{}", reply.text);
                assert_eq!(reply.header("retry-after"), "900");
                told.push(reply.told());
            }
            assert_eq!(service.engine.hashing().done, before + 10, "the others are refused unseen");
            refusals.push(told);
        }
        assert!(refusals.iter().all(|told| *told == refusals[0]), "nobody learns whether a name is known");
        for elsewhere in ["203.0.114.1", "2001:db8:1:3::1"] {
            let reply = sent(from(service, elsewhere, &user.sign_in, PASSWORD)).await;
            assert_eq!(reply.status, 200, "nobody is locked out: {}", reply.text);
        }
        service.comes("2026-10-15T12:15:00Z").await;
        assert_eq!(sent(from(service, "203.0.113.1", &user.sign_in, PASSWORD)).await.status, 200, "in time");
    })
    .await;
}

#[tokio::test]
async fn h001_a_network_that_tries_many_names_waits() {
    on_both_behind(BEHIND_PROXY, async |service| {
        let user = service.user("Ada").await;
        // No password is so long: it is wrong without being hashed, and counts all the same.
        let long = "x".repeat(600);
        for n in 0..100 {
            let reply = sent(from(service, "203.0.113.7", &format!("{n}.{}", user.sign_in), &long)).await;
            assert_eq!(reply.status, 401, "{n}");
        }
        assert_eq!(sent(from(service, "203.0.113.8", &user.sign_in, PASSWORD)).await.status, 429);
        assert_eq!(sent(from(service, "203.0.112.8", &user.sign_in, PASSWORD)).await.status, 200);
    })
    .await;
}

/// The median of the times that failed sign-ins take.
async fn median(service: &Service, network: &str, sign_in: &str) -> Duration {
    let mut times = Vec::new();
    for n in 0..21 {
        let begun = Instant::now();
        assert_eq!(sent(from(service, &format!("10.{n}.{network}.1"), sign_in, WRONG)).await.status, 401);
        times.push(begun.elapsed());
    }
    times.sort();
    times[10]
}

#[tokio::test]
async fn h001_a_name_that_is_not_known_takes_as_long() {
    on_both_behind(BEHIND_PROXY, async |service| {
        let user = service.user("Ada").await;
        let before = service.engine.hashing().done;
        let known = median(service, "1", &user.sign_in).await;
        let unknown = median(service, "2", &format!("not.{}", user.sign_in)).await;
        assert_eq!(service.engine.hashing().done, before + 42, "a hash is made for each");
        // Machines that run other tests, too, tell no more than that.
        assert!(known < 2 * unknown && unknown < 2 * known, "{known:?} {unknown:?}");
    })
    .await;
}

#[tokio::test]
async fn h002_a_password_as_long_as_a_book_is_refused_before_it_is_hashed() {
    on_both(async |service| {
        let person = service.person(&[Role::Clerk], &[], None).await;
        let hashed = service.engine.hashing().done;
        let book = "a".repeat(1_000_000);
        let owner = json!({"sign_in": "ada", "name": "Ada", "password": book});
        for (path, body) in [
            ("/session", json!({"sign_in": person.sign_in, "password": book})),
            ("/session", json!({"sign_in": book, "password": PASSWORD})),
            ("/password-resets", json!({"sign_in": book})),
            ("/password-resets/confirm", json!({"token": "tgt_0", "password": book})),
            ("/invitations/accept", json!({"token": "tgt_0", "name": "Ada", "password": book})),
            ("/setup", json!({"token": "tgt_0", "owner": owner})),
            ("/me/password", json!({"old": PASSWORD, "new": book})),
            ("/me/second-factor", json!({"password": book})),
        ] {
            let reply = person.post(path, body).await;
            assert_eq!((reply.status, reply.problem()), (413, "too-large"), "{path}: {}", reply.text);
        }
        for path in ["/sign-in", "/reset", "/reset/tgt_0", "/join/tgt_0", "/setup/tgt_0"] {
            let form = service.bare(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
            let reply = sent(form.body(format!("sign_in=ada&password={book}"))).await;
            assert_eq!((reply.status, reply.problem()), (413, "too-large"), "{path}: {}", reply.text);
        }
        assert_eq!(service.engine.hashing().done, hashed);
        assert_eq!(person.get("/me").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn h003_a_flood_is_hashed_by_as_many_threads_as_there_are_cores() {
    on_both_behind(BEHIND_PROXY, async |service| {
        let user = service.user("Ada").await;
        let flood = (0..200).map(|n| {
            let password = if n % 2 == 0 { PASSWORD } else { WRONG };
            sent(from(service, &format!("10.0.{n}.1"), &user.sign_in, password))
        });
        let healthy = async {
            let mut times = Vec::new();
            for _ in 0..20 {
                let begun = Instant::now();
                assert_eq!(sent(service.bare(Method::GET, "/health")).await.status, 200);
                times.push(begun.elapsed());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            times.sort();
            times
        };
        let (replies, times) = tokio::join!(join_all(flood), healthy);
        let refused = replies.iter().filter(|reply| reply.status == 429).count();
        for (n, reply) in replies.iter().enumerate() {
            let told = (reply.status, reply.header("retry-after"));
            assert!(told == (429, "5") || told == (if n % 2 == 0 { 200 } else { 401 }, ""), "{}", reply.text);
        }
        let hashing = service.engine.hashing();
        assert!(hashing.most_at_once <= hashing.permits && refused <= 72, "{hashing:?}, {refused} refused");
        assert!(times[10] < Duration::from_millis(100), "others are served meanwhile: {times:?}");
    })
    .await;
}

#[tokio::test]
async fn h004_nobody_has_a_default_password() {
    on_both(async |service| {
        for name in ["admin", "root", "owner", "test", "demo", "tollgate", "user"] {
            for password in [name, "", "password", "admin", "tollgate"] {
                let reply = service.signs_in(name, password).await;
                assert_eq!((reply.status, reply.problem()), (401, "wrong-sign-in"), "{name} {password}");
                assert_eq!(reply.header("set-cookie"), "");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn h006_a_name_that_looks_like_anothers_is_nobodys_and_nobody_gets_it() {
    on_both(async |service| {
        let user = service.user("Ada").await;
        let person = service.person(&[Role::Owner], &[], None).await;
        let cyrillic = user.sign_in.replacen('a', "\u{430}", 1);
        let wide = user.sign_in.replacen('a', "\u{ff41}", 1);
        let accented = user.sign_in.replacen('a', "a\u{301}", 1);
        let hidden = user.sign_in.replacen('a', "a\u{200b}", 1);
        for like in [cyrillic, wide, accented, hidden, user.sign_in.replacen('.', "\u{3002}", 1)] {
            let reply = service.signs_in(&like, PASSWORD).await;
            assert_eq!((reply.status, reply.problem()), (401, "wrong-sign-in"), "{like}");
            let invited = person.post("/invitations", json!({"email": like, "grants": {"roles": ["clerk"]}})).await;
            assert_eq!((invited.status, invited.places()), (422, vec!["/email"]), "{like}: {}", invited.text);
        }
        for same in [user.sign_in.to_uppercase(), format!("  {} ", user.sign_in)] {
            assert_eq!(service.signs_in(&same, PASSWORD).await.status, 200, "{same}");
        }
    })
    .await;
}

#[tokio::test]
async fn h011_a_sign_in_begins_a_new_session_and_ends_the_one_that_came_along() {
    on_both(async |service| {
        let user = service.user("Ada").await;
        let chosen = service.with_cookie(&user, format!("{}=tgs_{}", service.cookie_name(), "0".repeat(64)));
        let credentials = json!({"sign_in": user.sign_in, "password": PASSWORD});
        let first = chosen.post("/session", credentials.clone()).await;
        let first = service.with_cookie(&user, cookie(&first));
        assert_ne!(first.cookie, chosen.cookie);
        assert_eq!((chosen.get("/me").await.status, first.get("/me").await.status), (401, 200));
        let secret = first.cookie.rsplit_once("tgs_").unwrap().1;
        assert!(secret.len() >= 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()), "128 random bits at least");
        let second = service.with_cookie(&user, cookie(&first.post("/session", credentials).await));
        assert_ne!(second.cookie, first.cookie);
        assert_eq!((first.get("/me").await.status, second.get("/me").await.status), (401, 200));
        let wrong = second.post("/session", json!({"sign_in": user.sign_in, "password": WRONG})).await;
        assert_eq!((wrong.status, second.get("/me").await.status), (401, 200), "who fails stays signed in");
    })
    .await;
}

#[tokio::test]
async fn h013_a_cookie_is_for_this_host_alone_and_for_https_where_that_is_spoken() {
    for (url, expected) in [
        (None, ("tollgate=tgs_", "; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600")),
        (
            Some("https://tollgate.example.org"),
            ("__Host-tollgate=tgs_", "; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600; Secure"),
        ),
    ] {
        on_both_behind(Door { url, ..Door::ORDINARY }, async |service| {
            let user = service.user("Ada").await;
            let fields = [("sign_in", user.sign_in.as_str()), ("password", PASSWORD)];
            let by_page = sent(form(service.bare(Method::POST, "/sign-in"), &fields)).await;
            assert_eq!((by_page.status, by_page.header("location")), (303, "/"));
            for reply in [service.signs_in(&user.sign_in, PASSWORD).await, by_page] {
                let set = reply.header("set-cookie");
                assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 1);
                assert!(set.starts_with(expected.0) && set.ends_with(expected.1) && !set.contains("Domain"), "{set}");
                let signed_in = service.with_cookie(&user, cookie(&reply));
                assert_eq!(signed_in.get("/me").await.status, 200);
                let other_name = match url {
                    Some(_) => signed_in.cookie.replace("__Host-", ""),
                    None => format!("__Host-{}", signed_in.cookie),
                };
                assert_eq!(service.with_cookie(&user, other_name).get("/me").await.status, 401);
                let ended = signed_in.delete("/session").await;
                let cleared = format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", service.cookie_name());
                assert!(ended.header("set-cookie").starts_with(&cleared), "{}", ended.header("set-cookie"));
                assert_eq!(ended.header("cache-control"), "no-store");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn h112_an_address_that_no_proxy_vouches_for_counts_for_nothing() {
    on_both(async |service| {
        let person = service.person(&[Role::Clerk], &[], None).await;
        for n in 0..10 {
            assert_eq!(sent(from(service, &format!("10.0.{n}.1"), &person.sign_in, WRONG)).await.status, 401);
        }
        assert_eq!(sent(from(service, "127.0.0.1", &person.sign_in, WRONG)).await.status, 429);
        let sessions = sent(person.request(Method::GET, "/sessions").header("x-forwarded-for", "203.0.113.7")).await;
        assert_eq!(sessions.body["items"][0]["address"], "127.0.0.1");
    })
    .await;
    on_both_behind(BEHIND_PROXY, async |service| {
        let user = service.user("Ada").await;
        let reply = sent(from(service, "127.0.0.9, 203.0.113.7", &user.sign_in, PASSWORD)).await;
        let sessions = service.with_cookie(&user, cookie(&reply)).get("/sessions").await;
        assert_eq!(sessions.body["items"][0]["address"], "203.0.113.7");
    })
    .await;
}

/// The code that an authenticator shows now, or so many steps from now.
fn code(service: &Service, authenticator: &Totp, steps: i64) -> String {
    let seconds = service.engine.clock().now().seconds() + 30 * steps;
    authenticator.generate(u64::try_from(seconds).unwrap()).to_string()
}

async fn enter(service: &Service, person: &Session, code: Option<&str>) -> Reply {
    let body = json!({"sign_in": person.sign_in, "password": PASSWORD, "code": code});
    sent(service.anonymous(Method::POST, "/session").json(&body)).await
}

#[tokio::test]
async fn a_second_factor_is_confirmed_asked_for_and_ended() {
    on_both(async |service| {
        let person = service.person(&[Role::Clerk], &[], None).await;
        let wrong = person.post("/me/second-factor", json!({"password": WRONG})).await;
        assert_eq!((wrong.status, wrong.problem()), (403, "wrong-password"));
        let early = person.post("/me/second-factor/confirm", json!({"code": "123456"})).await;
        assert_eq!((early.status, early.problem()), (409, "wrong-state"));
        let begun = person.post("/me/second-factor", json!({"password": PASSWORD})).await;
        assert!(begun.body["url"].as_str().unwrap().starts_with("otpauth://totp/Tollgate:"), "{}", begun.text);
        let secret = totp_rs::Secret::try_from_base32(begun.body["secret"].as_str().unwrap()).unwrap();
        let app = Builder::new().with_secret(secret).build().unwrap();
        assert_eq!(enter(service, &person, None).await.status, 200, "it is not asked for before it is confirmed");
        let wrong = person.post("/me/second-factor/confirm", json!({"code": code(service, &app, 9)})).await;
        assert_eq!((wrong.status, wrong.places()), (422, vec!["/code"]));
        let confirmed = person.post("/me/second-factor/confirm", json!({"code": code(service, &app, 0)})).await;
        let recovery = confirmed.body["recovery_codes"].as_array().unwrap();
        assert_eq!((confirmed.status, recovery.len()), (200, 10));
        assert_eq!(person.get("/me").await.body["second_factor"], true);

        service.comes("2026-10-15T12:05:00Z").await;
        let now = code(service, &app, 0);
        for (given, expected) in [
            (None, (401, "code-needed")),
            (Some("000000"), (401, "code-needed")),
            (Some(now.as_str()), (200, "")),
            (Some(now.as_str()), (401, "code-needed")),
            (recovery[0].as_str(), (200, "")),
            (recovery[0].as_str(), (401, "code-needed")),
        ] {
            let reply = enter(service, &person, given).await;
            assert_eq!((reply.status, reply.problem()), expected, "{given:?}: {}", reply.text);
        }
        let fields =
            [("sign_in", person.sign_in.as_str()), ("password", PASSWORD), ("code", recovery[1].as_str().unwrap())];
        assert_eq!(sent(form(service.bare(Method::POST, "/sign-in"), &fields)).await.status, 303);
        let end =
            async |code: &str| person.post("/me/second-factor/end", json!({"password": PASSWORD, "code": code})).await;
        let refused = end(recovery[1].as_str().unwrap()).await;
        assert_eq!((refused.status, refused.places()), (422, vec!["/code"]), "{}", refused.text);
        let ended = end(recovery[2].as_str().unwrap()).await;
        assert_eq!((ended.status, enter(service, &person, None).await.status), (204, 200), "{}", ended.text);
    })
    .await;
}
