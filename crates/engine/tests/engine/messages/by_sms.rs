//! Conversations that short messages carry: each by a number of its own, and the two see no other.

use std::sync::{Arc, Mutex};

use domain::invalid::Invalid;
use domain::sms::SmsState;
use engine::agents::{self, Agent};
use engine::customers::{self, Customer};
use engine::groups::{self, GroupError};
use engine::jobs::Runner;
use engine::messages::{self, State};
use engine::numbers::Holder;
use engine::sms::{
    self, Delivery, IncomingSms, OutgoingSms, SMS, Sms, SmsAbout, SmsCarrier, SmsFailure, SmsTaken, Texting,
};
use engine::switching::Exchange;
use engine::tenants::{self, TenantError};
use futures::future::BoxFuture;

use super::{agent, as_agent, as_customer, iris, prepaid, send, texts};
use crate::charging::top_up;
use crate::world::{World, amount, at, on_both};

const OWN: [&str; 2] = ["+441632960071", "+441632960072"];
const ADA: &str = "+441632960001";
const BEA: &str = "+441632960002";
const IRIS: &str = "+441632960011";
const JO: &str = "+441632960012";
const STRANGER: &str = "+441632960555";
const NOTHING: [&str; 0] = [];

/// Takes everything, and writes it down: "from to text".
#[derive(Default)]
struct Carrier(Mutex<Vec<String>>);

impl SmsCarrier for Carrier {
    fn carries(&self, tenant: i64) -> bool {
        tenant == 1
    }

    fn send<'a>(&'a self, sms: &'a OutgoingSms) -> BoxFuture<'a, Result<SmsTaken, SmsFailure>> {
        Box::pin(async move {
            let OutgoingSms { id, from, to, text } = sms;
            self.0.lock().unwrap().push(format!("{from} {to} {text}"));
            Ok(SmsTaken { carrier_id: format!("SM{id}"), state: SmsState::Accepted })
        })
    }
}

/// A tenant with numbers for conversations, and what carries them.
struct Post {
    world: World,
    exchange: Exchange,
    carrier: Arc<Carrier>,
}

impl Post {
    async fn new(world: World, numbers: &[&str]) -> Post {
        let numbers: Vec<String> = numbers.iter().map(|number| (*number).to_owned()).collect();
        world.settings(|settings| settings.sms.conversation_numbers = numbers).await;
        Post { exchange: Exchange::new(&world.engine), world, carrier: Arc::default() }
    }

    /// Somebody writes: what is answered.
    async fn comes(&self, origin: &str, (from, to): (&str, &str), text: &str) -> Option<String> {
        let (origin, from, to, text) = (origin.to_owned(), from.to_owned(), to.to_owned(), text.to_owned());
        let sms = IncomingSms { origin, from, to, text, is_answered: false };
        sms::incoming(&self.exchange, 1, &sms).await.unwrap()
    }

    /// Does what is due: what the carrier was asked.
    async fn goes(&self) -> Vec<String> {
        let texting = Arc::new(Texting::new(vec![self.carrier.clone()]));
        Runner::new(self.world.engine.clone(), "test").handle(SMS, texting, 1).run_due().await.unwrap();
        std::mem::take(&mut *self.carrier.0.lock().unwrap())
    }

    /// What came, the first one first: who sent it, what is kept of it, and what came of it.
    async fn received(&self) -> Vec<(String, String, String)> {
        let came = sms::received(&mut self.world.view().await, None, 50).await.unwrap();
        came.into_iter().rev().map(|sms| (sms.from, sms.text, sms.outcome.unwrap_or_default())).collect()
    }

    async fn all(&self) -> Vec<Sms> {
        sms::page(&mut self.world.view().await, None, None, 50).await.unwrap()
    }
}

/// Has somebody verify the phone of a customer.
async fn verified(world: &World, customer: &Customer, phone: &str) {
    let version = customers::get(&mut world.view().await, &customer.id).await.unwrap().version;
    let set =
        world.run(async |work| customers::set_verified_phone(work, &customer.id, Some(phone), version).await).await;
    set.unwrap();
}

/// Gives an agent a phone here and one of the world.
async fn mobile(world: &World, agent: &Agent, phone: &str) {
    let mut details = agent.details.clone();
    details.phones = vec!["0042".to_owned(), phone.to_owned()];
    let name = agent.name.clone();
    world.run(async |work| agents::update(work, &agent.id, name, details, agent.version).await).await.unwrap();
}

/// Ada, who has so much, and Iris, at 0.99 a message; both have phones.
async fn both(world: &World, balance: &str) -> (Customer, Agent) {
    let (iris, ada) = (iris(world).await, prepaid(world, balance).await);
    verified(world, &ada, ADA).await;
    mobile(world, &iris, "01632 960011").await;
    (ada, iris)
}

#[tokio::test]
async fn a_conversation_goes_by_sms_either_way_and_each_message_of_the_customers_is_charged_once() {
    on_both(async |world: World| {
        let (ada, iris) = both(&world, "5.00").await;
        let post = Post::new(world, &OWN[..1]).await;
        let world = &post.world;
        send(&as_customer(world, &ada.id), &ada, &iris, "Good evening").await.unwrap();
        assert_eq!(post.goes().await, [format!("{} {IRIS} Good evening", OWN[0])]);
        assert_eq!(post.comes("twilio/SM1", (IRIS, OWN[0]), "Not now").await, None);
        assert_eq!(post.goes().await, [format!("{} {ADA} Not now", OWN[0])]);
        // Twice, and again after what came later.
        for (origin, text) in [("SM2", "When?"), ("SM2", "When?"), ("SM3", "Please"), ("SM2", "When?")] {
            assert_eq!(post.comes(&format!("twilio/{origin}"), (ADA, "01632 960071"), text).await, None);
        }
        assert_eq!(post.goes().await, ["When?", "Please"].map(|text| format!("{} {IRIS} {text}", OWN[0])));
        assert_eq!(world.balance(&ada.id).await, amount("2.03"), "5.00 less three of 0.99");
        assert_eq!(world.balance(&iris.id).await, amount("2.376"));
        let conversation = post.conversation().await;
        let said = texts(&as_agent(world, &iris.id), &conversation).await;
        assert_eq!(said, ["Please", "When?", "Not now", "Good evening"]);
        // What is written stands there alone, and nobody's number is told to the staff but the agent's own.
        let kept = |who: &str| (who.to_owned(), String::new(), "conversation".to_owned());
        assert_eq!(post.received().await, [kept(IRIS), kept(&ada.id), kept(&ada.id)]);
        assert!(post.all().await.iter().all(|sms| sms.text.is_empty() && sms.from == OWN[0]));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

impl Post {
    /// The first conversation by short message that there is.
    async fn conversation(&self) -> String {
        match self.all().await.pop().unwrap().about {
            SmsAbout::Message { conversation, .. } => conversation,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn one_that_comes_twenty_times_at_once_is_charged_and_passed_on_once() {
    on_both(async |world: World| {
        let (ada, iris) = both(&world, "5.00").await;
        let post = Post::new(world, &OWN).await;
        send(&as_agent(&post.world, &iris.id), &ada, &iris, "Good evening").await.unwrap();
        assert_eq!(post.goes().await.len(), 1);
        let coming = (0..20).map(|_| post.comes("twilio/SM1", (ADA, OWN[0]), "Hello"));
        assert!(futures::future::join_all(coming).await.iter().all(Option::is_none));
        assert_eq!(post.goes().await, [format!("{} {IRIS} Hello", OWN[0])]);
        assert_eq!(post.world.balance(&ada.id).await, amount("4.01"));
        assert_eq!(post.world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn without_numbers_or_phones_everything_is_as_it_was() {
    on_both(async |world: World| {
        let (ada, iris) = both(&world, "5.00").await;
        let post = Post::new(world, &[]).await;
        let world = &post.world;
        send(&as_customer(world, &ada.id), &ada, &iris, "One").await.unwrap();
        world.settings(|settings| settings.sms.conversation_numbers = vec![OWN[0].to_owned()]).await;
        let mute = agent(world, "Mute", Some("0.10")).await;
        send(&as_customer(world, &ada.id), &ada, &mute, "Two").await.unwrap();
        // Of one phone nobody could tell who of the two writes.
        verified(world, &ada, IRIS).await;
        send(&as_customer(world, &ada.id), &ada, &iris, "Three").await.unwrap();
        let (goes, all) = (post.goes().await, post.all().await);
        assert_eq!((goes, all), (Vec::new(), Vec::new()));
        // Who writes to a number that nobody holds is a stranger, whoever it is.
        verified(world, &ada, ADA).await;
        assert_eq!(post.comes("twilio/SM1", (ADA, OWN[0]), "Hello?").await, None);
        assert_eq!(post.received().await, [(ADA.to_owned(), "Hello?".to_owned(), "kept".to_owned())]);
        assert_eq!(world.balance(&ada.id).await, amount("2.92"));
    })
    .await;
}

#[tokio::test]
async fn who_has_too_little_is_told_once_a_day_and_a_stranger_writes_into_no_conversation() {
    on_both(async |world: World| {
        let (ada, iris) = both(&world, "1.50").await;
        let post = Post::new(world, &OWN).await;
        let world = &post.world;
        send(&as_agent(world, &iris.id), &ada, &iris, "Good evening").await.unwrap();
        assert_eq!(post.goes().await, [format!("{} {ADA} Good evening", OWN[0])]);
        assert_eq!(post.comes("twilio/SM1", (ADA, OWN[0]), "Hello").await, None);
        let told = post.comes("twilio/SM2", (ADA, OWN[0]), "Are you there?").await;
        assert_eq!(told.as_deref(), Some("Not delivered: 0.51 USD is available, 0.99 USD is needed."));
        assert_eq!(post.comes("twilio/SM2", (ADA, OWN[0]), "Are you there?").await, told);
        assert_eq!(post.comes("twilio/SM3", (ADA, OWN[0]), "Really?").await, None, "once a day");
        for (origin, from, to) in
            [("SM4", STRANGER, OWN[0]), ("SM5", ADA, OWN[1]), ("SM6", "", OWN[0]), ("SM7", "Anonymous", OWN[0])]
        {
            assert_eq!(post.comes(&format!("twilio/{origin}"), (from, to), "Let me in").await, None, "{origin}");
        }
        let empty = post.comes("twilio/SM8", (ADA, OWN[0]), " \u{7} ").await;
        assert_eq!(empty.as_deref(), Some("Not delivered: only text can be sent."));
        assert_eq!(post.goes().await, [format!("{} {IRIS} Hello", OWN[0])]);
        assert_eq!(world.balance(&ada.id).await, amount("0.51"));
        let conversation = post.conversation().await;
        assert_eq!(texts(&as_agent(world, &iris.id), &conversation).await, ["Hello", "Good evening"]);
        let own = as_customer(world, &ada.id);
        let listed = messages::list(&mut own.view().await, &conversation, None, 9).await.unwrap();
        assert_eq!(listed.iter().filter(|message| message.state == State::Refused).count(), 2);
        let outcomes: Vec<_> = post.received().await.into_iter().map(|(.., outcome)| outcome).collect();
        assert_eq!(
            outcomes,
            ["conversation", "refused", "refused", "kept", "kept", "kept", "kept", "refused"].map(str::to_owned)
        );
        // With money it goes on.
        top_up(world, &ada, "1.00").await;
        post.comes("twilio/SM9", (ADA, OWN[0]), "Now?").await;
        assert_eq!(post.goes().await, [format!("{} {IRIS} Now?", OWN[0])]);
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn who_says_stop_is_sent_nothing_from_any_of_the_numbers() {
    on_both(async |world: World| {
        let (ada, iris) = both(&world, "5.00").await;
        let jo = agent(&world, "Jo", Some("0.10")).await;
        mobile(&world, &jo, JO).await;
        let post = Post::new(world, &OWN).await;
        let world = &post.world;
        let (desk, other) = (as_agent(world, &iris.id), as_agent(world, &jo.id));
        send(&desk, &ada, &iris, "Good evening").await.unwrap();
        assert_eq!(post.goes().await.len(), 1);
        assert_eq!(post.comes("twilio/SM1", (ADA, OWN[0]), "Stop").await, None);
        send(&desk, &ada, &iris, "One more").await.unwrap();
        // The second conversation has another number.
        send(&other, &ada, &jo, "Hello from Jo").await.unwrap();
        assert_eq!(post.goes().await, NOTHING);
        let withheld = sms::page(&mut world.view().await, Some(SmsState::Withheld), None, 9).await.unwrap();
        let told: Vec<_> = withheld.iter().map(|sms| (sms.from.as_str(), sms.reason.as_deref().unwrap())).collect();
        let why = "the addressee wants no short messages from this number";
        assert_eq!(told, [(OWN[1], why), (OWN[0], why)]);
        assert_eq!(world.balance(&ada.id).await, amount("5.00"), "a word costs nothing");
        assert!(post.comes("twilio/SM2", (ADA, OWN[0]), "START").await.unwrap().contains("STOP ends them"));
        send(&other, &ada, &jo, "Again").await.unwrap();
        assert_eq!(post.goes().await, [format!("{} {ADA} Again", OWN[1])]);
        // An agent's words for its duty mean nothing here, and a yes is a yes.
        assert_eq!(post.comes("twilio/SM3", (IRIS, OWN[0]), "busy").await, None);
        assert_eq!(post.comes("twilio/SM4", (IRIS, OWN[0]), "Yes").await, None);
        assert_eq!(post.goes().await, ["busy", "Yes"].map(|text| format!("{} {ADA} {text}", OWN[0])));
    })
    .await;
}

#[tokio::test]
async fn a_number_that_is_silent_for_a_week_goes_to_the_next_conversation() {
    on_both(async |world: World| {
        let (ada, iris) = both(&world, "5.00").await;
        let bea = prepaid(&world, "5.00").await;
        verified(&world, &bea, BEA).await;
        let post = Post::new(world, &OWN[..1]).await;
        let world = &post.world;
        send(&as_customer(world, &ada.id), &ada, &iris, "I am Ada").await.unwrap();
        world.clock.move_to(at("2026-03-08T10:00:00Z"));
        assert_eq!(post.goes().await.len(), 1);
        post.comes("twilio/SM1", (IRIS, OWN[0]), "Good day").await;
        assert_eq!(post.goes().await.len(), 1);
        world.clock.move_to(at("2026-03-15T09:59:59.999Z"));
        let bea_writes = as_customer(world, &bea.id);
        send(&bea_writes, &bea, &iris, "I am Bea").await.unwrap();
        assert_eq!(post.goes().await, NOTHING);
        let [first] = &sms::page(&mut world.view().await, Some(SmsState::Withheld), None, 9).await.unwrap()[..] else {
            panic!()
        };
        let reason = first.reason.as_deref().unwrap();
        assert!(first.from.is_empty() && reason.contains("numbers for conversations are in use"), "{reason}");
        assert_eq!(world.balance(&bea.id).await, amount("4.01"), "it stands in the app, and is charged");
        world.clock.move_to(at("2026-03-15T10:00:00Z"));
        send(&bea_writes, &bea, &iris, "Still Bea").await.unwrap();
        assert_eq!(post.goes().await, [format!("{} {IRIS} Still Bea", OWN[0])]);
        // Ada is a stranger now; what Iris writes goes to Bea.
        post.comes("twilio/SM2", (ADA, OWN[0]), "Hello?").await;
        post.comes("twilio/SM3", (IRIS, OWN[0]), "Welcome").await;
        assert_eq!(post.goes().await, [format!("{} {BEA} Welcome", OWN[0])]);
        assert_eq!(world.balance(&ada.id).await, amount("4.01"));
    })
    .await;
}

#[tokio::test]
async fn fifty_conversations_that_begin_at_once_share_no_number() {
    on_both(async |world: World| {
        let (_, iris) = both(&world, "0").await;
        let mut wanted = Vec::new();
        for number in 0..10 {
            let customer = prepaid(&world, "0").await;
            verified(&world, &customer, &format!("+4416329601{number:02}")).await;
            wanted
                .extend([super::message(&customer.id, &iris.id, "Hello"), super::message(&customer.id, &iris.id, "?")]);
        }
        let pool: Vec<String> = (0..9).map(|number| format!("+4416329607{number:02}")).collect();
        let post = Post::new(world, &pool.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let desk = as_agent(&post.world, &iris.id);
        let sent = desk.at_once(wanted, |work, new| Box::pin(messages::send(work, new))).await;
        assert!(sent.iter().all(Result::is_ok), "{sent:?}");
        let all = post.all().await;
        let mut held: Vec<_> = all.iter().filter(|sms| !sms.from.is_empty()).map(|sms| (&sms.from, &sms.to)).collect();
        held.sort();
        held.dedup();
        let numbers: std::collections::BTreeSet<_> = held.iter().map(|(from, _)| *from).collect();
        assert_eq!((held.len(), numbers.len(), all.len()), (9, 9, 20), "{held:?}");
    })
    .await;
}

#[tokio::test]
async fn numbers_for_conversations_are_for_nothing_else() {
    on_both(async |world: World| {
        let details = groups::Details {
            name: "Line".to_owned(),
            numbers: vec![STRANGER.to_owned()],
            ..groups::Details::default()
        };
        let group = world.run(async |work| groups::create(work, details).await).await.unwrap();
        let change = async |number: Option<&str>, own: &[&str]| {
            let tenant = tenants::get(&mut world.view().await).await.unwrap();
            let mut settings = tenant.settings;
            settings.sms.number = number.map(str::to_owned);
            settings.sms.conversation_numbers = own.iter().map(|own| (*own).to_owned()).collect();
            world.run(async |work| tenants::update(work, &tenant.name, settings, tenant.version).await).await
        };
        for (number, own, place) in [
            (None, &["0042"][..], "/sms/conversation_numbers/0"),
            (None, &[OWN[0], "nobody"], "/sms/conversation_numbers/1"),
            (None, &[OWN[0], OWN[0]], "/sms/conversation_numbers/1"),
            (Some(OWN[0]), &[OWN[0]], "/sms/conversation_numbers/0"),
            (None, &vec![OWN[0]; 501][..], "/sms/conversation_numbers"),
        ] {
            match change(number, own).await {
                Err(TenantError::Invalid(Invalid { pointer, .. })) => assert_eq!(pointer, place),
                other => panic!("{place}: {other:?}"),
            }
        }
        match change(None, &[OWN[0], STRANGER]).await {
            Err(TenantError::NumberTaken { pointer, taken }) => {
                assert_eq!((pointer.as_str(), taken.holder), ("/sms/conversation_numbers/1", Holder::Group(group.id)));
            }
            other => panic!("{other:?}"),
        }
        change(None, &OWN).await.unwrap();
        let details =
            groups::Details { name: "Late".to_owned(), numbers: vec![OWN[1].to_owned()], ..groups::Details::default() };
        match world.run(async |work| groups::create(work, details).await).await {
            Err(GroupError::NumberTaken(taken)) => assert_eq!(taken.holder, Holder::Conversations),
            other => panic!("{other:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn what_arrives_is_delivered_and_who_is_erased_holds_no_number() {
    on_both(async |world: World| {
        let (ada, iris) = both(&world, "5.00").await;
        let post = Post::new(world, &OWN[..1]).await;
        let world = &post.world;
        let sent = send(&as_agent(world, &iris.id), &ada, &iris, "Good evening").await.unwrap();
        assert_eq!(post.goes().await.len(), 1);
        let sms = post.all().await.pop().unwrap();
        let delivery = Delivery {
            id: sms.id.clone(),
            carrier_id: sms.carrier_id.clone(),
            state: SmsState::Delivered,
            code: None,
            reason: None,
        };
        assert!(world.run(async |work| sms::delivered(work, &delivery).await).await.unwrap());
        let own = as_customer(world, &ada.id);
        let listed = messages::list(&mut own.view().await, &sent.conversation, None, 9).await.unwrap();
        assert_eq!(listed[0].state, State::Delivered);
        post.comes("twilio/SM1", (ADA, OWN[0]), "Hello").await;
        // What waits is not sent any more, and the number is free.
        let mut tx = world.engine.store().write().await.unwrap();
        let of = storage::persons::Subject::Customer(&ada.id);
        for fate in storage::persons::fates(of) {
            storage::persons::erase(&mut tx, 1, of, fate, 100).await.unwrap();
        }
        assert_eq!(storage::conversation_numbers::all(&mut tx, 1).await.unwrap(), []);
        tx.commit().await.unwrap();
        assert_eq!(post.goes().await, NOTHING);
        assert_eq!(post.received().await, []);
        let left = post.all().await;
        let told: Vec<_> = left.iter().map(|sms| (sms.to.as_str(), sms.reason.as_deref())).collect();
        assert_eq!(told, [(IRIS, Some("what was written is erased"))]);
    })
    .await;
}
