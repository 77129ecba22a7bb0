//! Lists have neither gaps nor repeats, also while they grow.

use serde_json::{Value, json};

use crate::service::{Service, on_both};

/// The ids of all items of a list, page by page; `between` is done after each page.
async fn walked(service: &Service, path: &str, limit: usize, between: impl AsyncFn()) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let sign = if path.contains('?') { '&' } else { '?' };
        let next = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = service.get(&format!("{path}{sign}limit={limit}{next}")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let items = page.body["items"].as_array().unwrap();
        let id = |item: &Value| {
            item.get("id").or(item.get("key")).or(item.get("prefix")).unwrap().as_str().unwrap().to_owned()
        };
        ids.extend(items.iter().map(id));
        match &page.body["next_cursor"] {
            Value::String(next) => {
                assert_eq!(items.len(), limit);
                cursor = Some(next.clone());
            }
            _ => return ids,
        }
        between().await;
    }
}

#[tokio::test]
async fn every_list_is_walked_without_gaps() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        for number in 0..7 {
            service.customer(&format!("Customer {number}")).await;
            service.plan(&format!("Plan {number}"), "0.05").await;
            service.made("/payments", json!({"customer": customer, "amount": "1", "method": "cash"})).await;
            service
                .made("/credits", json!({"customer": customer, "kind": "credit", "amount": "1", "reason": "x"}))
                .await;
            // All end at the same instant.
            service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 1})).await;
            service.made("/lines", json!({"customer": customer, "number": "####", "plan": "Basic"})).await;
        }
        for (path, count) in [
            ("/customers".to_owned(), 8),
            ("/plans".to_owned(), 8),
            ("/lines".to_owned(), 8),
            ("/payments".to_owned(), 7),
            ("/credits".to_owned(), 7),
            ("/calls".to_owned(), 7),
            (format!("/customers/{customer}/calls"), 7),
            (format!("/lines/{line}/calls"), 7),
            (format!("/customers/{customer}/ledger"), 21),
            ("/audit".to_owned(), 0),
        ] {
            let whole = walked(service, &path, 500, async || {}).await;
            if count > 0 {
                assert_eq!(whole.len(), count, "{path}");
            }
            for limit in [1, 3] {
                assert_eq!(walked(service, &path, limit, async || {}).await, whole, "{path} by {limit}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_that_grows_shows_each_item_once() {
    on_both(async |service| {
        let (_, line) = service.caller().await;
        let call = async || {
            service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 1})).await;
        };
        for _ in 0..5 {
            call().await;
        }
        let before = walked(service, "/calls", 500, async || {}).await;
        // New calls come in at the head while the list is read.
        assert_eq!(walked(service, "/calls", 2, call).await, before);
        let customers = walked(service, "/customers", 1, async || {
            if walked(service, "/customers", 500, async || {}).await.len() < 5 {
                service.customer("Another").await;
            }
        })
        .await;
        assert_eq!(customers, walked(service, "/customers", 500, async || {}).await);
    })
    .await;
}
