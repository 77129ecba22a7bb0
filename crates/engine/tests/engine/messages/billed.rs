use engine::customers::{self, Customer, Mode, NewCustomer};
use engine::messages::{MessageError, Refused};
use serde_json::json;

use super::{agent, as_customer, iris, send, taxed};
use crate::billing::{invoices, run_at};
use crate::world::{World, amount, at, on_both};

/// A postpaid customer who may go so far into debt, with a line on a plan without a fee.
async fn postpaid(world: &World, limit: Option<&str>) -> Customer {
    let details = customers::Details { organisation: Some("Post Ltd".to_owned()), ..customers::Details::default() };
    let credit_limit = limit.map(amount);
    let new = NewCustomer { details, external_reference: None, mode: Mode::Postpaid, currency: None, credit_limit };
    let customer = world.run(async |work| customers::create(work, new).await).await.unwrap();
    let plan = world.plan("Postpaid", json!({})).await;
    world.line(&customer, "0001", &plan).await;
    customer
}

#[tokio::test]
async fn a_postpaid_customers_messages_are_on_the_next_invoice_with_their_tax_in_them() {
    on_both(async |world: World| {
        taxed(&world).await;
        let (iris, customer) = (iris(&world).await, postpaid(&world, None).await);
        // A price that is finer than a cent: the invoice rounds its sum, not each message.
        let fine = agent(&world, "Fine", Some("0.333")).await;
        let own = as_customer(&world, &customer.id);
        for to in [&iris, &iris, &iris, &fine, &fine] {
            send(&own, &customer, to, "Hello").await.unwrap();
        }
        assert_eq!(world.balance(&customer.id).await, amount("-3.636"));
        assert_eq!(world.faults().await, Vec::<String>::new());
        run_at(&world, "2026-04-01T00:00:00Z").await;
        let issued = invoices(&world, &customer).await;
        let told: Vec<String> = issued
            .iter()
            .flat_map(|invoice| &invoice.paper.lines)
            .map(|line| format!("{} {} {}", line.name, line.amount, line.tax_included))
            .collect();
        assert_eq!(told, ["Messages to Fine (2) 0.67 true", "Messages to Iris (3) 2.97 true"]);
        let last = &issued.last().unwrap().paper;
        // 3 x 0.165 of tax, and 2 x 0.0555: 0.606.
        assert_eq!((last.total, last.tax, last.net), (amount("3.64"), amount("0.61"), amount("3.03")));
        assert_eq!(world.balance(&customer.id).await, amount("-3.64"));
        assert_eq!(world.faults().await, Vec::<String>::new());
        // The next month has none of them again.
        world.clock.move_to(at("2026-04-15T00:00:00Z"));
        send(&own, &customer, &iris, "Hello").await.unwrap();
        run_at(&world, "2026-05-01T00:00:00Z").await;
        let totals: Vec<String> =
            invoices(&world, &customer).await.iter().map(|invoice| invoice.paper.total.to_string()).collect();
        assert!(totals.contains(&"0.99".to_owned()) && totals.len() == issued.len() + 1, "{totals:?}");
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_postpaid_customer_writes_up_to_the_credit_limit() {
    on_both(async |world: World| {
        let (iris, customer) = (iris(&world).await, postpaid(&world, Some("2.00")).await);
        let own = as_customer(&world, &customer.id);
        for _ in 0..2 {
            send(&own, &customer, &iris, "Hello").await.unwrap();
        }
        match send(&own, &customer, &iris, "Hello").await {
            Err(MessageError::Refused(Refused::InsufficientBalance { available, required, .. })) => {
                assert_eq!((available, required), (amount("0.02"), amount("0.99")));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}
