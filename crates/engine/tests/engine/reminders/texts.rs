//! What agents are told by short messages, and what becomes of those.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::roster::Change;
use domain::sms::SmsState;
use engine::Clock;
use engine::agents::{self, Availability, Details};
use engine::jobs::{self, Job, JobState};
use engine::phone_checks::{self, PhoneCheckError};
use engine::reminders;
use engine::sms::{
    self, Delivery, IncomingSms, OutgoingSms, SMS, SmsCarrier, SmsFailure, SmsTaken, Texting, delivered,
};
use engine::switching::Exchange;
use futures::future::BoxFuture;

use super::{Post, add_override, add_shift, agent_with, change_agent, group, runner, states};
use crate::world::{World, at, on_both};

const OWN: &str = "+441632960000";
const ANN: &str = "+441632960011";
const BOB: &str = "+441632960012";
const CY: &str = "+441632960013";
const NOTHING: [&str; 0] = [];

/// Takes everything, but for the numbers of which it says something else.
#[derive(Default)]
struct Carrier {
    says: Mutex<HashMap<String, SmsFailure>>,
    /// What it was asked: the number, and the text.
    asked: Mutex<Vec<String>>,
}

impl Carrier {
    fn says(&self, number: &str, failure: Option<SmsFailure>) {
        let mut says = self.says.lock().unwrap();
        match failure {
            Some(failure) => says.insert(number.to_owned(), failure),
            None => says.remove(number),
        };
    }

    /// What it was asked since this was called last, sorted.
    fn asked(&self) -> Vec<String> {
        let mut asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.sort();
        asked
    }
}

impl SmsCarrier for Carrier {
    fn carries(&self, tenant: i64) -> bool {
        tenant == 1
    }

    fn send<'a>(&'a self, sms: &'a OutgoingSms) -> BoxFuture<'a, Result<SmsTaken, SmsFailure>> {
        Box::pin(async move {
            assert_eq!(sms.from, OWN);
            self.asked.lock().unwrap().push(format!("{} {}", sms.to, sms.text));
            match self.says.lock().unwrap().get(&sms.to) {
                Some(failure) => Err(failure.clone()),
                None => Ok(SmsTaken { carrier_id: format!("SM{}", sms.id), state: SmsState::Accepted }),
            }
        })
    }
}

fn refused(code: u32, is_stopped: bool) -> SmsFailure {
    SmsFailure::Refused { code: Some(code), reason: format!("the carrier answers {code}"), is_stopped }
}

/// A world that sends short messages, and what carries them.
struct Texts {
    world: World,
    post: Arc<Post>,
    carrier: Arc<Carrier>,
    line: String,
}

impl Texts {
    async fn new(world: World) -> Texts {
        world.settings(|settings| settings.sms.number = Some("+44 1632 960000".into())).await;
        let line = group(&world, "Line", "Europe/London", "18:00").await;
        Texts { world, post: Post::new(), carrier: Arc::default(), line }
    }

    /// An agent who wants short messages, with a shift on Tuesdays.
    async fn agent(&self, name: &str, phone: &str, email: Option<&str>) -> String {
        let phones = vec!["0042".to_owned(), phone.to_owned()];
        let details = Details { phones, email: email.map(str::to_owned), ..Details::default() };
        let agent = agent_with(&self.world, name, details).await;
        self.wants(&agent, true).await;
        add_shift(&self.world, &self.line, &agent, 1, "08:00-10:00").await;
        agent
    }

    async fn wants(&self, agent: &str, wants: bool) {
        let version = agents::get(&mut self.world.view().await, agent).await.unwrap().version;
        let availability = Availability { blackouts: Vec::new(), reminders: true, sms_reminders: Some(wants) };
        let set = self.world.run(async |work| agents::set_availability(work, agent, availability, version).await);
        assert_eq!(set.await.unwrap().details.sms_reminders, wants);
    }

    /// Does what is due: what the carrier was asked.
    async fn due(&self) -> Vec<String> {
        let texting = Texting::new(vec![self.carrier.clone()]);
        runner(&self.world.engine, &self.post).handle(SMS, Arc::new(texting), 4).run_due().await.unwrap();
        self.carrier.asked()
    }

    async fn until(&self, instant: &str) -> Vec<String> {
        self.world.clock.move_to(at(instant));
        self.due().await
    }

    /// Somebody writes to the number: what is answered.
    async fn writes(&self, origin: &str, from: &str, text: &str) -> Option<String> {
        let sms = IncomingSms {
            origin: origin.to_owned(),
            from: from.to_owned(),
            to: OWN.to_owned(),
            text: text.to_owned(),
            is_answered: false,
        };
        sms::incoming(&Exchange::new(&self.world.engine), 1, &sms).await.unwrap()
    }

    /// How it stands with the short messages: "number state code", by number.
    async fn standing(&self) -> Vec<String> {
        let all = sms::page(&mut self.world.view().await, None, None, 50).await.unwrap();
        let mut told: Vec<String> = all
            .into_iter()
            .map(|sms| {
                format!(
                    "{} {} {}",
                    sms.to,
                    sms.state.name(),
                    sms.code.map_or_else(String::new, |code| code.to_string())
                )
            })
            .collect();
        told.sort();
        told
    }

    async fn jobs(&self, state: JobState) -> Vec<Job> {
        let all = jobs::page(&mut self.world.view().await, Some(state), None, 200).await.unwrap();
        all.into_iter().filter(|job| job.kind == SMS).collect()
    }

    async fn delivers(&self, id: &str, told: &str, state: SmsState, code: Option<u32>) -> bool {
        let told = Some(told.to_owned());
        let delivery =
            Delivery { id: id.to_owned(), carrier_id: told, state, code, reason: code.map(|_| "gone".into()) };
        self.world.run(async |work| delivered(work, &delivery).await).await.unwrap()
    }
}

fn reminder(number: &str) -> String {
    format!("{number} Your shifts on 2026-03-03: 08:00-10:00 Line. STOP ends these messages.")
}

#[tokio::test]
async fn an_invalid_number_among_good_ones_stops_nobody() {
    on_both(async |world: World| {
        let texts = Texts::new(world).await;
        let ann = texts.agent("Ann", ANN, Some("ann@example.org")).await;
        let bob = texts.agent("Bob", BOB, None).await;
        let cy = texts.agent("Cy", CY, None).await;
        texts.carrier.says(BOB, Some(refused(21211, false)));
        assert_eq!(texts.due().await, NOTHING);
        let asked = texts.until("2026-03-02T18:00:00Z").await;
        assert_eq!(asked, [reminder(ANN), reminder(BOB), reminder(CY)]);
        assert_eq!(texts.post.come(), ["ann@example.org: 2026-03-03: Line 08:00-10:00"]);
        assert_eq!(
            texts.standing().await,
            [format!("{ANN} accepted "), format!("{BOB} failed 21211"), format!("{CY} accepted ")]
        );
        // Who is told by short messages alone is told if those are taken.
        let told = [format!("{ann} sent 1"), format!("{bob} failed 1"), format!("{cy} sent 1")];
        assert_eq!(states(&texts.world, "2026-03-03").await, told);
        let failed = texts.jobs(JobState::Failed).await;
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].last_error.as_deref(), Some("the carrier answers 21211"));
        let found = reminders::of_date(&mut texts.world.view().await, "2026-03-03".parse().unwrap()).await.unwrap();
        let of_bob = found.iter().find(|told| told.agent == bob).unwrap();
        assert_eq!(of_bob.reason.as_deref(), Some("the carrier answers 21211"));
        assert_eq!(of_bob.sms.as_ref().unwrap().code, Some(21211));
        // Nobody is asked again, whatever begins again; a change is told once more.
        for instant in ["2026-03-02T18:00:01Z", "2026-03-02T23:00:00Z"] {
            assert_eq!(texts.until(instant).await, NOTHING);
        }
        add_override(&texts.world, &texts.line, "2026-03-03", Change::Remove { agent: cy.clone() }).await;
        let changed = format!("{CY} Changed: your shifts on 2026-03-03: none any more. STOP ends these messages.");
        assert_eq!(texts.due().await, [changed]);
        assert_eq!(texts.due().await, NOTHING);
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_short_messages_who_does_not_want_them() {
    on_both(async |world: World| {
        let texts = Texts::new(world).await;
        let ann = texts.agent("Ann", ANN, Some("ann@example.org")).await;
        let bob = texts.agent("Bob", "0043", None).await;
        texts.wants(&ann, false).await;
        // An edit of the rest says nothing of it.
        texts.wants(&bob, true).await;
        change_agent(&texts.world, &bob, |details| details.sms_reminders = false).await;
        let kept = agents::get(&mut texts.world.view().await, &bob).await.unwrap();
        assert!(kept.details.sms_reminders);
        assert_eq!(texts.until("2026-03-02T18:00:00Z").await, NOTHING);
        assert_eq!(states(&texts.world, "2026-03-03").await, [format!("{ann} sent 1"), format!("{bob} no_address 1")]);
        // With a number of the world after all.
        change_agent(&texts.world, &bob, |details| details.phones = vec![BOB.into()]).await;
        assert_eq!(texts.due().await, [reminder(BOB)]);
        assert_eq!(states(&texts.world, "2026-03-03").await, [format!("{ann} sent 1"), format!("{bob} sent 2")]);
        // Where the tenant has no number, nobody gets any.
        texts.world.settings(|settings| settings.sms.number = None).await;
        texts.wants(&ann, true).await;
        assert_eq!(texts.until("2026-03-09T18:00:00Z").await, NOTHING);
    })
    .await;
}

#[tokio::test]
async fn whoever_has_said_stop_is_sent_nothing() {
    on_both(async |world: World| {
        let texts = Texts::new(world).await;
        let ann = texts.agent("Ann", ANN, None).await;
        let bob = texts.agent("Bob", BOB, None).await;
        let stop = async |other: &str| {
            let mut tx = texts.world.engine.store().write().await.unwrap();
            storage::sms_stops::stop(&mut tx, 1, (OWN, other), 1).await.unwrap();
            tx.commit().await.unwrap();
        };
        stop(ANN).await;
        // The carrier knows of one of whom we do not.
        texts.carrier.says(BOB, Some(refused(21610, true)));
        assert_eq!(texts.until("2026-03-02T18:00:00Z").await, [reminder(BOB)]);
        assert_eq!(texts.standing().await, [format!("{ANN} withheld "), format!("{BOB} failed 21610")]);
        assert_eq!(states(&texts.world, "2026-03-03").await, [format!("{ann} failed 1"), format!("{bob} failed 1")]);
        // From now on it is not asked any more.
        assert_eq!(texts.until("2026-03-09T18:00:00Z").await, NOTHING);
    })
    .await;
}

#[tokio::test]
async fn a_carrier_is_asked_again_only_where_it_has_not_done_it() {
    on_both(async |world: World| {
        let texts = Texts::new(world).await;
        texts.agent("Ann", ANN, None).await;
        texts.agent("Bob", BOB, None).await;
        let busy = SmsFailure::Later { reason: "too many".into(), millis: Some(7_000) };
        texts.carrier.says(ANN, Some(busy));
        texts.carrier.says(BOB, Some(SmsFailure::Unknown("nothing came".into())));
        assert_eq!(texts.until("2026-03-02T18:00:00Z").await, [reminder(ANN), reminder(BOB)]);
        assert_eq!(texts.standing().await, [format!("{ANN} waiting "), format!("{BOB} unknown ")]);
        texts.carrier.says(ANN, None);
        texts.carrier.says(BOB, None);
        assert_eq!(texts.until("2026-03-02T18:00:06Z").await, NOTHING);
        assert_eq!(texts.until("2026-03-02T18:00:07Z").await, [reminder(ANN)]);
        assert_eq!(texts.until("2026-03-02T22:00:00Z").await, NOTHING);
        // What nobody knows is sent again when a person wants that, and told of later it is known.
        let failed = texts.jobs(JobState::Failed).await.pop().unwrap();
        assert!(failed.last_error.unwrap().contains("it is not known whether it was sent"));
        texts.world.run(async |work| jobs::run_again(work, &failed.id).await).await.unwrap();
        assert_eq!(texts.due().await, [reminder(BOB)]);
        assert_eq!(texts.standing().await, [format!("{ANN} accepted "), format!("{BOB} accepted ")]);
    })
    .await;
}

#[tokio::test]
async fn a_program_that_ends_while_it_asks_asks_nobody_twice() {
    on_both(async |world: World| {
        let texts = Texts::new(world).await;
        let ann = texts.agent("Ann", ANN, None).await;
        texts.world.clock.move_to(at("2026-03-02T18:00:00Z"));
        runner(&texts.world.engine, &texts.post).run_due().await.unwrap();
        // It has said that it asks, and is gone.
        let mut tx = texts.world.engine.store().write().await.unwrap();
        let mut record = storage::sms::page(&mut tx, 1, None, None, 1).await.unwrap().pop().unwrap();
        record.state = "sending".to_owned();
        storage::sms::stand(&mut tx, 1, &record).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(texts.due().await, NOTHING);
        assert_eq!(texts.standing().await, [format!("{ANN} unknown ")]);
        assert_eq!(states(&texts.world, "2026-03-03").await, [format!("{ann} failed 1")]);
        // It was sent after all: the carrier tells of it.
        assert!(texts.delivers(&record.id, "SM1", SmsState::Sent, None).await);
        assert_eq!(states(&texts.world, "2026-03-03").await, [format!("{ann} sent 1")]);
    })
    .await;
}

#[tokio::test]
async fn what_a_carrier_tells_later_may_come_in_any_order_twice_and_for_nobody() {
    on_both(async |world: World| {
        let texts = Texts::new(world).await;
        let ann = texts.agent("Ann", ANN, None).await;
        texts.until("2026-03-02T18:00:00Z").await;
        let record = sms::page(&mut texts.world.view().await, None, None, 1).await.unwrap().pop().unwrap();
        let (id, known) = (record.id.as_str(), record.carrier_id.clone().unwrap());
        assert!(!texts.delivers("sms_none", "SM9", SmsState::Delivered, None).await);
        assert!(!texts.delivers(id, "SM9", SmsState::Undelivered, Some(30003)).await, "another message");
        assert!(texts.delivers(id, &known, SmsState::Undelivered, Some(30003)).await);
        for late in [SmsState::Accepted, SmsState::Sent, SmsState::Undelivered] {
            assert!(!texts.delivers(id, &known, late, None).await);
        }
        assert_eq!(texts.standing().await, [format!("{ANN} undelivered 30003")]);
        assert_eq!(states(&texts.world, "2026-03-03").await, [format!("{ann} failed 1")]);
        assert!(texts.delivers(id, &known, SmsState::Delivered, None).await);
        assert_eq!(texts.standing().await, [format!("{ANN} delivered ")]);
        assert_eq!(states(&texts.world, "2026-03-03").await, [format!("{ann} sent 1")]);
    })
    .await;
}

#[tokio::test]
async fn a_short_message_that_comes_too_late_is_not_sent() {
    on_both(async |world: World| {
        let texts = Texts::new(world).await;
        texts.agent("Ann", ANN, None).await;
        texts.carrier.says(ANN, Some(SmsFailure::Later { reason: "no way".into(), millis: None }));
        assert_eq!(texts.until("2026-03-02T18:00:00Z").await, [reminder(ANN)]);
        texts.carrier.says(ANN, None);
        assert_eq!(texts.until("2026-03-03T10:00:00Z").await, NOTHING);
        assert_eq!(texts.standing().await, [format!("{ANN} withheld ")]);
        // Without a carrier, nothing is sent, and that is said.
        texts.world.clock.move_to(at("2026-03-09T18:00:00Z"));
        let none = Texting::new(Vec::new());
        runner(&texts.world.engine, &texts.post).handle(SMS, Arc::new(none), 4).run_due().await.unwrap();
        let outcomes: Vec<_> = texts.jobs(JobState::Done).await.into_iter().filter_map(|job| job.outcome).collect();
        assert_eq!(outcomes[0], "not sent: no carrier of short messages is named");
    })
    .await;
}

#[tokio::test]
async fn a_phone_is_asked_whether_it_is_the_agents_and_an_answer_from_it_confirms_that() {
    on_both(async |world| {
        let texts = Texts::new(world).await;
        let ann = texts.agent("Ann", "01632 960011", None).await;
        let ask = async |number: &str| texts.world.run(async |work| phone_checks::ask(work, &ann, number).await).await;
        let known = async || phone_checks::of_agent(&mut texts.world.view().await, &ann).await.unwrap();
        // The extension is a line here: nobody has to be asked.
        let [never] = &known().await[..] else { panic!() };
        assert_eq!((never.number.as_str(), never.asked_at, never.confirmed_at), (ANN, None, None));
        for number in [BOB, "0042", "x", ""] {
            assert!(matches!(ask(number).await, Err(PhoneCheckError::Invalid(_))), "{number}");
        }
        // What nobody was asked nobody confirms.
        texts.writes("twilio/SM0", ANN, "YES").await;
        assert_eq!(known().await[0].confirmed_at, None);
        ask("+44 1632 960011").await.unwrap();
        let [asked] = &texts.due().await[..] else { panic!() };
        assert!(asked.starts_with(ANN) && asked.contains("Answer YES"), "{asked}");
        assert!(matches!(ask(ANN).await, Err(PhoneCheckError::TooSoon { .. })));
        assert_eq!(texts.due().await, NOTHING);
        // Another phone's answer is none.
        texts.writes("twilio/SM1", BOB, "Yes").await;
        assert_eq!(known().await[0].confirmed_at, None);
        let reply = texts.writes("twilio/SM2", ANN, "Yes!").await.unwrap();
        assert!(reply.contains("confirmed"), "{reply}");
        assert!(known().await[0].confirmed_at.is_some());
        assert!(matches!(ask(ANN).await, Err(PhoneCheckError::Confirmed(_))));
        // It comes again: the same answer, and nothing else.
        assert_eq!(texts.writes("twilio/SM2", ANN, "Yes!").await, Some(reply));
        let all = sms::page(&mut texts.world.view().await, None, None, 50).await.unwrap();
        assert_eq!(all.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_answer_after_a_week_is_none_and_without_a_number_nobody_is_asked() {
    on_both(async |world| {
        let texts = Texts::new(world).await;
        let ann = texts.agent("Ann", ANN, None).await;
        let ask = async || texts.world.run(async |work| phone_checks::ask(work, &ann, ANN).await).await;
        ask().await.unwrap();
        let week = domain::time::Instant::clamped(texts.world.clock.now().millis() + 7 * 86_400_000 + 1);
        texts.world.clock.move_to(week);
        texts.writes("twilio/SM1", ANN, "yes").await;
        let known = async || phone_checks::of_agent(&mut texts.world.view().await, &ann).await.unwrap().remove(0);
        assert_eq!(known().await.confirmed_at, None);
        // It is asked anew.
        ask().await.unwrap();
        texts.writes("twilio/SM2", ANN, "ja").await;
        assert!(known().await.confirmed_at.is_some());
        texts.world.settings(|settings| settings.sms.number = None).await;
        assert!(matches!(ask().await, Err(PhoneCheckError::NoSms)));
    })
    .await;
}
