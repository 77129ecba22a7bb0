//! Two tenants in one database that have the same of everything: neither sees or changes the other's.

use engine::calls::{self, CallError, Filter};
use engine::customers::{self, CustomerError, CustomerUpdate};
use engine::lines::{self, LineError, LineFilter};
use engine::plans::{self, PlanError};
use engine::{accounts, ledger, payments};
use serde_json::json;
use storage::ledger::EntryFilter;

use crate::calls::call;
use crate::world::{World, amount, currency, on_both};

/// Fills a tenant: a customer with the external reference `A-1`, the plan "Basic", the line 0001 and one call.
async fn fill(world: &World, seconds: i64) -> (String, String, String, String) {
    let customer = world.customer("Acme").await;
    let update = CustomerUpdate {
        details: customer.details.clone(),
        external_reference: Some("A-1".into()),
        state: customer.state,
    };
    world.run(async |work| customers::update(work, &customer.id, update, 1).await).await.unwrap();
    let plan = world.plan("Basic", json!({})).await;
    let line = world.line(&customer, "0001", &plan).await;
    let made = call("pbx:1", "0001", "2026-03-01T10:00:00Z", seconds);
    let (call, new) = world.run(async |work| calls::record(work, made).await).await.unwrap();
    assert!(new, "an origin is known in its tenant only");
    (customer.id, plan.id, line.id, call.id)
}

#[tokio::test]
async fn a_tenant_sees_its_own() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let (customer, plan, line, call) = fill(&world, 60).await;
        fill(&neighbour, 600).await;
        let mut view = neighbour.view().await;
        assert!(matches!(customers::get(&mut view, &customer).await, Err(CustomerError::NotFound(_))));
        assert!(matches!(plans::get(&mut view, &plan).await, Err(PlanError::NotFound(_))));
        assert!(matches!(lines::get(&mut view, &line).await, Err(LineError::NotFound(_))));
        assert!(matches!(calls::get(&mut view, &call).await, Err(CallError::NotFound(_))));
        assert_eq!(plans::versions(&mut view, &plan).await.unwrap(), []);
        assert_eq!(lines::of_customer(&mut view, &customer).await.unwrap(), []);
        let account = accounts::get(&mut view, &customer, currency("USD")).await.unwrap();
        assert_eq!(account.balance, amount("0"));
        let entries = EntryFilter { customer: Some(&customer), ..EntryFilter::default() };
        assert_eq!(ledger::entries(&mut view, &entries, 10).await.unwrap(), []);
        let own = Filter { customer: Some(customer.clone()), ..Filter::default() };
        assert_eq!(calls::history(&mut view, &own, None, 10).await.unwrap(), []);
        assert_eq!(calls::months(&mut view, &customer, &domain::time::Zone::utc()).await.unwrap(), []);
        drop(view);
        assert_eq!(neighbour.changes(&customer).await, []);

        for world in [&world, &neighbour] {
            let mut view = world.view().await;
            assert_eq!(customers::page(&mut view, None, None, 10).await.unwrap().len(), 1);
            assert_eq!(plans::page(&mut view, None, 10).await.unwrap().len(), 1);
            assert_eq!(lines::page(&mut view, LineFilter::default(), 10).await.unwrap().len(), 1);
            assert_eq!(calls::history(&mut view, &Filter::default(), None, 10).await.unwrap().len(), 1);
            assert_eq!(payments::page(&mut view, None, None, 10).await.unwrap(), []);
        }
        assert_eq!((world.faults().await, neighbour.faults().await), (vec![], vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_tenant_changes_its_own() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let (customer, plan, line, _) = fill(&world, 60).await;
        let document = plans::versions(&mut world.view().await, &plan).await.unwrap().remove(0).document;
        let revised = neighbour.run(async |work| plans::revise(work, &plan, document, None, 1).await).await;
        assert!(matches!(revised, Err(PlanError::NotFound(_))));
        let closed = neighbour.run(async |work| lines::close(work, &line, 1).await).await;
        assert!(matches!(closed, Err(LineError::NotFound(_))));
        let payment = payments::NewPayment {
            customer: customer.clone(),
            amount: amount("1"),
            currency: None,
            method: payments::Method::Cash,
            reference: None,
            received_at: None,
            invoice: None,
        };
        let paid = neighbour.run(async |work| payments::record(work, payment).await).await;
        assert!(matches!(paid, Err(payments::PaymentError::Customer(CustomerError::NotFound(_)))));
        assert_eq!(world.balance(&customer).await, amount("-0.05"));
        assert_eq!(neighbour.faults().await, Vec::<String>::new());
    })
    .await;
}
