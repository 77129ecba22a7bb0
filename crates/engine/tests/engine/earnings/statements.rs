//! The statement of a payout: numbered, and mailed to the agent.

use std::sync::{Arc, Mutex};

use domain::einvoice::Lack;
use domain::paper::{Paper, PaperCall, PaperKind, Standing};
use engine::billing::{self, DELIVER, Delivery, Letter, LetterText, Renderer};
use engine::jobs::{self, Runner};
use engine::mailer::{Mail, MailFailure, Mailbox, Mailer};
use engine::payouts::DailyPayouts;
use futures::future::BoxFuture;

use super::*;
use crate::world::on_both;

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

    fn letter(&self, _: Letter, paper: &Paper, _: &Standing) -> Result<LetterText, String> {
        let subject = paper.number.clone().unwrap_or_default();
        Ok(LetterText { subject, text: String::new(), html: String::new() })
    }
}

/// Keeps whom mails went to, with which subject and file.
struct Post(Mailbox, Mutex<Vec<String>>);

impl Mailer for Post {
    fn sender(&self) -> &Mailbox {
        &self.0
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>> {
        let told = format!("{}: {}, {}", mail.to.address, mail.subject, mail.attachments[0].name);
        self.1.lock().unwrap().push(told);
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn the_days_job_pays_and_the_statement_is_mailed() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let omar = agent(&world, "Omar", json!({})).await;
        caller(&world, "0001").await;
        world.settings(|settings| settings.billing.prefixes.payout = "2026/".to_owned()).await;
        for agent in [&iris, &omar] {
            talk(&world, agent, "0001", 60).await;
        }
        comes(&world, "2026-04-01T00:00:00Z");
        let post = Arc::new(Post(Mailbox { name: None, address: "bills@example.org".into() }, Mutex::default()));
        let mailer: Arc<dyn Mailer> = post.clone();
        let runner = Runner::new(world.engine.clone(), "test")
            .daily(DailyPayouts::KIND, Arc::new(DailyPayouts), 1)
            .handle(DELIVER, Arc::new(Delivery::new(Arc::new(Plain), Some(mailer))), 1);
        while runner.run_due().await.unwrap() > 0 {}
        let done = jobs::page(&mut world.view().await, None, None, 10).await.unwrap();
        let mut outcomes: Vec<String> = done.into_iter().map(|job| job.outcome.unwrap_or(job.kind)).collect();
        outcomes.sort();
        let expected =
            ["2 accounts settled, 2 payouts", "not sent: the agent has no e-mail address", "sent to iris@example.org"];
        assert_eq!(outcomes, expected);
        assert_eq!(*post.1.lock().unwrap(), ["iris@example.org: 2026/000001, payout-2026-000001.pdf"]);

        let statement = billing::find(&mut world.view().await, "2026/000001").await.unwrap();
        let paper = statement.paper;
        assert_eq!((paper.kind, paper.total, statement.customer), (PaperKind::Payout, amount("2.66"), iris.id));
        assert_eq!(paper.period.map(|days| days.to_string()).as_deref(), Some("2026-03-02 to 2026-04-02"));
        let sums = paper.payout.unwrap();
        assert_eq!((sums.calls, sums.messages, sums.charged), (1, 0, amount("3.99")));
        assert_eq!((sums.tax, sums.tenant_part), (amount("0.665"), amount("0.665")));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn no_two_series_have_one_prefix() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        caller(&world, "0001").await;
        terms(&world, 0, "0").await;
        talk(&world, &iris, "0001", 60).await;
        pay(&world, &iris).await.unwrap();
        let tenant = engine::tenants::get(&mut world.view().await).await.unwrap();
        for (invoice, payout, refused) in [
            ("P", "P", "/billing/prefixes: must differ"),
            ("PO-", "X", "/billing/prefixes/invoice: documents of another"),
        ] {
            let mut settings = tenant.settings.clone();
            settings.billing.prefixes.invoice = invoice.to_owned();
            settings.billing.prefixes.payout = payout.to_owned();
            let change = world.run(async |work| engine::tenants::update(work, "A", settings, tenant.version).await);
            let error = change.await.unwrap_err().to_string();
            assert!(error.starts_with(refused), "{error}");
        }
        let mut settings = tenant.settings.clone();
        settings.earnings.hold_days = 366;
        let change = world.run(async |work| engine::tenants::update(work, "A", settings, tenant.version).await);
        assert_eq!(change.await.unwrap_err().to_string(), "/earnings/hold_days: must be 0 to 365, not 366");
    })
    .await;
}
