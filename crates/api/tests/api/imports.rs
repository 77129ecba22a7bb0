//! Files over HTTP.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::service::{Reply, Service, is_soak, on_both, sent};

async fn upload(service: &Service, query: &str, file: impl Into<reqwest::Body>) -> Reply {
    sent(service.request(Method::POST, &format!("/imports?{query}")).body(file)).await
}

/// A record of an Asterisk with 18 columns: a call of a minute and a half.
fn record(account: &str, number: u32, talk: &str) -> String {
    let (day, end) = ("2026-10-03", "09:01:30");
    format!(
        "\"{account}\",\"0001\",\"+442079460018\",\"out\",\"\",\"SIP/1\",\"SIP/2\",\"Dial\",\"\",\"{day} 09:00:00\",\"{day} 09:00:00\",\
         \"{day} {end}\",90,{talk},\"ANSWERED\",\"DOCUMENTATION\",\"1795166377.{number}\",\"\"\n"
    )
}

#[tokio::test]
async fn a_file_of_calls_is_imported_once() {
    on_both(async |service| {
        let (customer, _) = service.caller().await;
        let file =
            format!("{}{}torn,row\n{}", record("0001", 1, "90"), record("nobody", 2, "90"), record("0001", 3, "90"));
        let query = "format=asterisk_csv&customer_by=accountcode&name=Master.csv";
        let first = upload(service, query, file.clone()).await;
        assert_eq!(first.status, 201, "{}", first.text);
        let figures = |reply: &Reply| -> Vec<Value> {
            ["rows", "rated", "duplicates", "unrated", "rejected"]
                .map(|field| reply.body["summary"][field].clone())
                .to_vec()
        };
        assert_eq!(figures(&first), [json!(4), json!(2), json!(0), json!(1), json!(1)], "{}", first.text);
        assert_eq!(
            (&first.body["rejects"][0]["line"], &first.body["rejects"][0]["row"]),
            (&json!(3), &json!("torn,row"))
        );
        assert_eq!(first.body["summary"]["amount"], "0.20");
        let shown = service.get(first.header("location").trim_start_matches("/api/v1")).await;
        assert_eq!(
            (&shown.body["name"], &shown.body["summary"]["rows"]),
            (&json!("Master.csv"), &json!(4)),
            "{}",
            shown.text
        );
        let again = upload(service, query, file).await;
        assert_eq!(figures(&again), [json!(4), json!(0), json!(3), json!(0), json!(1)], "{}", again.text);
        assert_eq!(service.get("/imports").await.body["items"].as_array().unwrap().len(), 2);
        let balance = service.get(&format!("/customers/{customer}/balance")).await;
        assert_eq!(balance.body["balance"], "-0.20");
    })
    .await;
}

#[tokio::test]
async fn customers_are_imported_whole_or_not_at_all() {
    on_both(async |service| {
        service.plan("Basic", "0.05").await;
        let good = "external_reference,organisation,mode,number,plan,opening_balance\nr1,Harbour Radio,postpaid,0001,Basic,-5.00\n";
        let bad = format!("{good}r2,Hill Choir,postpaid,0001,Basic,\n");
        for (query, file, status, written, rejected) in [
            ("format=customers_csv&dry_run=true", good.to_owned(), 200, false, 0),
            ("format=customers_csv", bad, 200, false, 1),
            ("format=customers_csv", good.to_owned(), 201, true, 0),
        ] {
            let reply = upload(service, query, file).await;
            assert_eq!(reply.status, status, "{query}: {}", reply.text);
            assert_eq!(reply.body["summary"]["written"], written, "{query}: {}", reply.text);
            assert_eq!(reply.body["rejects"].as_array().unwrap().len(), rejected, "{query}: {}", reply.text);
            let customers = service.get("/customers").await;
            assert_eq!(customers.body["items"].as_array().unwrap().len(), usize::from(written), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn imports_that_are_not_begun() {
    on_both(async |service| {
        for (query, place) in [
            ("", "format"),
            ("format=xlsx", "format"),
            ("format=asterisk_csv", "customer_by"),
            ("format=asterisk_csv&customer_by=name", "customer_by"),
            ("format=asterisk_csv&customer_by=src&map=to=2", "map"),
            ("format=asterisk_csv&customer_by=src&dry_run=true", "dry_run"),
            ("format=asterisk_csv&customer_by=src&create_missing=perhaps", "create_missing"),
            ("format=asterisk_csv&customer_by=src&create_missing=true", "plan"),
            ("format=asterisk_csv&customer_by=src&create_missing=true&plan=None", "plan"),
            ("format=asterisk_csv&customer_by=src&time_zone=Mars/Base", "time_zone"),
            ("format=asterisk_csv&customer_by=src&encoding=ebcdic", "encoding"),
            ("format=asterisk_csv&customer_by=src&system=a:b", "system"),
            ("format=csv", "map"),
            ("format=csv&map=to", "map"),
            ("format=customers_csv&plan=Basic", "plan"),
        ] {
            let reply = upload(service, query, record("0001", 1, "90")).await;
            assert_eq!((reply.status, reply.places()), (422, vec![place]), "{query}: {}", reply.text);
        }
        assert_eq!(service.get("/imports").await.body["items"], json!([]));
        assert_eq!(service.get("/calls").await.body["items"], json!([]));
    })
    .await;
}

/// So many times the same bytes, compressed.
fn bomb(part: &[u8], times: usize) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    (0..times).for_each(|_| packed.write_all(part).unwrap());
    packed.finish().unwrap()
}

#[tokio::test]
async fn h106_a_file_that_is_too_large_is_refused_whole() {
    on_both(async |service| {
        service.caller().await;
        // Whoever says that a gibibyte comes is refused before it does.
        let mut stream = TcpStream::connect(service.address).await.unwrap();
        let head = format!(
            "POST /api/v1/imports?format=jsonl HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            service.key(engine::Role::Owner),
            1 << 30
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 413");
        // A good row first: it is refused with the rest.
        let good = record("0001", 1, "90");
        let rows = [good.as_bytes(), "\n".repeat(1_000_000).as_bytes()].concat();
        let mut files = vec![("1,000,001 rows", rows.clone()), ("the same, compressed", bomb(&rows, 1))];
        if is_soak() {
            files.push(("more than a gibibyte in a mebibyte", bomb(&vec![b'x'; 1 << 20], 1025)));
        }
        for (what, file) in files {
            let reply = upload(service, "format=asterisk_csv&customer_by=accountcode", file.clone()).await;
            assert_eq!((reply.status, reply.problem()), (413, "too-large"), "{what}: {}", reply.text);
            let reply = upload(service, "format=customers_csv", file).await;
            assert_eq!(reply.status, 413, "{what}: {}", reply.text);
        }
        assert_eq!(service.get("/imports").await.body["items"], json!([]));
        assert_eq!(service.get("/calls").await.body["items"], json!([]), "nothing is written");
    })
    .await;
}
