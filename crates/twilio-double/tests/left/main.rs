//! What Twilio has of a message: it is kept here and deleted there, whatever comes between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "../../../storage/tests/databases/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod databases;
#[path = "../../../engine/tests/engine/world.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod world;

use std::sync::Arc;
use std::time::{Duration, Instant as MachineInstant};

use domain::time::Instant;
use engine::Clock;
use engine::groups::{self, CallResult, Details, Group};
use engine::jobs::{Job, JobState, Runner};
use engine::recordings::{self, Inbox};
use engine::switching::Exchange;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use twilio::rest::{Client, Settings};
use twilio::signature::Tokens;
use twilio::switch::{AccountSettings, FORGETS, Forgetting, KEEPS, Keeping, Twilio, routes};
use twilio_double::{Account, Double, Line};
use url::Url;
use world::{World, on_both};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "a token of the account";
const PUBLIC: &str = "https://line.example.org/";
const NUMBER: &str = "+441632960000";
const CALLER: &str = "+441632960555";
/// Where nobody answers.
const NOWHERE: &str = "http://127.0.0.1:9/";
const MINUTE: i64 = 60_000;

/// A program that carries the account's calls, until it ends.
struct Program {
    twilio: Arc<Twilio>,
    running: Vec<JoinHandle<()>>,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.running.iter().for_each(JoinHandle::abort);
    }
}

/// A group at Twilio for which nobody is on duty.
struct Desk {
    world: World,
    double: Double,
    rest: Url,
    group: Group,
}

impl Desk {
    async fn open(world: World) -> Desk {
        let account = Account { sid: ACCOUNT.to_owned(), token: TOKEN.to_owned() };
        let (double, rest) = Double::start(account, None).await.unwrap();
        let at = |path: &str| Some(format!("{PUBLIC}webhooks/twilio/{path}").parse().unwrap());
        let line = Line { voice_url: at("voice"), status_callback: at("voice/status"), ..Line::default() };
        double.has_number(NUMBER, line);
        let details = Details { name: "Night line".to_owned(), numbers: vec![NUMBER.to_owned()], ..Details::default() };
        let group = world.run(async |work| groups::create(work, details).await).await.unwrap();
        Desk { world, double, rest, group }
    }

    /// A program begins, which asks Twilio there.
    async fn begins(&self, rest: &Url) -> Program {
        let exchange = Exchange::new(&self.world.engine);
        let settings = AccountSettings {
            tenant: self.world.actor.tenant,
            account: ACCOUNT.to_owned(),
            tokens: Tokens::new([TOKEN]),
            public_url: PUBLIC.parse().unwrap(),
        };
        let client = Client::new(Settings::new(ACCOUNT, TOKEN).unwrap().at(rest.as_str()).unwrap()).unwrap();
        let twilio = Twilio::new(&exchange, settings, client);
        exchange.attach(twilio.clone());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let real = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = routes(twilio.clone());
        self.double.reaches((PUBLIC.parse().unwrap(), real));
        let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Program { twilio, running: vec![tokio::spawn(exchange.run()), served] }
    }

    /// Waits until it is written down that so many calls have left a message.
    async fn has_left(&self, messages: usize) {
        let started = MachineInstant::now();
        loop {
            let span = (Instant::FIRST, Instant::LAST);
            let calls = groups::calls(&mut self.world.view().await, &self.group.id, span, None, 50).await.unwrap();
            if calls.iter().filter(|call| call.result == CallResult::Message).count() == messages {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "{calls:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Somebody leaves a message: the id of the recording at Twilio.
    async fn message(&self) -> String {
        let caller = self.double.calls(CALLER, NUMBER).await.unwrap().hears("leave a message").await.unwrap();
        caller.leaves_message(b"RIFF of a message", 12).await.unwrap().becomes("completed").await.unwrap();
        self.double.recordings().pop().unwrap().sid
    }

    /// The messages that are kept, each with its caller.
    async fn kept(&self) -> Vec<(String, String)> {
        let page = recordings::of_group(&mut self.world.view().await, &self.group.id, None, None, 50).await.unwrap();
        page.into_iter().map(|message| (message.id, message.from)).collect()
    }

    async fn job(&self, kind: &str, sid: &str) -> Option<Job> {
        let jobs = engine::jobs::page(&mut self.world.view().await, None, None, 50).await.unwrap();
        jobs.into_iter().find(|job| job.key == format!("{kind}/{sid}"))
    }

    /// Waits until there is such a job.
    async fn has_job(&self, kind: &str, sid: &str) -> Job {
        let started = MachineInstant::now();
        loop {
            if let Some(job) = self.job(kind, sid).await {
                return job;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "no job {kind}/{sid}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Some minutes pass, and a program does what is due.
    async fn pass(&self, program: &Program, minutes: i64) {
        self.world.clock.move_to(Instant::clamped(self.world.clock.now().millis() + minutes * MINUTE));
        let runner = Runner::new(self.world.engine.clone(), "test")
            .handle(KEEPS, Arc::new(Keeping(program.twilio.clone())), 1)
            .handle(FORGETS, Arc::new(Forgetting(program.twilio.clone())), 1);
        runner.run_due().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_is_deleted_at_twilio_by_the_next_program_too() {
    on_both(async |world: World| {
        let desk = Desk::open(world).await;
        let first = desk.begins(&desk.rest).await;
        let sid = desk.message().await;
        desk.has_job(FORGETS, &sid).await;
        assert_eq!(desk.kept().await.len(), 1);
        assert_eq!(desk.double.recordings().len(), 1, "it is still to be understood");
        drop(first);
        let second = desk.begins(&desk.rest).await;
        desk.pass(&second, 9).await;
        assert_eq!(desk.double.recordings().len(), 1, "it is still to be understood");
        // Twilio has too much to do at first.
        for _ in 0..3 {
            desk.double.answers_next(503, None);
        }
        desk.pass(&second, 1).await;
        assert_eq!(desk.has_job(FORGETS, &sid).await.state, JobState::Waiting);
        assert_eq!(desk.double.recordings().len(), 1);
        desk.pass(&second, 1).await;
        assert_eq!(desk.double.recordings().len(), 0);
        for kind in [KEEPS, FORGETS] {
            let job = desk.has_job(kind, &sid).await;
            assert_eq!((job.state, job.payload.as_str()), (JobState::Done, ""), "{kind}");
        }
        assert_eq!(desk.kept().await.len(), 1, "here it stays");
        assert_eq!(desk.double.faults(), [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_a_program_left_behind_is_kept_by_the_next_one() {
    on_both(async |world: World| {
        let desk = Desk::open(world).await;
        let first = desk.begins(&NOWHERE.parse().unwrap()).await;
        let sid = desk.message().await;
        desk.has_job(KEEPS, &sid).await;
        desk.has_left(1).await;
        drop(first);
        assert_eq!(desk.kept().await, []);
        let second = desk.begins(&desk.rest).await;
        desk.pass(&second, 1).await;
        let kept = desk.kept().await;
        let [(id, from)] = &kept[..] else { panic!("one: {kept:?}") };
        assert!(from.starts_with("caller-"), "under the name of its caller: {from}");
        let shown = recordings::get(&mut desk.world.view().await, Inbox::OfGroups, id).await.unwrap();
        assert_eq!((shown.to.as_str(), shown.media_type.as_str()), (NUMBER, "audio/wav"));
        // What is deleted here is not fetched again, as long as it is still there.
        recordings::delete(&desk.world.engine, &desk.world.actor, (Inbox::OfGroups, id)).await.unwrap();
        desk.double.answers_next(404, None);
        desk.pass(&second, 10).await;
        assert_eq!(desk.has_job(FORGETS, &sid).await.state, JobState::Done, "what Twilio does not know is gone");
        desk.pass(&second, 60).await;
        assert_eq!(desk.kept().await, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_understood_is_deleted_at_twilio_too() {
    on_both(async |world: World| {
        let desk = Desk::open(world).await;
        let program = desk.begins(&desk.rest).await;
        for text in [Some("Call me back."), None] {
            let sid = desk.message().await;
            desk.has_job(FORGETS, &sid).await;
            desk.double.transcribes(&sid, text).await.unwrap();
            let [transcription] = &desk.double.transcriptions()[..] else { panic!("one") };
            desk.has_job(FORGETS, transcription).await;
            desk.pass(&program, 0).await;
            assert_eq!(desk.double.transcriptions(), [""; 0], "{text:?}");
            desk.pass(&program, 10).await;
            assert_eq!(desk.double.recordings().len(), 0, "{text:?}");
        }
        let (id, _) = desk.kept().await.pop().unwrap();
        let mut view = desk.world.view().await;
        let message = recordings::get(&mut view, Inbox::OfGroups, &id).await.unwrap();
        assert_eq!(recordings::transcript(&mut view, &message).await.unwrap().as_deref(), Some("Call me back."));
    })
    .await;
}
