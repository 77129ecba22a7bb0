//! Rate decks: compared, replaced, searched.

use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

async fn upload(service: &Service, method: Method, path: &str, version: &str, csv: &str) -> Reply {
    let request = service.request(method, path).header("content-type", "text/csv").body(csv.to_owned());
    sent(if version.is_empty() { request } else { request.header("if-match", version) }).await
}

#[tokio::test]
async fn a_deck_shows_the_difference_before_it_is_replaced() {
    on_both(async |service| {
        let made = service.post("/decks", json!({"name": "World", "currency": "USD"})).await;
        assert_eq!((made.status, made.header("etag")), (201, "\"1\""), "{}", made.text);
        let deck = format!("/decks/{}", made.body["id"].as_str().unwrap());
        let (entries, compare) = (format!("{deck}/entries"), format!("{deck}/compare"));
        let first = "prefix,price_per_minute,destination\n44,0.03,United Kingdom\n4420,0.02,London\n1,0.01,North America\n";
        let seen = upload(service, Method::POST, &compare, "", first).await;
        assert_eq!((seen.status, seen.header("etag")), (200, "\"1\""), "{}", seen.text);
        assert_eq!((&seen.body["added"]["count"], &seen.body["against"]), (&json!(3), &Value::Null));
        assert_eq!(service.get(&entries).await.body["items"], json!([]), "nothing is saved by looking");
        assert_eq!(upload(service, Method::PUT, &entries, "", first).await.status, 428);
        let put = upload(service, Method::PUT, &entries, "\"1\"", first).await;
        assert_eq!((put.status, &put.body["version"]["prefixes"]), (200, &json!(3)), "{}", put.text);
        assert_eq!(upload(service, Method::PUT, &entries, "\"1\"", first).await.status, 412);
        let second = json!([{"prefix": "44", "rate": {"price_per_minute": "0.04"}}, {"prefix": "49", "rate": {"price_per_minute": "0.05"}},
                            {"prefix": "1", "rate": {"price_per_minute": "0.01"}, "destination": "North America"}]);
        let seen = service.post(&compare, second).await;
        let counts: Vec<&Value> = ["added", "removed", "changed"].iter().map(|kind| &seen.body[*kind]["count"]).collect();
        assert_eq!((counts, &seen.body["unchanged"]), (vec![&json!(1), &json!(1), &json!(1)], &json!(1)), "{}", seen.text);
        assert_eq!(seen.body["changed"]["entries"][0]["after"]["prefix"], "44");
        for (number, prefix) in [("+442079460018", json!("4420")), ("+441632960001", json!("44")), ("+4930123456", Value::Null)] {
            let found = service.get(&format!("{deck}/search?number={}", number.replace('+', "%2B"))).await;
            assert_eq!(found.body["entry"]["prefix"], prefix, "{number}: {}", found.text);
        }
        let page = service.get(&format!("{entries}?limit=2")).await;
        assert_eq!(page.body["items"][0]["prefix"], "1");
        let next = page.body["next_cursor"].as_str().unwrap();
        let rest = service.get(&format!("{entries}?limit=2&cursor={next}")).await;
        assert_eq!((rest.body["items"].as_array().unwrap().len(), &rest.body["next_cursor"]), (1, &Value::Null));
        assert_eq!(service.get(&format!("{entries}?prefix=44")).await.body["items"].as_array().unwrap().len(), 2);
        assert_eq!(service.get(&format!("{entries}?prefix=x")).await.places(), ["prefix"]);
        assert_eq!(service.get(&format!("{entries}?version=9")).await.status, 404);
        assert_eq!(service.get(&format!("{deck}/versions")).await.body["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_with_faults_changes_nothing_and_names_its_lines() {
    on_both(async |service| {
        let deck = service.made("/decks", json!({"name": "World", "currency": "USD"})).await;
        let entries = format!("/decks/{deck}/entries");
        let reply =
            upload(service, Method::PUT, &entries, "\"1\"", "prefix,price_per_minute\n44,0.03\nx,0.03\n49,0.0300001\n")
                .await;
        assert_eq!((reply.status, reply.problem()), (422, "invalid"), "{}", reply.text);
        let lines: Vec<u64> =
            reply.body["errors"].as_array().unwrap().iter().map(|fault| fault["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [3, 4]);
        assert_eq!(upload(service, Method::PUT, &entries, "\"1\"", "").await.status, 422);
        assert_eq!(service.get(&entries).await.body["items"], json!([]));
        let taken = service.post("/decks", json!({"name": "World", "currency": "USD"})).await;
        assert_eq!((taken.status, taken.problem()), (409, "name-taken"));
        let text = service.request(Method::PUT, &entries).header("if-match", "\"1\"").body("prefix\n");
        assert_eq!(sent(text).await.status, 415);
    })
    .await;
}
