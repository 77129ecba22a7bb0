//! Conversations by short messages, through the real webhooks: what one of the two writes reaches the other, and costs the customer once.

use std::sync::Arc;

use domain::invalid::parse;
use domain::message::{Side, Text};
use engine::agents::{self, DetailsDocument};
use engine::jobs::Runner;
use engine::messages::{self, NewMessage};
use engine::payments::{self, Method, NewPayment};
use engine::sms::{SMS, Texting};
use engine::{Actor, Reach, Role, customers};
use serde_json::json;
use twilio::sms::Texts;

use crate::peers;
use crate::playing::{PUBLIC, Playing};
use crate::scenarios::Plan;
use crate::world::{World, amount, on_both};

const CARRIES: &str = "+441632960071";
const ADA: &str = "+441632960901";
const IRIS: &str = "+441632960911";
const STRANGER: &str = "+441632960555";

/// A line at Twilio, and two who write to each other.
struct Talk {
    playing: Playing,
    customer: String,
    agent: String,
}

impl Talk {
    async fn new(world: World, balance: &str) -> Talk {
        let plan = Plan::without(|_| None);
        let case = plan.cases.iter().find(|case| case.scenario["id"] == "R04").unwrap();
        let playing = Playing::new(world, case).await;
        let world = &playing.scene.world;
        world.settings(|settings| settings.sms.conversation_numbers = vec![CARRIES.to_owned()]).await;
        let customer = world.prepaid_customer("Ada").await;
        let verifies = world.run(async |work| customers::set_verified_phone(work, &customer.id, Some(ADA), 1).await);
        verifies.await.unwrap();
        let payment = NewPayment {
            customer: customer.id.clone(),
            amount: amount(balance),
            currency: None,
            method: Method::Cash,
            reference: None,
            received_at: None,
            invoice: None,
        };
        world.run(async |work| payments::record(work, payment).await).await.unwrap();
        let price = json!({"rate": {"price_per_minute": "1.00"}, "price_per_message": "0.99"});
        let details = json!({"phones": [IRIS], "prices": {"USD": price}}).to_string();
        let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
        let agent = world.run(async |work| agents::create(work, "Iris".to_owned(), details).await).await.unwrap();
        Talk { customer: customer.id, agent: agent.id, playing }
    }

    /// Iris begins in the app.
    async fn begins(&self, text: &str) {
        let world = &self.playing.scene.world;
        let reach = Reach::Own { customers: Vec::new(), agent: Some(self.agent.clone()) };
        let actor = Actor { roles: Role::Agent.into(), reach, ..world.actor.clone() };
        let (customer, agent, text) = (self.customer.clone(), self.agent.clone(), Text::read(text).unwrap());
        let desk = World { engine: world.engine.clone(), clock: world.clock.clone(), actor };
        let new = NewMessage { customer, agent, text };
        let sent = desk.run(async |work| messages::send(work, new).await).await.unwrap();
        assert_eq!(sent.sender, Side::Agent);
    }

    /// What has come of a webhook: the document that it was answered with.
    async fn comes(&mut self, sid: &str, from: &str, text: &str) -> String {
        let url = format!("{PUBLIC}/webhooks/twilio/sms");
        let fields = [("MessageSid", sid), ("From", from), ("To", CARRIES), ("Body", text)];
        let (status, document) = self.playing.posts(&url, &fields).await;
        assert_eq!(status, 200, "{document}");
        document
    }

    /// Does what is due: what the provider was asked to send, as "from to text", since this was called last.
    async fn goes(&self) -> Vec<String> {
        let texts = Texts::new(1, self.playing.client(), PUBLIC.parse().unwrap());
        let texting = Arc::new(Texting::new(vec![Arc::new(texts)]));
        let engine = self.playing.scene.world.engine.clone();
        Runner::new(engine, "test").handle(SMS, texting, 1).run_due().await.unwrap();
        let field = |form: &twilio::form::Form, name: &str| form.get(name).unwrap().to_owned();
        let sent = self.playing.provider.sent().into_iter();
        sent.map(|form| format!("{} {} {}", field(&form, "From"), field(&form, "To"), field(&form, "Body"))).collect()
    }
}

#[tokio::test]
async fn a_conversation_goes_on_by_webhooks_that_come_twice_and_in_disorder() {
    let documents = std::sync::Mutex::new(Vec::new());
    on_both(async |world| {
        let mut talk = Talk::new(world, "2.50").await;
        talk.begins("Good evening").await;
        assert_eq!(talk.goes().await, [format!("{CARRIES} {ADA} Good evening")]);
        let mut answers = Vec::new();
        for (sid, from, text) in [
            ("SM2", ADA, "Second"),
            ("SM1", ADA, "First"),
            ("SM2", ADA, "Second"),
            ("SM3", IRIS, "I see"),
            ("SM1", ADA, "First"),
            ("SM3", IRIS, "I see"),
            ("SM4", STRANGER, "Let me in"),
        ] {
            answers.push(talk.comes(sid, from, text).await);
        }
        assert!(answers.iter().all(|answer| !answer.contains("<Message")), "{answers:?}");
        let expected = [(IRIS, "Second"), (IRIS, "First"), (ADA, "I see")];
        assert_eq!(talk.goes().await, expected.map(|(to, text)| format!("{CARRIES} {to} {text}")));
        let world = &talk.playing.scene.world;
        assert_eq!(world.balance(&talk.customer).await, amount("0.52"), "2.50 less two of 0.99");
        // Too little is left: why is answered, and the same again where it comes again.
        let poor = talk.comes("SM5", ADA, "Third").await;
        assert!(poor.contains("Not delivered: 0.52 USD is available, 0.99 USD is needed."), "{poor}");
        assert_eq!(talk.comes("SM5", ADA, "Third").await, poor);
        talk.comes("SM6", ADA, "stop").await;
        talk.begins("One more thing").await;
        assert_eq!(talk.goes().await, [""; 0]);
        let world = &talk.playing.scene.world;
        assert_eq!(world.balance(&talk.customer).await, amount("0.52"));
        assert_eq!(world.faults().await, Vec::<String>::new());
        documents.lock().unwrap().append(&mut talk.playing.documents);
    })
    .await;
    let documents = documents.into_inner().unwrap();
    let checked = peers::python("check_twiml.py", &json!(documents));
    let good = format!("{} documents are good\n", documents.len());
    assert_eq!(String::from_utf8_lossy(&checked.stdout), good, "{checked:?}");
}
