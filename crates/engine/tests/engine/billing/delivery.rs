//! What a job says of the document that it delivers.

use std::sync::{Arc, Mutex};

use domain::einvoice::Lack;
use domain::paper::{Paper, PaperCall, Standing};
use engine::billing::{DELIVER, Delivery, Letter, LetterText, Renderer};
use engine::customers::{self, CustomerState, CustomerUpdate, Details};
use engine::jobs::{self, Runner};
use engine::mailer::{Mail, MailFailure, Mailbox, Mailer};
use futures::future::BoxFuture;

use super::*;

struct Plain;

impl Renderer for Plain {
    fn pdf(&self, _: &Paper, _: &[PaperCall]) -> Result<Vec<u8>, String> {
        Ok(b"%PDF".to_vec())
    }

    fn factur_x(&self, paper: &Paper, calls: &[PaperCall]) -> Result<Vec<u8>, String> {
        self.pdf(paper, calls)
    }

    fn ubl(&self, _: &Paper) -> Result<Vec<u8>, Vec<Lack>> {
        Err(vec![Lack::NotIssued])
    }

    fn html(&self, _: &Paper, _: &[PaperCall], _: &Standing) -> Result<String, String> {
        Ok(String::new())
    }

    fn letter(&self, _: Letter, _: &Paper, _: &Standing) -> Result<LetterText, String> {
        Ok(LetterText { subject: String::new(), text: String::new(), html: String::new() })
    }
}

/// Keeps the addresses that mails went to.
struct Post(Mailbox, Mutex<Vec<String>>);

impl Mailer for Post {
    fn sender(&self) -> &Mailbox {
        &self.0
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>> {
        self.1.lock().unwrap().push(mail.to.address.clone());
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn a_job_says_to_whom_it_mailed_or_why_it_did_not() {
    on_both(async |world| {
        let customer = world.customer("Acme").await;
        let plan = world.plan("Basic", json!({"monthly_fee": "9.99"})).await;
        world.line(&customer, "0001", &plan).await;
        let post = Arc::new(Post(Mailbox { name: None, address: "bills@example.org".into() }, Mutex::default()));
        let mailer: Arc<dyn Mailer> = post.clone();
        let address = Details { email: Some("acme@example.org".into()), ..customer.details.clone() };
        let write_off = async |world: &World| {
            for invoice in invoices(world, &customer).await.into_iter().filter(Document::is_open) {
                world.run(async |work| billing::write_off(work, &invoice.id, "gone".into()).await).await.unwrap();
            }
        };
        run_at(&world, "2026-04-01T00:00:00Z").await;
        world.delivers(None, "not sent: no mail server is named").await;
        // Else the line would be suspended, and nothing to bill.
        write_off(&world).await;
        run_at(&world, "2026-05-01T00:00:00Z").await;
        world.delivers(Some(&mailer), "not sent: the customer has no e-mail address").await;
        let update = CustomerUpdate { details: address, external_reference: None, state: CustomerState::Active };
        world.run(async |work| customers::update(work, &customer.id, update, 1).await).await.unwrap();
        run_at(&world, "2026-06-01T00:00:00Z").await;
        world.delivers(Some(&mailer), "sent to acme@example.org").await;
        assert_eq!(*post.1.lock().unwrap(), ["acme@example.org"]);
        world.clock.move_to(at("2026-06-12T00:00:00Z"));
        assert!(billing::remind(&world.engine, &world.actor).await.unwrap() > 0);
        write_off(&world).await;
        world.delivers(Some(&mailer), "not sent: nothing is to be paid any more").await;
        assert_eq!(post.1.lock().unwrap().len(), 1);
    })
    .await;
}

impl World {
    /// Does the jobs that are due: the last says this.
    async fn delivers(&self, mailer: Option<&Arc<dyn Mailer>>, outcome: &str) {
        let delivery = Delivery::new(Arc::new(Plain), mailer.cloned());
        let runner = Runner::new(self.engine.clone(), "test").handle(DELIVER, Arc::new(delivery), 1);
        assert!(runner.run_due().await.unwrap() > 0);
        let last = jobs::page(&mut self.view().await, None, None, 1).await.unwrap().remove(0);
        assert_eq!((last.state, last.outcome.as_deref()), (jobs::JobState::Done, Some(outcome)));
    }
}
