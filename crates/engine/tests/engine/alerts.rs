//! Who is told when a limit against fraud is reached.

use std::sync::{Arc, Mutex};

use domain::limits::LimitReached;
use engine::billing::LetterText;
use engine::charging::{NewSession, Refused, Step};
use engine::jobs::Runner;
use engine::mailer::{Mail, MailFailure, Mailbox, Mailer};
use engine::notices::{About, NOTICES, Notice, NoticeWords, Notices};
use engine::people::PublicUrl;
use engine::tenants::{Fraud, Tenant};
use engine::{Role, alerts};
use futures::future::BoxFuture;
use serde_json::json;

use crate::charging::{authorize, call, prepaid, step, wait};
use crate::world::{World, on_both};

struct Words;

impl NoticeWords for Words {
    fn notice(&self, notice: &Notice, tenant: &Tenant, url: &PublicUrl) -> Result<LetterText, String> {
        let about = match &notice.about {
            About::FraudAlert { customer, line, suspended, .. } => {
                format!("{customer} on {line}, suspended: {suspended}")
            }
            About::Voicemail { line, from, seconds } => {
                format!("{seconds} s of {from} for {line}, at {}", url.as_str())
            }
            About::GroupMessage { group, caller, seconds, transcript, follows, .. } => {
                let (then, said) = (if *follows { ", follows" } else { "" }, transcript.as_deref());
                let said = said.map(|said| format!(": {said}")).unwrap_or_default();
                format!("{seconds} s of {} for {group}{then}{said}", caller.as_deref().unwrap_or_default())
            }
            About::MissedCall { group, caller, called_at, .. } => {
                format!("missed {} by {group} on {called_at}", caller.as_deref().unwrap_or_default())
            }
            other => panic!("{other:?}"),
        };
        let subject = format!("{}: {about}", tenant.name);
        Ok(LetterText { subject, text: String::new(), html: String::new() })
    }
}

struct Post(Mailbox, Mutex<Vec<String>>);

impl Mailer for Post {
    fn sender(&self) -> &Mailbox {
        &self.0
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>> {
        self.1.lock().unwrap().push(format!("{}: {}", mail.to.address, mail.subject));
        Box::pin(async { Ok(()) })
    }
}

/// Has the mails that wait sent, and tells them.
pub(crate) async fn mailed(world: &World) -> Vec<String> {
    let post = Arc::new(Post(Mailbox { name: None, address: "calls@example.org".into() }, Mutex::default()));
    let mailer: Arc<dyn Mailer> = post.clone();
    let url = PublicUrl::parse("https://phones.example.org").unwrap();
    let runner = Runner::new(world.engine.clone(), "test").handle(
        NOTICES,
        Arc::new(Notices::new(Arc::new(Words), Some(mailer), url)),
        1,
    );
    while runner.run_due().await.unwrap() > 0 {}
    let mut told = post.1.lock().unwrap().clone();
    told.sort();
    told
}

#[tokio::test]
async fn owners_are_told_of_an_alert_or_whom_the_tenant_has_named() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "5", json!({"price_per_minute": "0.60"})).await;
        world.member("owner@example.org", Role::Owner).await;
        world.member("clerk@example.org", Role::Clerk).await;
        let risky = |origin: &str| NewSession { to: "+979123456".into(), ..call(origin, &line) };
        for number in 0..3 {
            let refused = authorize(&world, risky(&format!("pbx:{number}"))).await;
            assert!(matches!(refused, Err(Refused::Limit(LimitReached::RiskyPrefix { .. }))));
        }
        let text = "Helpline: Prepaid on 0001, suspended: false";
        assert_eq!(mailed(&world).await, [format!("owner@example.org: {text}")]);
        // The next day it is told again: to those who are named now.
        let named = vec!["fraud@example.org".to_owned(), "night@example.org".to_owned()];
        world.settings(|settings| settings.fraud = Fraud { alert_to: named, ..Fraud::default() }).await;
        wait(&world, 86_400);
        authorize(&world, risky("pbx:next day")).await.unwrap_err();
        let expected = ["fraud@example.org", "night@example.org"].map(|address| format!("{address}: {text}"));
        assert_eq!(mailed(&world).await, expected);
        assert_eq!(alerts::page(&mut world.view().await, true, None, 10).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_tenant_has_two_hundred_calls_at_once_if_nobody_has_said_more() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "5000", json!({"price_per_minute": "0.60"})).await;
        let shipped = Fraud::default().tenant_calls_at_once;
        world.settings(|settings| settings.fraud.tenant_calls_at_once = shipped).await;
        let callers = (0..210).map(|caller| {
            let (world, line) = (&world, &line);
            async move { authorize(world, call(&format!("pbx:{caller}"), line)).await }
        });
        let outcomes = futures::future::join_all(callers).await;
        let reached = Refused::Limit(LimitReached::TenantCallsAtOnce { limit: 200 });
        let refused = outcomes.iter().filter(|outcome| outcome.as_ref().err() == Some(&reached)).count();
        assert_eq!((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), refused), (200, 10));
    })
    .await;
}

#[tokio::test]
async fn the_calls_of_a_tenant_are_limited_together() {
    on_both(async |world: World| {
        let (_, line) = prepaid(&world, "50", json!({"price_per_minute": "0.60"})).await;
        world.settings(|settings| settings.fraud.tenant_calls_at_once = Some(3)).await;
        let callers = (0..50).map(|caller| {
            let (world, line) = (&world, &line);
            async move { authorize(world, call(&format!("pbx:{caller}"), line)).await }
        });
        let outcomes = futures::future::join_all(callers).await;
        let reached = LimitReached::TenantCallsAtOnce { limit: 3 };
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
        let mut refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(refused.all(|refused| *refused == Refused::Limit(reached.clone())));
        let emergency = NewSession { to: "4911".into(), ..call("pbx:emergency", &line) };
        authorize(&world, emergency).await.unwrap();
        let first = outcomes.into_iter().find_map(Result::ok).unwrap();
        step(&world, &first.session, Step::Release).await.unwrap();
        authorize(&world, call("pbx:next", &line)).await.unwrap();
        assert_eq!(authorize(&world, call("pbx:last", &line)).await, Err(Refused::Limit(reached)));
    })
    .await;
}
