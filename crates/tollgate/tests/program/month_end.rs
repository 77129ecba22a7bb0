//! A month of the demo's business, from payments to the trial balance: what one report says, the others say, on both databases.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::money::Amount;
use domain::time::Zone;
use serde_json::{Value, json};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::server::{Server, now};

#[tokio::test]
async fn a_month_closes_and_all_sums_agree() {
    let folder = Folder::new();
    closes(&folder.sqlite(), &folder).await;
}

#[tokio::test]
async fn a_month_closes_and_all_sums_agree_on_postgresql() {
    let folder = Folder::new();
    let database = fresh_postgres().await;
    closes(&database, &folder).await;
    drop_postgres(&database).await;
}

async fn closes(database: &str, folder: &Folder) {
    let server = Server::demo(folder, database, &["--test-clock"]);
    let zone = Zone::named("America/Toronto").unwrap();
    let first = zone.date(now()).first_of_month();
    // All that lies before is closed with the last month.
    let before = closed(&server, &first.yesterday().unwrap().to_string()[..7]).await;
    let settled = money_comes_by_the_bank(&server).await;
    money_goes_back(&server, &settled).await;
    agents_are_paid(&server).await;

    let next = first.last_of_month().tomorrow().unwrap();
    let month = first.to_string()[..7].to_owned();
    server.move_clock_to(zone.start_of_day(next).plus_millis(6 * 3_600_000).unwrap()).await;
    let closed = closed(&server, &month).await;
    assert_eq!(closed["previous_hash"], before["hash"]);

    let balance = trial_balance(&server, &first.to_string(), &next.to_string()).await;
    revenue_is_what_moved(&server, &month, &balance).await;
    the_journal_is_what_moved(&server, (&first.to_string(), &next.to_string()), &closed, &balance).await;
    // Bills were issued meanwhile: what is owed is compared with the balance of today.
    let after = zone.date(zone.start_of_day(next)).tomorrow().unwrap();
    let today = trial_balance(&server, &next.to_string(), &after.to_string()).await;
    what_is_owed_is_on_the_accounts(&server, &today).await;
    let books = folder.json(&["check", "--json", "--database-url", database]);
    assert_eq!(books["faults"], json!([]), "{books}");
}

async fn items(server: &Server, path: &str) -> Vec<Value> {
    let (status, page) = server.get(&format!("/api/v1/{path}")).await;
    assert_eq!(status, 200, "{path}: {page}");
    page["items"].as_array().unwrap().clone()
}

async fn done(server: &Server, path: &str, body: Value) -> Value {
    let (status, answer) = server.post(&format!("/api/v1/{path}"), &body).await;
    assert!((200..300).contains(&status), "{path}: {status} {answer}");
    answer
}

fn micros(amount: &Value) -> i64 {
    Amount::parse(amount.as_str().unwrap()).unwrap().micros()
}

/// Every unpaid invoice but one is paid by transfer; answers how the file's rows stand.
async fn money_comes_by_the_bank(server: &Server) -> Vec<Value> {
    let open = items(server, "invoices?unpaid=true&limit=500").await;
    assert!(open.len() > 2, "the demo has unpaid invoices");
    let entry = |invoice: &Value| {
        let text = |field: &str| invoice[field].as_str().unwrap().to_owned();
        format!(
            r#"<Ntry><Amt Ccy="{}">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt>
            <AddtlNtryInf>Invoice {}</AddtlNtryInf></Ntry>"#,
            text("currency"),
            text("open"),
            text("number")
        )
    };
    let entries: String = open.iter().skip(1).map(entry).collect();
    let statement = format!("<Document><BkToCstmrStmt><Stmt>{entries}</Stmt></BkToCstmrStmt></Document>");
    let request = reqwest::Client::new().post(format!("{}/api/v1/bank-files", server.address));
    let answer = request.bearer_auth(&server.key).body(statement).send().await.unwrap();
    let file: Value = answer.json().await.unwrap();
    assert_eq!((file["taken"].as_u64(), &file["waiting"]), (u64::try_from(open.len() - 1).ok(), &json!(0)), "{file}");
    let left = items(server, "invoices?unpaid=true&limit=500").await;
    assert_eq!(left.iter().map(|invoice| &invoice["id"]).collect::<Vec<_>>(), [&open[0]["id"]]);
    items(server, "bank-rows?state=taken").await
}

/// One payment bounces, another is disputed; what bounced is owed again.
async fn money_goes_back(server: &Server, settled: &[Value]) {
    for (row, kind) in settled.iter().zip(["bounce", "dispute"]) {
        let payment = row["payment"].as_str().unwrap();
        let back = json!({"kind": kind, "reason": "as the bank says"});
        done(server, &format!("payments/{payment}/reversals"), back).await;
    }
    assert_eq!(items(server, "invoices?unpaid=true&limit=500").await.len(), 3);
}

/// What agents can be paid is paid.
async fn agents_are_paid(server: &Server) {
    let mut paid = 0;
    for agent in items(server, "agents?limit=100").await {
        let id = agent["id"].as_str().unwrap();
        let (status, answer) = server.post(&format!("/api/v1/agents/{id}/payouts"), &json!({})).await;
        assert!(status == 201 || status == 409, "{answer}");
        paid += u32::from(status == 201);
    }
    let before = items(server, "payouts?limit=100").await.len();
    assert!(paid > 0 || before > 0, "agents of the demo are paid");
}

/// Closes the month once it is billed; answers what it is sealed with.
async fn closed(server: &Server, month: &str) -> Value {
    let started = Instant::now();
    loop {
        let (status, answer) = server.post("/api/v1/months", &json!({"month": month})).await;
        if status == 201 {
            assert_eq!((&answer["state"], &answer["month"]), (&json!("closed"), &json!(month)), "{answer}");
            return answer["seal"].clone();
        }
        assert!(status == 409 && started.elapsed() < Duration::from_secs(60), "{status} {answer}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The accounts by currency and name, after a look at what a trial balance has to be.
async fn trial_balance(server: &Server, from: &str, to: &str) -> BTreeMap<(String, String), Value> {
    let (status, balance) = server.get(&format!("/api/v1/reports/trial-balance?from={from}&to={to}")).await;
    assert_eq!(status, 200, "{balance}");
    let mut sums: BTreeMap<&str, [i64; 3]> = BTreeMap::new();
    let mut accounts = BTreeMap::new();
    for row in balance["accounts"].as_array().unwrap() {
        let sum = sums.entry(row["currency"].as_str().unwrap()).or_default();
        sum[0] += micros(&row["opening"]);
        sum[1] += micros(&row["debit"]) - micros(&row["credit"]);
        sum[2] += micros(&row["closing"]);
        let text = |field: &str| row[field].as_str().unwrap().to_owned();
        accounts.insert((text("currency"), text("account")), row.clone());
    }
    assert!(!sums.is_empty() && sums.values().all(|sum| *sum == [0, 0, 0]), "{sums:?}");
    accounts
}

/// What was debited of an account less what was credited.
fn moved(balance: &BTreeMap<(String, String), Value>, currency: &str, account: &str) -> i64 {
    let row = balance.get(&(currency.to_owned(), account.to_owned()));
    row.map_or(0, |row| micros(&row["debit"]) - micros(&row["credit"]))
}

fn closing(balance: &BTreeMap<(String, String), Value>, currency: &str, account: &str) -> i64 {
    balance.get(&(currency.to_owned(), account.to_owned())).map_or(0, |row| micros(&row["closing"]))
}

async fn revenue_is_what_moved(server: &Server, month: &str, balance: &BTreeMap<(String, String), Value>) {
    let rows = items(server, &format!("reports/revenue?from={month}&to={month}")).await;
    assert!(rows.len() > 2, "{rows:?}");
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for row in &rows {
        let sum = sums.entry(row["currency"].as_str().unwrap()).or_default();
        *sum = (sum.0 + micros(&row["net"]), sum.1 + micros(&row["tax"]));
    }
    for (currency, (net, tax)) in sums {
        assert_eq!((net, tax), (-moved(balance, currency, "income"), -moved(balance, currency, "tax")), "{currency}");
    }
}

async fn the_journal_is_what_moved(
    server: &Server,
    (from, to): (&str, &str),
    seal: &Value,
    balance: &BTreeMap<(String, String), Value>,
) {
    let request =
        reqwest::Client::new().get(format!("{}/api/v1/reports/journal.csv?from={from}&to={to}", server.address));
    let csv = request.bearer_auth(&server.key).send().await.unwrap().text().await.unwrap();
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let titles = rows.headers().unwrap().clone();
    let place = |name: &str| titles.iter().position(|title| title == name).unwrap();
    let (amount, currency) = (place("amount"), place("currency"));
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    let mut entries = 0_u64;
    for row in rows.records() {
        let row = row.unwrap();
        entries += 1;
        *sums.entry(row[currency].to_owned()).or_default() += Amount::parse(&row[amount]).unwrap().micros();
    }
    assert_eq!(seal["entries"].as_u64(), Some(entries));
    for (currency, sum) in sums {
        let debits: i64 =
            balance.iter().filter(|((of, _), _)| *of == currency).map(|(_, row)| micros(&row["debit"])).sum();
        assert_eq!(sum, debits, "{currency}: an entry debits one account");
    }
}

/// Who has and who owes make up the accounts; unpaid invoices make up the aged debt.
async fn what_is_owed_is_on_the_accounts(server: &Server, today: &BTreeMap<(String, String), Value>) {
    let owed = items(server, "reports/liabilities").await;
    for (kinds, account) in [(&["prepaid", "postpaid"][..], "customers"), (&["agents"], "agents")] {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for row in owed.iter().filter(|row| kinds.contains(&row["whose"].as_str().unwrap())) {
            *sums.entry(row["currency"].as_str().unwrap()).or_default() += micros(&row["has"]) - micros(&row["owes"]);
        }
        for (currency, sum) in sums {
            assert_eq!(sum, -closing(today, currency, account), "{account} {currency}");
        }
    }
    let debts: i64 = items(server, "reports/aged-debt").await.iter().map(|row| micros(&row["total"])).sum();
    let open: i64 = items(server, "invoices?unpaid=true&limit=500").await.iter().map(|row| micros(&row["open"])).sum();
    assert!(debts > 0 && debts == open, "{debts} {open}");
}
