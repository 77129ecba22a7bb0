//! What a case is about, whatever carries its calls: a group with its people and its roster, what is on record of its calls, and what is mailed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::time::Instant;
use engine::Role;
use engine::billing::LetterText;
use engine::groups::{self, Group, GroupCall};
use engine::jobs::Runner;
use engine::mailer::{Mail, MailFailure, Mailbox, Mailer};
use engine::notices::{NOTICES, Notice, NoticeWords, Notices};
use engine::people::PublicUrl;
use engine::people::memberships::{self, Grants};
use engine::people::users::{self, NewUser};
use engine::recordings::{MESSAGES, Waited};
use engine::tenants::Tenant;
use futures::future::BoxFuture;
use serde_json::Value;

use super::{Case, all, roster};
use crate::world::World;

/// How long it is waited for what comes by itself.
const WAITS: Duration = Duration::from_secs(10);

/// The group of a case in its world.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) group: Group,
    /// The ids of its people, by their names in the scenario.
    people: HashMap<String, String>,
    mails: Arc<Post>,
}

/// What was mailed.
struct Post(Mailbox, Mutex<Vec<String>>);

impl Mailer for Post {
    fn sender(&self) -> &Mailbox {
        &self.0
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>> {
        self.1.lock().unwrap().push(format!("{} {}", mail.to.address, mail.text));
        Box::pin(async { Ok(()) })
    }
}

struct Words;

impl NoticeWords for Words {
    fn notice(&self, notice: &Notice, _: &Tenant, _: &PublicUrl) -> Result<LetterText, String> {
        let text = serde_json::to_string(&notice.about).unwrap();
        Ok(LetterText { subject: "A notice".to_owned(), text, html: String::new() })
    }
}

impl Scene {
    /// Makes the group, and moves the clock to the case's instant. What is said there has these sounds, where a switch needs some.
    pub(crate) async fn new(world: World, case: &Case, sounds: fn(&str) -> Option<&'static str>) -> Scene {
        let (group, people) = roster::made(&world, &case.scenario, sounds).await;
        if case.expects("alert") {
            has_owner(&world).await;
        }
        world.clock.move_to(Instant::parse(&case.at).unwrap());
        let sender = Mailbox { name: None, address: "line@example.org".into() };
        Scene { world, group, people, mails: Arc::new(Post(sender, Mutex::default())) }
    }

    /// What is not as it should be of the calls on record, of mails, and of what owners are told.
    pub(crate) async fn faults(&self, expect: &Value) -> Vec<String> {
        let mut faults = self.mail_faults(expect).await;
        faults.extend(self.record_faults(expect).await);
        if let Some(kind) = expect["alert"]["kind"].as_str()
            && !within(async || self.told_owners().await.iter().any(|key| key.contains(kind))).await
        {
            faults.push(format!("nobody is told of {kind}"));
        }
        faults
    }

    /// The calls of the group that are on record.
    pub(crate) async fn calls(&self) -> Vec<GroupCall> {
        let span = (Instant::FIRST, Instant::LAST);
        groups::calls(&mut self.world.view().await, &self.group.id, span, None, 50).await.unwrap()
    }

    /// Does the jobs that are due, and tells what was mailed in all.
    pub(crate) async fn mailed(&self) -> Vec<String> {
        let mailer: Arc<dyn Mailer> = self.mails.clone();
        let url = PublicUrl::parse("https://line.example.org").unwrap();
        let notices = Notices::new(Arc::new(Words), Some(mailer), url);
        let runner = Runner::new(self.world.engine.clone(), "test").handle(MESSAGES, Arc::new(Waited), 1).handle(
            NOTICES,
            Arc::new(notices),
            1,
        );
        while runner.run_due().await.unwrap() > 0 {}
        self.mails.1.lock().unwrap().clone()
    }

    /// What is to be mailed to the owner.
    async fn told_owners(&self) -> Vec<String> {
        let jobs = engine::jobs::page(&mut self.world.view().await, None, None, 50).await.unwrap();
        jobs.into_iter().map(|job| job.key).filter(|key| key.contains("owner@example.org")).collect()
    }

    async fn mail_faults(&self, expect: &Value) -> Vec<String> {
        let count = |field: &str| expect[field].as_u64().and_then(|count| usize::try_from(count).ok());
        let (exactly, at_most) = (count("emails"), count("emails_at_most"));
        let words: Vec<&str> = all(expect, "email_contains").iter().filter_map(Value::as_str).collect();
        if exactly.is_none() && at_most.is_none() && words.is_empty() {
            return Vec::new();
        }
        if let Some(exactly) = exactly.filter(|count| *count > 0) {
            within(async || self.mailed().await.len() >= exactly).await;
        } else {
            // What must not come has a moment for it.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mailed = self.mailed().await;
        let mut faults = Vec::new();
        if exactly.is_some_and(|count| count != mailed.len()) || at_most.is_some_and(|count| mailed.len() > count) {
            faults.push(format!("mailed: {mailed:?}"));
        }
        for words in words.into_iter().filter(|words| !mailed.iter().any(|mail| mail.contains(words))) {
            faults.push(format!("no mail says {words:?}: {mailed:?}"));
        }
        faults
    }

    async fn record_faults(&self, expect: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let person = |id: &Value| id.as_str().and_then(|id| self.people.get(id));
        if let Some(record) = expect["call_record"].as_object() {
            let by = record.get("by").and_then(person);
            let fits = |call: &GroupCall| {
                record["result"] == call.result.name() && (by.is_none() || call.agent.as_ref() == by)
            };
            if !within(async || self.calls().await.iter().any(fits)).await {
                faults.push(format!("on record is {:?}", self.calls().await));
            }
        }
        if let Some(attempt) = expect["attempt"].as_object() {
            let fits = |call: &GroupCall| {
                call.attempts.iter().any(|made| {
                    Some(&made.agent) == person(&attempt["volunteer"]) && attempt["result"] == made.result.name()
                })
            };
            if !within(async || self.calls().await.iter().any(fits)).await {
                faults.push(format!("on record is {:?}", self.calls().await));
            }
        }
        if let Some(count) = expect["calls_recorded"].as_u64() {
            let recorded = self.calls().await.len();
            if count != recorded as u64 {
                faults.push(format!("{recorded} calls are on record"));
            }
        }
        faults
    }
}

/// Somebody owns the lines, and has an address.
async fn has_owner(world: &World) {
    let new = NewUser {
        sign_in: "owner".to_owned(),
        email: Some("owner@example.org".to_owned()),
        name: "Robin Example".to_owned(),
        language: None,
        password: None,
    };
    let owner = users::create(&world.engine, &world.actor, new).await.unwrap();
    let grants = Grants { roles: Role::Owner.into(), ..Grants::default() };
    world.run(async |work| memberships::give(work, &owner.id, grants).await).await.unwrap();
}

/// Whether something comes to be so by itself.
pub(crate) async fn within(is_so: impl AsyncFn() -> bool) -> bool {
    let comes = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(WAITS, comes).await.is_ok()
}
