//! What the links in mails and on the console open, over HTTP: invitations, resets, the set-up.

use std::sync::{Arc, Mutex};

use documents::Templates;
use engine::Role;
use engine::jobs::Runner;
use engine::mailer::{Mail, MailFailure, Mailbox, Mailer};
use engine::people::letters::{LETTERS, Post};
use engine::people::set_up::setup_ticket;
use engine::people::{Page, PublicUrl};
use futures::future::{BoxFuture, join_all};
use reqwest::Method;
use serde_json::{Value, json};

use crate::person::{PASSWORD, Session, cookie};
use crate::service::{Door, Reply, Service, on_both_behind, sent};

const NEW: &str = "sardines above a parasol 3";
const URL: &str = "https://tollgate.example.org";
/// Whoever looks at all mails has the database alone. People come by HTTPS.
pub(crate) const ALONE: Door = Door { alone: true, url: Some(URL), ..Door::ORDINARY };

/// Where mails arrive.
pub(crate) struct Mails {
    runner: Runner,
    arrived: Arc<Arrived>,
}

struct Arrived {
    sender: Mailbox,
    mails: Mutex<Vec<Mail>>,
}

impl Mailer for Arrived {
    fn sender(&self) -> &Mailbox {
        &self.sender
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>> {
        self.mails.lock().unwrap().push(mail.clone());
        Box::pin(async { Ok(()) })
    }
}

impl Mails {
    pub(crate) fn of(service: &Service) -> Mails {
        let sender = Mailbox { name: None, address: "post@tollgate.example.org".to_owned() };
        let arrived = Arc::new(Arrived { sender, mails: Mutex::default() });
        let url = PublicUrl::parse(URL).unwrap();
        let post = Post::new(Arc::new(Templates::built_in()), Some(arrived.clone()), url);
        Mails { runner: Runner::new(service.engine.clone(), "test").handle(LETTERS, Arc::new(post), 4), arrived }
    }

    /// What has arrived since the last time.
    async fn all(&self) -> Vec<Mail> {
        self.runner.run_due().await.unwrap();
        std::mem::take(&mut self.arrived.mails.lock().unwrap())
    }

    /// The secret of the link in the only mail that has arrived, which is to this address.
    pub(crate) async fn token(&self, to: &str, page: &str) -> String {
        let mails = self.all().await;
        let [mail] = &mails[..] else { panic!("{} mails to {to}", mails.len()) };
        assert_eq!(mail.to.address, to);
        let link = format!("{URL}/{page}/");
        for text in [&mail.text, &mail.html] {
            assert_eq!(text.matches("://").count(), text.matches(&link).count(), "no other address: {text}");
        }
        let (_, rest) = mail.text.split_once(&link).unwrap_or_else(|| panic!("{}", mail.text));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

async fn anybody(service: &Service, path: &str, body: &Value) -> Reply {
    sent(service.anonymous(Method::POST, path).json(body)).await
}

fn told(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.problem())
}

/// Invites somebody as a clerk; the id of the invitation.
async fn invited(owner: &Session, email: &str) -> String {
    let reply = owner.post("/invitations", json!({"email": email, "grants": {"roles": ["clerk"]}})).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_invitation_is_accepted_once_by_somebody_new() {
    on_both_behind(ALONE, async |service| {
        let mails = Mails::of(service);
        let owner = service.person(&[Role::Owner], &[], None).await;
        let id = invited(&owner, "Grace@Example.org").await;
        let token = mails.token("Grace@Example.org", "join").await;
        for (method, path) in [(Method::GET, "/invitations"), (Method::GET, "/audit"), (Method::GET, "/jobs")] {
            let listed = sent(owner.request(method, path)).await;
            assert!(listed.status == 200 && !listed.text.contains(&token), "{path} shows the secret of the link");
        }
        let offer = anybody(service, "/invitations/offer", &json!({"token": token})).await;
        assert_eq!((offer.status, &offer.body["known"], &offer.body["roles"]), (200, &json!(false), &json!(["clerk"])));
        assert_eq!(offer.body["tenant_name"], "Helpline");
        let accept = "/invitations/accept";
        let given = |password: &str| json!({"token": token, "name": "Grace", "password": password});
        let weak = anybody(service, accept, &given("grace@example.org")).await;
        assert_eq!((weak.status, weak.places()), (422, vec!["/password"]), "{}", weak.text);
        let nameless = anybody(service, accept, &json!({"token": token, "password": NEW})).await;
        assert_eq!(told(&nameless), (409, "wrong-state"), "{}", nameless.text);
        let good = given(NEW);
        let outcomes = join_all((0..20).map(|_| anybody(service, accept, &good))).await;
        assert_eq!(outcomes.iter().filter(|reply| reply.status == 200).count(), 1, "one of those who try at once");
        for reply in outcomes.iter().filter(|reply| reply.status != 200) {
            let refusals = [(400, "link-ended"), (409, "wrong-state"), (429, "too-many-attempts")];
            assert!(refusals.contains(&told(reply)), "{}", reply.text);
        }
        let grace = service.signs_in("grace@example.org", NEW).await;
        assert_eq!((grace.status, &grace.body["roles"]), (200, &json!(["clerk"])), "{}", grace.text);
        assert_eq!(owner.delete(&format!("/invitations/{id}")).await.status, 404, "it is not open any more");
        let audit = owner.get("/audit?limit=200").await;
        let joined = format!("user:{}", grace.body["user"]["id"].as_str().unwrap());
        let records = audit.body["items"].as_array().unwrap();
        assert!(
            records.iter().any(|record| record["action"] == "membership.give" && record["actor"] == joined.as_str())
        );
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_accepted_by_who_is_known_with_the_password_or_a_session() {
    on_both_behind(ALONE, async |service| {
        let mails = Mails::of(service);
        let owner = service.person(&[Role::Owner], &[], None).await;
        let (ada, bob) = (service.user("Ada").await, service.user("Bob").await);
        let (ada_in, bob_in) = (service.session(&ada).await, service.session(&bob).await);
        let accept = "/invitations/accept";

        invited(&owner, &ada.sign_in).await;
        let token = mails.token(&ada.sign_in, "join").await;
        let offer = anybody(service, "/invitations/offer", &json!({"token": token})).await;
        assert_eq!(offer.body["known"], true);
        let renamed = json!({"token": token, "name": "Mallory", "password": NEW});
        assert_eq!(told(&anybody(service, accept, &renamed).await), (409, "wrong-state"), "nobody is taken over");
        let wrong = json!({"token": token, "password": NEW});
        assert_eq!(told(&anybody(service, accept, &wrong).await), (401, "wrong-sign-in"));
        assert_eq!(told(&bob_in.post(accept, json!({"token": token})).await), (409, "wrong-state"), "it is Ada's");
        let right = anybody(service, accept, &json!({"token": token, "password": PASSWORD})).await;
        assert_eq!((right.status, &right.body["id"]), (200, &json!(ada.id)), "{}", right.text);
        assert_eq!(right.header("set-cookie"), "", "nobody is signed in by it");
        assert_eq!(
            told(&anybody(service, accept, &json!({"token": token, "password": PASSWORD})).await),
            (400, "link-ended")
        );
        let again = json!({"email": ada.sign_in, "grants": {"roles": ["clerk"]}});
        assert_eq!(told(&owner.post("/invitations", again).await), (409, "name-taken"), "a member already");

        invited(&owner, &bob.sign_in).await;
        let token = mails.token(&bob.sign_in, "join").await;
        assert_eq!(told(&ada_in.post(accept, json!({"token": token})).await), (409, "wrong-state"));
        assert_eq!(bob_in.post(accept, json!({"token": token})).await.status, 200);
        let chosen = bob_in.request(Method::PUT, "/session/tenant").json(&json!({"tenant": service.owner.tenant}));
        assert_eq!(sent(chosen).await.body["roles"], json!(["clerk"]));
        assert_eq!(bob_in.get("/customers").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_ends_when_it_is_revoked_sent_again_or_old() {
    on_both_behind(ALONE, async |service| {
        let mails = Mails::of(service);
        let owner = service.person(&[Role::Owner], &[], None).await;
        let offers = async |token: &str| anybody(service, "/invitations/offer", &json!({"token": token})).await;
        let id = invited(&owner, "grace@example.org").await;
        let first = mails.token("grace@example.org", "join").await;
        let again = owner.post(&format!("/invitations/{id}/send"), json!({})).await;
        assert_eq!(again.status, 200, "{}", again.text);
        let second = mails.token("grace@example.org", "join").await;
        assert_eq!((offers(&first).await.status, offers(&second).await.status), (400, 200));
        assert_eq!(owner.delete(&format!("/invitations/{id}")).await.status, 204);
        let unknown = offers("tgt_0000").await;
        assert_eq!((told(&unknown), unknown.places()), ((400, "link-ended"), vec!["/token"]));
        for ended in [first, second] {
            assert_eq!(offers(&ended).await.told(), unknown.told());
        }
        let id = invited(&owner, "grace@example.org").await;
        let third = mails.token("grace@example.org", "join").await;
        service.comes("2026-10-22T11:59:59Z").await;
        assert_eq!(offers(&third).await.status, 200);
        service.comes("2026-10-22T12:00:00Z").await;
        assert_eq!(offers(&third).await.told(), unknown.told());
        assert!(!service.get("/invitations").await.text.contains(&id));
    })
    .await;
}

#[tokio::test]
async fn h007_a_reset_is_asked_for_one_address_and_goes_to_the_stored_one() {
    on_both_behind(ALONE, async |service| {
        let mails = Mails::of(service);
        let user = service.user("Ada").await;
        for body in [
            json!({"sign_in": [user.sign_in, "evil@example.com"]}),
            json!({"sign_in": {"0": user.sign_in}}),
            json!({"sign_in": null}),
            json!({"sign_in": user.sign_in, "email": "evil@example.com"}),
            json!({"email": user.sign_in}),
            json!({}),
        ] {
            let reply = anybody(service, "/password-resets", &body).await;
            assert_eq!(told(&reply), (400, "unreadable"), "{body}: {}", reply.text);
        }
        let twice = format!(r#"{{"sign_in": "{}", "sign_in": "evil@example.com"}}"#, user.sign_in);
        let twice =
            service.anonymous(Method::POST, "/password-resets").header("content-type", "application/json").body(twice);
        assert_eq!(sent(twice).await.status, 400);
        assert_eq!(mails.all().await, []);
        let ask = async |who: &str| {
            let reply = anybody(service, "/password-resets", &json!({"sign_in": who})).await;
            assert_eq!((reply.status, reply.text.as_str()), (202, ""), "{who}: the same for everybody");
        };
        for nobody in [
            format!("{},evil@example.com", user.sign_in),
            format!("{}\r\nBcc: evil@example.com", user.sign_in),
            format!("evil@example.com, {}", user.sign_in),
            "nobody@example.com".to_owned(),
            String::new(),
        ] {
            ask(&nobody).await;
        }
        assert_eq!(mails.all().await, []);
        ask(&user.sign_in.to_uppercase()).await;
        mails.token(&user.sign_in, "reset").await;
    })
    .await;
}

#[tokio::test]
async fn h008_a_link_leads_to_the_public_address_whatever_a_request_says() {
    on_both_behind(ALONE, async |service| {
        let mails = Mails::of(service);
        let user = service.user("Ada").await;
        for (name, value) in [
            ("host", "evil.example.com"),
            ("x-forwarded-host", "evil.example.com"),
            ("x-forwarded-proto", "http"),
            ("forwarded", "host=evil.example.com;proto=http"),
            ("x-original-url", "http://evil.example.com/"),
        ] {
            let ask = service.anonymous(Method::POST, "/password-resets").header(name, value);
            assert_eq!(sent(ask.json(&json!({"sign_in": user.sign_in}))).await.status, 202, "{name}");
            // The token's mail is looked through for any other address. Three in an hour are mailed.
            mails.token(&user.sign_in, "reset").await;
            let next = service.engine.clock().now().millis() + 3_600_000;
            service.comes(&domain::time::Instant::clamped(next).to_string()).await;
        }
    })
    .await;
}

#[tokio::test]
async fn h009_of_fifty_resets_by_one_link_one_succeeds_and_all_sessions_end() {
    on_both_behind(ALONE, async |service| {
        let mails = Mails::of(service);
        let user = service.user("Ada").await;
        let sessions = [service.session(&user).await, service.session(&user).await];
        anybody(service, "/password-resets", &json!({"sign_in": user.sign_in})).await;
        let token = mails.token(&user.sign_in, "reset").await;
        let confirm = "/password-resets/confirm";
        let weak = anybody(service, confirm, &json!({"token": token, "password": "password12"})).await;
        assert_eq!((weak.status, weak.places()), (422, vec!["/password"]), "{}", weak.text);
        assert_eq!(sessions[0].get("/me").await.status, 200);
        let bodies: Vec<Value> = (0..50).map(|n| json!({"token": token, "password": format!("{NEW} {n}")})).collect();
        let outcomes = join_all(bodies.iter().map(|body| anybody(service, confirm, body))).await;
        let won: Vec<usize> = (0..50).filter(|n| outcomes[*n].status == 204).collect();
        assert_eq!(won.len(), 1);
        for lost in outcomes.iter().filter(|reply| reply.status != 204) {
            assert_eq!((told(lost), lost.places()), ((400, "link-ended"), vec!["/token"]), "{}", lost.text);
        }
        for session in &sessions {
            assert_eq!(session.get("/me").await.status, 401);
        }
        assert_eq!(service.signs_in(&user.sign_in, PASSWORD).await.status, 401);
        assert_eq!(service.signs_in(&user.sign_in, &format!("{NEW} {}", won[0])).await.status, 200);
        assert_eq!(told(&anybody(service, confirm, &bodies[0]).await), (400, "link-ended"));
    })
    .await;
}

fn set_up(token: &str, tenant: &Value) -> Value {
    let owner = json!({"sign_in": "grace@example.org", "email": "grace@example.org", "name": "Grace", "password": NEW});
    json!({"token": token, "tenant": tenant, "owner": owner})
}

#[tokio::test]
async fn the_set_up_makes_the_first_owner_once() {
    on_both_behind(ALONE, async |service| {
        let secret = setup_ticket(&service.engine).await.unwrap().unwrap();
        let link = PublicUrl::parse(URL).unwrap().link(Page::SetUp, &secret);
        let token = link.rsplit('/').next().unwrap();
        let tenant = json!({"name": "Example", "currency": "GBP", "time_zone": "Europe/London"});
        let unknown = anybody(service, "/setup", &set_up("tgt_0000", &tenant)).await;
        assert_eq!((told(&unknown), unknown.places()), ((400, "link-ended"), vec!["/token"]));
        let changed = |pointer: &str, value: &str| {
            let mut body = set_up(token, &tenant);
            *body.pointer_mut(pointer).unwrap() = json!(value);
            body
        };
        for (pointer, value) in [
            ("/tenant/name", ""),
            ("/tenant/currency", "pounds"),
            ("/tenant/time_zone", "Nowhere/Town"),
            ("/owner/sign_in", "\u{430}da@example.org"),
            ("/owner/name", ""),
            ("/owner/email", "grace@example.org\r\nBcc: evil@example.com"),
            ("/owner/password", "password12"),
        ] {
            let refused = anybody(service, "/setup", &changed(pointer, value)).await;
            assert_eq!((refused.status, refused.places()), (422, vec![pointer]), "{}", refused.text);
        }
        let body = set_up(token, &tenant);
        let outcomes = join_all((0..20).map(|_| anybody(service, "/setup", &body))).await;
        let made: Vec<&Reply> = outcomes.iter().filter(|reply| reply.status == 201).collect();
        assert_eq!(made.len(), 1, "one of those who try at once");
        for lost in outcomes.iter().filter(|reply| reply.status != 201) {
            assert_eq!(told(lost), (400, "link-ended"), "{}", lost.text);
        }
        assert_eq!(told(&anybody(service, "/setup", &body).await), (400, "link-ended"));
        assert!(setup_ticket(&service.engine).await.unwrap().is_none(), "the next start prints no link");
        let signed_in = service.signs_in("grace@example.org", NEW).await;
        assert_eq!((&signed_in.body["tenant"], &signed_in.body["roles"]), (&made[0].body["tenant"], &json!(["owner"])));
        let customer = service.anonymous(Method::POST, "/customers").header("cookie", cookie(&signed_in));
        let customer = customer.header("origin", URL).json(&json!({"organisation": "First", "mode": "postpaid"}));
        let customer = sent(customer).await;
        assert_eq!((customer.status, &customer.body["currency"]), (201, &json!("GBP")), "{}", customer.text);
    })
    .await;
}
