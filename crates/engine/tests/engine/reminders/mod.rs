//! What agents are told of their shifts, and coordinators of gaps.

mod changes;
mod evenings;
mod gaps;
mod once;
mod texts;

use std::sync::{Arc, Mutex};

use domain::roster::{Change, Days, Hours, TimeOfDay};
use domain::time::{Instant, Zone};
use engine::agents::{self, Details};
use engine::billing::LetterText;
use engine::groups::{self, NewOverride, NewShift, Reminders};
use engine::jobs::Runner;
use engine::mailer::{Mail, MailFailure, Mailbox, Mailer};
use engine::notices::{About, NOTICES, Notice, NoticeWords, Notices};
use engine::people::PublicUrl;
use engine::people::letters::{self, LETTERS, Letter, Letters, Occasion};
use engine::reminders::{self, GapMails, REMINDERS, Reminding};
use engine::tenants::Tenant;
use futures::future::BoxFuture;

use crate::world::{World, at};

/// Writes what a mail tells in a line, with the times of UTC.
struct Words;

fn clock(at: Instant) -> String {
    at.to_string()[11..16].to_owned()
}

impl NoticeWords for Words {
    fn notice(&self, notice: &Notice, _: &Tenant, _: &PublicUrl) -> Result<LetterText, String> {
        let subject = match &notice.about {
            About::Shifts { date, changed, shifts, .. } => {
                let each =
                    shifts.iter().map(|shift| format!("{} {}-{}", shift.name, clock(shift.start), clock(shift.end)));
                let mark = if *changed { " changed" } else { "" };
                format!("{date}{mark}: {}", each.collect::<Vec<_>>().join(", "))
            }
            About::Gaps { gaps } => {
                let each = gaps
                    .iter()
                    .map(|gap| format!("{} {}-{} {}/{}", gap.group, gap.start, gap.end, gap.staffed, gap.wanted));
                each.collect::<Vec<_>>().join(", ")
            }
            About::Swap { news, swap } => {
                format!("{news:?}: {} for {} on {}", swap.taken_by, swap.offered_by, swap.date)
            }
            other => panic!("{other:?}"),
        };
        Ok(LetterText { subject, text: String::new(), html: String::new() })
    }
}

impl Letters for Words {
    fn write(&self, letter: &Letter) -> Result<LetterText, String> {
        let Occasion::Swap { swap, .. } = &letter.occasion else { panic!("{:?}", letter.occasion) };
        let subject = format!("{} offers {}: {}", swap.offered_by, swap.date, letter.link);
        Ok(LetterText { subject, text: String::new(), html: String::new() })
    }
}

/// A mail server that takes everything, unless it is told to fail.
pub(super) struct Post {
    sender: Mailbox,
    sent: Mutex<Vec<String>>,
    fails: Mutex<Option<MailFailure>>,
}

impl Post {
    pub(super) fn new() -> Arc<Post> {
        let sender = Mailbox { name: None, address: "roster@example.org".into() };
        Arc::new(Post { sender, sent: Mutex::default(), fails: Mutex::default() })
    }

    pub(super) fn fails(&self, failure: Option<MailFailure>) {
        *self.fails.lock().unwrap() = failure;
    }

    /// The mails that have come since it was asked last, sorted.
    pub(super) fn come(&self) -> Vec<String> {
        let mut come = std::mem::take(&mut *self.sent.lock().unwrap());
        come.sort();
        come
    }
}

impl Mailer for Post {
    fn sender(&self) -> &Mailbox {
        &self.sender
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>> {
        Box::pin(async {
            if let Some(failure) = self.fails.lock().unwrap().clone() {
                return Err(failure);
            }
            self.sent.lock().unwrap().push(format!("{}: {}", mail.to.address, mail.subject));
            // Whoever sends at the same time comes in between.
            tokio::task::yield_now().await;
            Ok(())
        })
    }
}

/// What runs by itself, as in the server.
pub(super) fn runner(engine: &engine::Engine, post: &Arc<Post>) -> Runner {
    let mailer: Arc<dyn Mailer> = post.clone();
    let url = PublicUrl::parse("https://phones.example.org").unwrap();
    let letters = letters::Post::new(Arc::new(Words), Some(mailer.clone()), url.clone());
    Runner::new(engine.clone(), "test")
        .handle(LETTERS, Arc::new(letters), 4)
        .daily(REMINDERS, Arc::new(Reminding), 1)
        .daily_at(TimeOfDay::MORNING, GapMails::KIND, Arc::new(GapMails), 1)
        .handle(NOTICES, Arc::new(Notices::new(Arc::new(Words), Some(mailer), url)), 4)
}

/// Moves the clock and does what is due: the mails that have come of it.
pub(super) async fn until(world: &World, post: &Arc<Post>, instant: &str) -> Vec<String> {
    world.clock.move_to(at(instant));
    due(world, post).await
}

/// Does what is due: the mails that have come of it.
pub(super) async fn due(world: &World, post: &Arc<Post>) -> Vec<String> {
    runner(&world.engine, post).run_due().await.unwrap();
    post.come()
}

/// An agent with an address of its name.
pub(super) async fn agent(world: &World, name: &str) -> String {
    let details = Details { email: Some(format!("{}@example.org", name.to_lowercase())), ..Details::default() };
    agent_with(world, name, details).await
}

pub(super) async fn agent_with(world: &World, name: &str, details: Details) -> String {
    world.run(async |work| agents::create(work, name.into(), details).await).await.unwrap().id
}

/// Changes an agent's details.
pub(super) async fn change_agent(world: &World, id: &str, change: impl FnOnce(&mut Details)) {
    let known = agents::get(&mut world.view().await, id).await.unwrap();
    let mut details = known.details;
    change(&mut details);
    world.run(async |work| agents::update(work, id, known.name, details, known.version).await).await.unwrap();
}

/// A group of London (or another zone) that reminds at this time.
pub(super) async fn group(world: &World, name: &str, zone: &str, time: &str) -> String {
    let reminders = Reminders { enabled: true, at: time.parse().unwrap() };
    let zone = Some(Zone::named(zone).unwrap());
    let details = groups::Details { name: name.into(), zone, wanted: 1, reminders, ..groups::Details::default() };
    world.run(async |work| groups::create(work, details).await).await.unwrap().id
}

pub(super) async fn change_group(world: &World, id: &str, change: impl FnOnce(&mut groups::Details)) {
    let known = groups::get(&mut world.view().await, id).await.unwrap();
    let mut details = known.details;
    change(&mut details);
    world.run(async |work| groups::update(work, id, details, known.version).await).await.unwrap();
}

pub(super) fn shift(agent: &str, day: u8, hours: &str) -> NewShift {
    NewShift {
        agent: agent.to_owned(),
        days: Days::new(&[day]).unwrap(),
        hours: hours.parse().unwrap(),
        zone: None,
        every_weeks: 1,
        from: None,
        until: None,
        priority: 1,
    }
}

/// Adds a weekly shift, 0 for Monday.
pub(super) async fn add_shift(world: &World, group: &str, agent: &str, day: u8, hours: &str) -> String {
    let new = shift(agent, day, hours);
    world.run(async |work| groups::add_shift(work, group, new).await).await.unwrap().shift.id
}

/// Changes a whole date.
pub(super) async fn add_override(world: &World, group: &str, date: &str, change: Change) -> String {
    let new = NewOverride { date: date.parse().unwrap(), hours: Hours::ALL_DAY, change };
    world.run(async |work| groups::add_override(work, group, new).await).await.unwrap().id
}

pub(super) async fn delete_override(world: &World, id: &str) {
    world.run(async |work| groups::delete_override(work, id).await).await.unwrap();
}

/// How it stands with the reminders of a date: "agent state times", by agent.
pub(super) async fn states(world: &World, date: &str) -> Vec<String> {
    let found = reminders::of_date(&mut world.view().await, date.parse().unwrap()).await.unwrap();
    found.iter().map(|row| format!("{} {} {}", row.agent, row.state.name(), row.times)).collect()
}
