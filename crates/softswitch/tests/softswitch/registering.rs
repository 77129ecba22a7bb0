use serde_json::{Value, json};

use crate::bench::on_both;
use crate::client::Client;

#[tokio::test]
async fn a_phone_registers_with_its_number_and_secret() {
    on_both(async |bench| {
        let secret = bench.lines[0].1.clone();
        for (auth, refusal) in [
            (Value::Null, "No phone number provided"),
            (json!({}), "No phone number provided"),
            (json!({"phoneNumber": 1, "token": secret}), "No phone number provided"),
            (json!(["0001", secret]), "No phone number provided"),
            (json!("0001"), "No phone number provided"),
            (json!({"phoneNumber": "0099"}), "Invalid phone number"),
            (json!({"phoneNumber": "0001"}), "Invalid phone secret"),
            (json!({"phoneNumber": "0001", "token": "tph_wrong"}), "Invalid phone secret"),
            (json!({"phoneNumber": "0001", "token": bench.lines[1].1}), "Invalid phone secret"),
        ] {
            let refused = Client::connect(&bench.address, auth.clone()).await.err();
            assert_eq!(refused.as_deref(), Some(refusal), "{auth}");
        }
        let mut phone = Client::connect(&bench.address, bench.auth(0)).await.unwrap();
        phone.hears(json!(["registered", "0001"])).await;
        phone.hears(json!(["dial_plan", {"extension_length": 4, "complete": ["4911", "9911"]}])).await;
    })
    .await;
}

/// The newest registration has the line, and the end of the older one does not take it away.
#[tokio::test]
async fn the_newest_registration_has_the_line() {
    on_both(async |bench| {
        let mut older = bench.phone(0).await;
        let mut newer = bench.phone(0).await;
        older.hears(json!("replaced")).await;
        older.is_dropped().await;
        older.dies().await;
        let other = bench.phone(1).await;
        other.says("make_call", json!("0001"));
        newer.hears(json!(["call_request", "0002"])).await;
    })
    .await;
}

#[tokio::test]
async fn what_an_older_registration_says_is_nothing() {
    on_both(async |bench| {
        let (mut older, mut called) = (bench.phone(0).await, bench.phone(1).await);
        let newer = bench.phone(0).await;
        older.says("make_call", json!("0002"));
        older.says("hang_up", Value::Null);
        older.is_dropped().await;
        called.hears_nothing().await;
        newer.says("make_call", json!("0002"));
        called.hears(json!(["call_request", "0001"])).await;
    })
    .await;
}
