//! Paying by card, and a card that is charged by itself: the real program, a browser, and Stripe played on this machine.

use serde_json::json;
use stripe_double::Double;

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::Server;
use crate::web_app;

fn pays_by_card(database: &str, folder: &Folder) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let double = runtime.block_on(Double::start("sk_test_program")).unwrap();
    folder.write("stripe-key", "sk_test_program\n");
    folder.write("stripe-webhook-secret", "whsec_program\n");
    let rest = double.url();
    let configuration = format!(
        "[stripe]\nsecret_key_file = \"stripe-key\"\nwebhook_secret_file = \"stripe-webhook-secret\"\nrest_url = \"{rest}\"\n"
    );
    folder.write("tollgate.toml", configuration);
    let server = Server::demo(folder, database, &[]);
    double.tells(&format!("{}/webhooks/stripe", server.address), "whsec_program");
    runtime.block_on(offers_automatic_top_ups(&server));
    web_app::play_with("", &["checkout.spec.ts"], &server, folder);

    let charges = double.charges();
    assert_eq!(charges.iter().map(|charge| charge.amount).collect::<Vec<_>>(), [2000, 500]);
    let charge = &charges[0];
    runtime.block_on(double.refund(&charge.id, 500)).unwrap();
    let (_, back) = runtime.block_on(server.get("/api/v1/reversals?state=done"));
    let kinds: Vec<_> = back["items"].as_array().unwrap().iter().map(|row| (&row["kind"], &row["amount"])).collect();
    assert_eq!(kinds[0], (&"repayment".into(), &"5.00".into()), "{back}");
    assert!(double.sent().iter().all(|sent| sent.status == 200), "{:?}", double.sent());
    drop(server);
    let books = folder.json(&["check", "--json", "--database-url", database]);
    assert_eq!(books["faults"].as_array().map(Vec::len), Some(0), "{books}");
}

async fn offers_automatic_top_ups(server: &Server) {
    let (_, mut tenant) = server.get("/api/v1/tenant").await;
    tenant["settings"]["automatic_top_up"] = json!({"offered": true, "most_per_day": 3});
    let edit = json!({"name": tenant["name"], "settings": tenant["settings"]});
    let put = reqwest::Client::new().put(format!("{}/api/v1/tenant", server.address)).bearer_auth(&server.key);
    let changed = put.header("if-match", format!("\"{}\"", tenant["version"])).json(&edit).send().await.unwrap();
    assert!(changed.status().is_success(), "{}", changed.text().await.unwrap());
}

#[test]
fn a_customer_pays_by_card() {
    let folder = Folder::new();
    pays_by_card(&folder.sqlite(), &folder);
}

#[test]
fn a_customer_pays_by_card_on_postgresql() {
    let folder = Folder::new();
    let database = tokio::runtime::Runtime::new().unwrap().block_on(fresh_postgres());
    pays_by_card(&database, &folder);
    tokio::runtime::Runtime::new().unwrap().block_on(drop_postgres(&database));
}
