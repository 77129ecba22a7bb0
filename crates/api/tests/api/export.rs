//! Calls as CSV.

use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn all_calls_of_a_filter_are_exported() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        for number in 0..1005 {
            // A page of the export holds a thousand.
            let call = json!({"line": line, "to": "+442079460018", "minutes": 1, "origin": format!("bridge:{number}")});
            service.made("/calls", call).await;
        }
        let csv = sent(service.request(Method::GET, &format!("/calls.csv?customer={customer}"))).await;
        assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert!(csv.header("content-disposition").contains("calls.csv"));
        let lines: Vec<&str> = csv.text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 1006);
        assert!(lines[1].contains("\"Harbour Radio\"") && lines[1].contains("\"'+442079460018\""), "{}", lines[1]);
        let mut ids: Vec<&str> = lines[1..].iter().map(|line| line.split(',').next().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 1005);
        let none = sent(service.request(Method::GET, "/calls.csv?disposition=busy")).await;
        assert_eq!(none.text.split_terminator("\r\n").count(), 1);
        assert_eq!(sent(service.request(Method::GET, "/calls.csv?disposition=lost")).await.status, 422);
    })
    .await;
}
