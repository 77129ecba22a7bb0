//! A switch that behaves like a provider keeps to the port, and the exchange copes with what is late, twice, or out of order.

use domain::call_flow::Party;
use engine::switching::Exchange;
use serde_json::json;

use crate::switch_contract::double::Double;
use crate::switch_contract::keeps_to_the_port;
use crate::world::on_both;

#[tokio::test]
async fn a_provider_that_is_late_and_repeats_itself_keeps_to_the_port() {
    on_both(async |world| {
        let customer = world.customer("Caller").await;
        let plan = world.plan("Talk", json!({"rate": {"price_per_minute": "0.60", "increment_seconds": 1}})).await;
        let mut lines = Vec::new();
        for number in ["0001", "0002", "0003"] {
            let line = world.line(&customer, number, &plan).await;
            lines.push(Party { line: Some(line.id), number: line.number });
        }
        let exchange = Exchange::new(&world.engine);
        let running = tokio::spawn(exchange.clone().run());
        for seed in [1, 2] {
            keeps_to_the_port(&mut Double::new(&world, &exchange, lines.clone(), seed)).await;
        }
        running.abort();
    })
    .await;
}
