//! The pages that stand without scripts: their forms, their headers, and what of a request is in pages and in the log.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use engine::Role;
use engine::people::resets;
use engine::people::set_up::setup_ticket;
use reqwest::Method;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::subscriber::NoSubscriber;

use crate::links::Mails;
use crate::operations::Operation;
use crate::person::{PASSWORD, cookie, form};
use crate::service::{Door, Reply, Service, on_both, on_both_behind, sent};

const WRONG: &str = "mackerel over umbrella 8";
const MARKUP: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'";

async fn page(service: &Service, path: &str, fields: &[(&str, &str)]) -> Reply {
    sent(form(service.bare(Method::POST, path), fields)).await
}

/// The secret of a link by which this user's password is reset.
async fn reset_link(service: &Service, user: &str) -> String {
    let mut work = service.engine.begin(&service.owner).await.unwrap();
    let secret = resets::ticket(&mut work, user).await.unwrap();
    work.commit().await.unwrap();
    secret.reveal().to_owned()
}

fn is_page(reply: &Reply, status: u16) {
    assert_eq!((reply.status, reply.header("content-type")), (status, "text/html; charset=utf-8"), "{}", reply.text);
    assert!(!reply.text.contains("<script") && !reply.text.contains("http://"), "{}", reply.text);
}

/// What every page says to browsers.
fn protects(reply: &Reply, path: &str, secure: bool) {
    let policy = reply.header("content-security-policy");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap_or_else(|| {
        let default = policy.split(';').find(|part| part.trim().starts_with("default-src"));
        default.unwrap_or_else(|| panic!("{path}: {policy}"))
    });
    assert!(!scripts.contains("unsafe") && !scripts.contains('*') && !scripts.contains("http"), "{path}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
    assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
    let strict = if secure { "max-age=31536000" } else { "" };
    assert_eq!(reply.header("strict-transport-security"), strict, "{path}");
}

#[tokio::test]
async fn h017_every_page_protects_browsers() {
    for url in [None, Some("https://tollgate.example.org")] {
        on_both_behind(Door { url, ..Door::ORDINARY }, async |service| {
            let (customer, _) = service.subscriber("Harbour Radio", "0001").await;
            service.comes("2026-11-01T00:00:00Z").await;
            let person = service.person(&[Role::Owner], &[], None).await;
            let invoice = service.invoiced(&customer).await;
            let mut pages = vec![("/docs/".to_owned(), 200), ("/api/v1/nowhere".to_owned(), 404)];
            for operation in Operation::all(service).await.iter().filter(|operation| operation.method == Method::GET) {
                let path = operation.path.replace("{secret}", "tgt_0").replace("{file}", &format!("{invoice}.html"));
                let path = if path.contains("/customers/") { path.replace("{id}", &customer) } else { path };
                if path.contains(".html") || !path.starts_with("/api/") {
                    let ended = ["/setup/", "/join/", "/reset/"].iter().any(|link| path.starts_with(link));
                    pages.push((path, if ended { 400 } else { 0 }));
                }
            }
            assert!(pages.len() >= 10, "{pages:?}");
            let mut html = 0;
            for (path, status) in pages {
                let reply = sent(person.bare(Method::GET, &path)).await;
                assert!(status == 0 || reply.status == status, "{path}: {}", reply.status);
                html += usize::from(reply.header("content-type").starts_with("text/html"));
                protects(&reply, &path, url.is_some());
            }
            assert!(html >= 8, "{html} pages");
        })
        .await;
    }
}

#[tokio::test]
async fn the_page_to_sign_in_on_keeps_the_name_and_never_the_password() {
    on_both(async |service| {
        let user = service.user("Ada").await;
        let shown = sent(service.bare(Method::GET, "/sign-in")).await;
        is_page(&shown, 200);
        let wrong = page(service, "/sign-in", &[("sign_in", &user.sign_in), ("password", WRONG), ("code", "")]).await;
        is_page(&wrong, 401);
        assert!(wrong.text.contains(&format!("value=\"{}\"", user.sign_in)), "{}", wrong.text);
        assert!(!wrong.text.contains(WRONG) && !wrong.text.contains("mackerel"), "{}", wrong.text);
        assert!(wrong.text.contains("The name or the password is wrong."), "{}", wrong.text);
        assert_eq!(wrong.header("set-cookie"), "");
        let right =
            page(service, "/sign-in", &[("sign_in", &user.sign_in), ("password", PASSWORD), ("code", "")]).await;
        assert_eq!((right.status, right.header("location")), (303, "/"));
        let signed_in = service.with_cookie(&user, cookie(&right));
        assert_eq!(signed_in.get("/me").await.body["id"], user.id);
        for bad in [
            vec![("sign_in", "ada")],
            vec![("sign_in", "ada"), ("sign_in", "bob"), ("password", WRONG)],
            vec![("sign_in", "ada"), ("password", WRONG), ("next", "https://evil.example")],
        ] {
            let refused = page(service, "/sign-in", &bad).await;
            assert_eq!((refused.status, refused.problem()), (400, "unreadable"), "{bad:?}");
        }
        for (media_type, body) in [("application/json", "{}"), ("text/plain", "sign_in=ada&password=x")] {
            let request = service.bare(Method::POST, "/sign-in").header("content-type", media_type).body(body);
            assert!([400, 415].contains(&sent(request).await.status), "{media_type}");
        }
        for expected in [[401; 10].as_slice(), &[429]].concat() {
            is_page(&page(service, "/sign-in", &[("sign_in", "nobody"), ("password", WRONG)]).await, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn pages_speak_the_language_that_the_browser_prefers() {
    on_both_behind(Door { alone: true, ..Door::ORDINARY }, async |service| {
        let user = service.user("Ada").await;
        for (wanted, language, title) in [
            ("", "en", "Sign in"),
            ("de", "de", "Anmelden"),
            ("DE-at,de;q=0.9,en;q=0.8", "de", "Anmelden"),
            ("fr, en;q=0.5, de;q=0.7", "de", "Anmelden"),
            ("en-GB,de;q=0.9", "en", "Sign in"),
            ("en, de", "en", "Sign in"),
            ("de;q=0, fr", "en", "Sign in"),
            ("de;q=much", "en", "Sign in"),
            ("pl", "en", "Sign in"),
        ] {
            let shown = sent(service.bare(Method::GET, "/sign-in").header("accept-language", wanted)).await;
            is_page(&shown, 200);
            let head = format!("<html lang=\"{language}\">");
            assert!(shown.text.contains(&head) && shown.text.contains(&format!("<h1>{title}</h1>")), "{wanted}");
            assert_eq!((shown.header("content-language"), shown.header("vary")), (language, "Accept-Language"));
        }
        let german = |path: &str, fields: &[(&str, &str)]| {
            sent(form(service.bare(Method::POST, path).header("accept-language", "de"), fields))
        };
        let wrong = german("/sign-in", &[("sign_in", &user.sign_in), ("password", WRONG)]).await;
        assert!(wrong.text.contains("Der Name oder das Passwort ist falsch."), "{}", wrong.text);
        let invitation = json!({"email": "grace@example.org", "grants": {"roles": ["clerk", "auditor"]}});
        let mails = Mails::of(service);
        service.made("/invitations", invitation).await;
        let link = format!("/join/{}", mails.token("grace@example.org", "join").await);
        let offered = sent(service.bare(Method::GET, &link).header("accept-language", "de")).await;
        assert!(offered.text.contains("lädt grace@example.org ein, als Sachbearbeiter, Prüfer."), "{}", offered.text);
        let welcome = german(&link, &[("name", "Grace"), ("password", WRONG)]).await;
        assert!(welcome.text.contains("Sie melden sich als grace@example.org an."), "{}", welcome.text);
    })
    .await;
}

#[tokio::test]
async fn pages_show_what_was_typed_as_text() {
    on_both_behind(Door { alone: true, ..Door::ORDINARY }, async |service| {
        let escaped = |reply: &Reply| {
            assert!(!reply.text.contains("<script") && !reply.text.contains("<img"), "{}", reply.text);
            assert!(reply.text.contains("script") && reply.text.contains("alert(1)"), "it is shown: {}", reply.text);
        };
        escaped(&page(service, "/sign-in", &[("sign_in", MARKUP), ("password", WRONG)]).await);
        let link = setup_ticket(&service.engine).await.unwrap().unwrap();
        let link = format!("/setup/{}", link.reveal());
        let company = [("company", MARKUP), ("currency", MARKUP), ("time_zone", MARKUP)];
        let owner = [("name", MARKUP), ("sign_in", MARKUP), ("password", WRONG)];
        let fields: Vec<_> = company.into_iter().chain(owner).collect();
        let refused = page(service, &link, &fields).await;
        is_page(&refused, 422);
        escaped(&refused);
        assert!(!refused.text.contains(WRONG));
        let invitation = json!({"email": "grace@example.org", "name": MARKUP, "grants": {"roles": ["clerk"]}});
        let mails = Mails::of(service);
        service.made("/invitations", invitation).await;
        let link = format!("/join/{}", mails.token("grace@example.org", "join").await);
        let offered = sent(service.bare(Method::GET, &link)).await;
        is_page(&offered, 200);
        escaped(&offered);
        let refused = page(service, &link, &[("name", MARKUP), ("password", "password12")]).await;
        is_page(&refused, 422);
        escaped(&refused);
        is_page(&page(service, &link, &[("name", "Grace"), ("password", WRONG)]).await, 200);
        is_page(&page(service, &link, &[("name", "Grace"), ("password", WRONG)]).await, 400);
        assert_eq!(service.signs_in("grace@example.org", WRONG).await.body["roles"], json!(["clerk"]));
    })
    .await;
}

#[tokio::test]
async fn a_password_is_reset_by_the_pages() {
    on_both(async |service| {
        let user = service.user("Ada").await;
        is_page(&sent(service.bare(Method::GET, "/reset")).await, 200);
        let known = page(service, "/reset", &[("sign_in", &user.sign_in)]).await;
        let unknown = page(service, "/reset", &[("sign_in", "nobody@example.org")]).await;
        is_page(&known, 200);
        assert_eq!(known.text, unknown.text, "nobody learns who is known");
        let link = format!("/reset/{}", reset_link(service, &user.id).await);
        is_page(&sent(service.bare(Method::GET, &link)).await, 200);
        let weak = page(service, &link, &[("password", "password12")]).await;
        is_page(&weak, 422);
        assert!(
            weak.text.contains("Password: is too easy to guess") && !weak.text.contains("password12"),
            "{}",
            weak.text
        );
        assert!(!weak.text.contains("/password") && !weak.text.contains(".."), "{}", weak.text);
        is_page(&page(service, &link, &[("password", WRONG)]).await, 200);
        assert_eq!(service.signs_in(&user.sign_in, WRONG).await.status, 200);
        for path in [link.as_str(), "/reset/tgt_0"] {
            is_page(&page(service, path, &[("password", PASSWORD)]).await, 400);
            is_page(&sent(service.bare(Method::GET, path)).await, 400);
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_owner_comes_by_the_page_on_a_server_without_a_browser() {
    on_both_behind(Door { alone: true, ..Door::ORDINARY }, async |service| {
        let secret = setup_ticket(&service.engine).await.unwrap().unwrap();
        let link = format!("/setup/{}", secret.reveal());
        is_page(&sent(service.bare(Method::GET, &link)).await, 200);
        let fields = |zone| {
            [
                ("company", "Example"),
                ("currency", "gbp"),
                ("time_zone", zone),
                ("name", "Grace"),
                ("sign_in", "grace@example.org"),
                ("password", WRONG),
            ]
        };
        let refused = page(service, &link, &fields("Nowhere/Town")).await;
        is_page(&refused, 422);
        assert!(refused.text.contains("Time zone: ") && refused.text.contains("value=\"Grace\""), "{}", refused.text);
        is_page(&page(service, &link, &fields("Europe/London")).await, 200);
        is_page(&page(service, &link, &fields("Europe/London")).await, 400);
        let signed_in = service.signs_in("grace@example.org", WRONG).await;
        assert_eq!((signed_in.status, &signed_in.body["roles"]), (200, &json!(["owner"])));
    })
    .await;
}

#[tokio::test]
async fn h109_and_h114_by_table() {
    on_both(async |service| {
        let person = service.person(&[Role::Owner], &[], None).await;
        let deep = "[".repeat(7_000);
        let deeper = "[".repeat(100_000);
        for path in ["/session", "/password-resets", "/setup", "/invitations", "/invitations/accept", "/me/password"] {
            for text in [&deep, &deeper] {
                let body = format!("{{\"sign_in\": {text}");
                let request = person.request(Method::POST, path).header("content-type", "application/json");
                let reply = sent(request.body(body)).await;
                assert!([400, 413].contains(&reply.status), "H109 {path}: {}", reply.text);
            }
        }
        for (method, path) in [
            ("TRACE", "/"),
            ("TRACE", "/api/v1/session"),
            ("TRACE", "/sign-in"),
            ("PUT", "/.env"),
            ("PUT", "/sign-in"),
            ("DELETE", "/pages/style.css"),
            ("GET", "/.git/config"),
            ("GET", "/metrics"),
            ("GET", "/pages/page.html"),
            ("GET", "/pages/..%2f..%2fCargo.toml"),
            ("GET", "/reset/..%2f..%2fetc%2fpasswd"),
            ("GET", "/sign-in/.env"),
        ] {
            let reply = sent(person.bare(method.parse().unwrap(), path)).await;
            assert!([400, 401, 403, 404, 405].contains(&reply.status), "H114 {method} {path}: {}", reply.status);
            assert!(!reply.text.contains(&person.cookie), "H114 {method} {path}");
        }
    })
    .await;
}

/// Hears all that the log is told.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Text<'a>(&'a Log);

impl Visit for Text<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.0.lock().unwrap().push(format!("{}={value:?}", field.name()));
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        ["api", "engine", "security", "storage"].iter().any(|ours| metadata.target().starts_with(ours))
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut Text(self));
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Text(self));
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Text(self));
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn h093_the_log_has_no_secret_and_no_line_of_somebody_elses() {
    let log = Log::default();
    // With one subscriber alone, whichever thread comes to a line of the log first decides by its own whether anybody listens.
    let nobody = tracing::Dispatch::new(NoSubscriber::new());
    let listening = tracing::subscriber::set_default(log.clone());
    on_both(async |service| {
        let person = service.person(&[Role::Owner], &[], None).await;
        let forged = "ada\n2026-01-01 ADMIN signed in";
        let agent = "browser\tADMIN";
        for password in [PASSWORD, WRONG] {
            service.signs_in(&person.sign_in, password).await;
            page(service, "/sign-in", &[("sign_in", forged), ("password", password)]).await;
        }
        service.signs_in(forged, WRONG).await;
        person.post("/me/password", json!({"old": WRONG, "new": WRONG})).await;
        let begun = person.post("/me/second-factor", json!({"password": PASSWORD})).await;
        person.post("/me/second-factor/confirm", json!({"code": "918273"})).await;
        let link = reset_link(service, &person.user).await;
        sent(service.bare(Method::GET, &format!("/reset/{link}")).header("user-agent", agent)).await;
        page(service, &format!("/reset/{link}"), &[("password", "password12")]).await;
        let key = person.post("/keys", json!({"name": forged, "scopes": ["clerk"]})).await;
        let key = key.body["secret"].as_str().unwrap_or("tg_none").to_owned();
        sent(service.anonymous(Method::GET, "/customers/+15550100?phone=+15550100").bearer_auth(&key)).await;
        sent(service.anonymous(Method::GET, "/customers").bearer_auth("tg_918273645")).await;
        service.caller().await;
        person.post("/calls", json!({"line": "0001", "to": "+15550100", "minutes": 1})).await;

        let heard = log.0.lock().unwrap().clone();
        assert!(heard.iter().any(|text| text.contains("a sign-in failed")), "the log is heard: {}", heard.len());
        let totp = begun.body["secret"].as_str().unwrap();
        let cookie = person.cookie.rsplit('=').next().unwrap();
        for text in &heard {
            for secret in
                [PASSWORD, WRONG, totp, "918273", &link, &key, cookie, "tg_", "tgs_", "tgt_", "argon2", "15550100"]
            {
                assert!(!text.contains(secret), "{secret} is in the log: {text}");
            }
            assert!(!text.contains('\n') && !text.contains('\u{1b}'), "{text}");
        }
    })
    .await;
    drop((listening, nobody));
}
