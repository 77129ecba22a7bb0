//! Webhooks that are not Stripe's, or are not of now.

use serde_json::json;

use crate::desk::{Desk, SECRET, on_both};

#[tokio::test]
async fn what_is_unsigned_forged_old_or_odd_is_refused() {
    on_both(async |desk: &Desk| {
        let pia = desk.world.prepaid_customer("Pia").await;
        let (_, page) = desk.page(&pia, "20").await;
        desk.double.hold_back();
        desk.double.pay(&page).await.unwrap();
        let (event, now) = (desk.double.paid_event(&page).unwrap(), desk.now());
        for (second, status) in [(now - 360, 403), (now - 301, 403), (now + 301, 403)] {
            assert_eq!(desk.double.send(&event, Some(second)).await.status, status, "{}", second - now);
        }
        let webhook = desk.webhook();
        desk.double.tells(&webhook, "whsec_somebody_else's");
        assert_eq!(desk.double.send(&event, None).await.status, 403);
        let unsigned = reqwest::Client::new().post(&webhook).body(event.to_string()).send().await.unwrap();
        assert_eq!(unsigned.status().as_u16(), 403);
        desk.double.tells(&webhook, SECRET);
        for odd in [json!({}), json!([]), json!({"id": "evt_1", "type": "refund.created", "data": {"object": {}}})] {
            assert_eq!(desk.double.send(&odd, None).await.status, 400, "{odd}");
        }
        let too_long = json!({"id": "x".repeat(600_000), "type": "x", "data": {"object": {}}});
        assert_eq!(desk.double.send(&too_long, None).await.status, 413);
        assert_eq!(desk.balance(&pia).await, "0.00");
        // What is nothing to us, or of somebody else's pages, is taken, so that it is not sent for days.
        let mut other = event.clone();
        other["data"]["object"]["client_reference_id"] = json!("of-another-shop");
        for nothing in [other, json!({"id": "evt_1", "type": "customer.created", "data": {"object": {}}})] {
            assert_eq!(desk.double.send(&nothing, None).await.status, 200);
        }
        assert_eq!(desk.balance(&pia).await, "0.00");
        assert_eq!(desk.double.send(&event, Some(now - 300)).await.status, 200);
        assert_eq!(desk.balance(&pia).await, "20.00");
        // A replay within those five minutes changes nothing.
        assert_eq!(desk.double.send(&event, Some(now - 300)).await.status, 200);
        assert_eq!(desk.balance(&pia).await, "20.00");
    })
    .await;
}
