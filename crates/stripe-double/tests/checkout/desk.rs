//! A tenant whose customers pay by Stripe.

use std::sync::Arc;
use std::time::Duration;

use engine::customers::Customer;
use engine::payments::checkouts::{Checkout, CheckoutError, Checkouts, NewCheckout};
use engine::payments::{self, Payment, reversals};
use engine::people::PublicUrl;
use stripe::Stripe;
use stripe::rest::{Client, Settings};
use stripe::signature::Secrets;
use stripe_double::Double;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::world::{World, amount};

pub(crate) const SECRET: &str = "whsec_of_the_desk";

pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) double: Double,
    pub(crate) pages: Checkouts,
    webhook: String,
    server: JoinHandle<()>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Runs a case at a desk on each database.
pub(crate) async fn on_both(case: impl AsyncFn(&Desk)) {
    crate::world::on_both(async |world| case(&Desk::open(world).await).await).await;
}

impl Desk {
    async fn open(world: World) -> Desk {
        let double = Double::start("sk_test_desk").await.unwrap();
        let settings = Settings::new("sk_test_desk").unwrap().at(&double.url()).unwrap();
        let client = Client::new(settings.with_patience(Duration::from_secs(10))).unwrap();
        let url = PublicUrl::parse("https://tollgate.example").unwrap();
        let pages = Checkouts::new(Arc::new(Stripe::new(client, world.actor.tenant)), url);
        let routes = stripe::routes(&world.engine, world.actor.tenant, Secrets::new([SECRET]));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let webhook = format!("http://{}/webhooks/stripe", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        double.tells(&webhook, SECRET);
        let desk = Desk { world, double, pages, webhook, server };
        desk.now();
        desk
    }

    /// Where webhooks go.
    pub(crate) fn webhook(&self) -> String {
        self.webhook.clone()
    }

    /// At Stripe it is as late as here.
    pub(crate) fn now(&self) -> i64 {
        let second = self.world.engine.clock().now().millis() / 1000;
        self.double.set_second(second);
        second
    }

    pub(crate) async fn begin(&self, customer: &Customer, text: &str) -> Result<Checkout, CheckoutError> {
        let new = NewCheckout { customer: customer.id.clone(), amount: amount(text), invoice: None, keep_card: false };
        self.pages.begin(&self.world.engine, &self.world.actor, &new).await
    }

    /// Has a page made for a customer; answers Stripe's id of it.
    pub(crate) async fn page(&self, customer: &Customer, text: &str) -> (Checkout, String) {
        let checkout = self.begin(customer, text).await.unwrap();
        let page = self.double.pages().into_iter().find(|page| page.reference == checkout.id).unwrap();
        (checkout, page.id)
    }

    pub(crate) async fn payments(&self, customer: &Customer) -> Vec<Payment> {
        payments::page(&mut self.world.view().await, Some(&customer.id), None, 100).await.unwrap()
    }

    pub(crate) async fn reversals(&self, customer: &Customer) -> Vec<(String, String)> {
        let mut view = self.world.view().await;
        let rows = reversals::page(&mut view, (Some(&customer.id), None), None, 100).await.unwrap();
        let shown = |value: serde_json::Value| value.as_str().unwrap().to_owned();
        rows.iter()
            .map(|row| {
                (shown(serde_json::to_value(row.kind).unwrap()), shown(serde_json::to_value(row.state).unwrap()))
            })
            .collect()
    }

    /// The balance, after a look at the books.
    pub(crate) async fn balance(&self, customer: &Customer) -> String {
        assert_eq!(self.world.faults().await, Vec::<String>::new());
        self.world.balance(&customer.id).await.to_text(customer.currency)
    }

    /// All webhooks so far were taken.
    pub(crate) fn all_taken(&self) {
        let sent = self.double.sent();
        assert!(sent.iter().all(|sent| sent.status == 200), "{sent:?}");
    }
}
