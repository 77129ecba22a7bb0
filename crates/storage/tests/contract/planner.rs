//! How the statements of the hot paths are carried out in a fresh database, which the planners know nothing about, and in one
//! that has been analysed.

use storage::allowances::AllowanceRecord;
use storage::audit::ChangeRecord;
use storage::blocks::BlockRecord;
use storage::calls::{CallFilter, CallRecord};
use storage::conversations::Whose;
use storage::customers::{CustomerFilter, CustomerRecord};
use storage::documents::{DocumentFilter, DocumentRecord};
use storage::flows::FlowRecord;
use storage::included::IncludedRecord;
use storage::ledger::{AccountChange, EntryFilter, EntryRecord};
use storage::lines::{LineFilter, LineRecord};
use storage::messages::MessageRecord;
use storage::payments::{CreditRecord, MoneyFilter, PaymentRecord};
use storage::{
    ReadTx, Store, WriteTx, allowances, audit, blocks, calls, conversations, customers, documents, flows, idempotency,
    included, ledger, lines, low_balances, messages, months, overview, payments, plans, presences, reports, usage,
};

use crate::databases::{drop_postgres, execute, fresh_postgres};
use crate::months::month;
use crate::recorder::{explaining, postgres_plans, sqlite_plans};
use crate::records::{allowance, audited, call, change, conversation, credit, customer, entry, line, message, payment};
use crate::{books, carried, recordings, telephony};

const CALLS: usize = 20_000;
const CUSTOMERS: usize = 2_000;

const TABLES: [&str; 25] = [
    "accounts",
    "allowances",
    "audit",
    "blocks",
    "calls",
    "carried_legs",
    "conversations",
    "credits",
    "customers",
    "documents",
    "entries",
    "flows",
    "idempotency",
    "inbound_numbers",
    "included_seconds",
    "line_plans",
    "lines",
    "messages",
    "months",
    "payments",
    "recording_parts",
    "recordings",
    "sip_accounts",
    "trunk_routes",
    "trunks",
];

/// What is asked, in the order of [`questions`]; by which columns SQLite has to search; which index PostgreSQL has
/// to use.
const EXPECTED: [(&str, &str, &str); 100] = [
    ("when a customer called", "(tenant=? AND <expr>=? AND customer=?", "calls_of_customer"),
    (
        "a page of a customer",
        "(tenant=? AND <expr>=? AND customer=? AND ended_at>? AND (ended_at,id)<(?,?))",
        "calls_of_customer",
    ),
    ("when a customer called", "(tenant=? AND <expr>=? AND customer=?", "calls_of_customer"),
    (
        "a page of a customer's month",
        "(tenant=? AND <expr>=? AND customer=? AND ended_at>? AND (ended_at,id)<(?,?))",
        "calls_of_customer",
    ),
    ("when a line called", "(tenant=? AND <expr>=? AND line=?", "calls_of_line"),
    ("a page of a line", "(tenant=? AND <expr>=? AND line=? AND ended_at>? AND (ended_at,id)<(?,?))", "calls_of_line"),
    ("a page of an agent", "(tenant=? AND agent=? AND ended_at>? AND (ended_at,id)<(?,?))", "calls_by_agent"),
    ("a page of a tenant", "(tenant=? AND ended_at>? AND (ended_at,id)<(?,?))", "calls_by_end"),
    ("when a customer called", "(tenant=? AND <expr>=? AND customer=?", "calls_of_customer"),
    (
        "totals of a customer",
        "(tenant=? AND <expr>=? AND customer=? AND (ended_at,id)>(?,?) AND (ended_at,id)<(?,?))",
        "calls_of_customer",
    ),
    ("when a line called", "(tenant=? AND <expr>=? AND line=?", "calls_of_line"),
    (
        "totals of a line",
        "(tenant=? AND <expr>=? AND line=? AND (ended_at,id)>(?,?) AND (ended_at,id)<(?,?))",
        "calls_of_line",
    ),
    ("totals of a tenant", "(tenant=? AND ended_at>? AND ended_at<?)", "calls_by_end"),
    ("when a customer called", "(tenant=? AND <expr>=? AND customer=?", "calls_of_customer"),
    ("the first and the last", "(tenant=? AND <expr>=? AND customer=? AND ended_at>?)", "calls_of_customer"),
    ("a page of the unrated", "calls_unrated (tenant=? AND id>?)", "calls_unrated"),
    ("where a page ended", "(tenant=? AND id=?)", "calls_pkey"),
    ("when a customer called", "(tenant=? AND <expr>=? AND customer=?", "calls_of_customer"),
    (
        "a page of a customer's rated",
        "(tenant=? AND <expr>=? AND customer=? AND (ended_at,id)>(?,?) AND ended_at<?)",
        "calls_of_customer",
    ),
    ("where a page ended", "(tenant=? AND id=?)", "calls_pkey"),
    ("a page of a tenant's rated", "(tenant=? AND (ended_at,id)>(?,?) AND ended_at<?)", "calls_by_end"),
    ("when a line called", "(tenant=? AND <expr>=? AND line=?", "calls_of_line"),
    (
        "a line's calls",
        "(tenant=? AND <expr>=? AND line=? AND (ended_at,id)>(?,?) AND (ended_at,id)<(?,?))",
        "calls_of_line",
    ),
    ("when any line called", "(tenant=? AND <expr>=?", "calls_of_line"),
    ("sums of lines", "(tenant=? AND <expr>=? AND line=? AND ended_at>? AND ended_at<?)", "calls_"),
    ("charged links", "(tenant=? AND link=?)", "calls_by_link"),
    ("open calls of origins", "(tenant=? AND origin=?)", "calls_tenant_origin_key"),
    ("known origins", "(tenant=? AND origin=?)", "calls_tenant_origin_key"),
    ("whether a switch has calls", "(tenant=? AND origin>? AND origin<?)", "calls_tenant_origin_key"),
    ("a call", "(tenant=? AND id=?)", "calls_pkey"),
    ("when a customer's money moved", "(tenant=? AND <expr>=? AND customer=?", "entries_of_customer"),
    (
        "a page of a customer's entries",
        "(tenant=? AND <expr>=? AND customer=? AND posted_at>? AND (posted_at,key)<(?,?))",
        "entries_of_customer",
    ),
    (
        "a page of an agent's entries",
        "(tenant=? AND agent=? AND posted_at>? AND (posted_at,key)<(?,?))",
        "entries_by_agent",
    ),
    ("entries about a call", "(tenant=? AND key>? AND key<?)", "entries_pkey"),
    ("known entries", "(tenant=? AND key=?)", "entries_pkey"),
    ("the journal", "entries_by_time (tenant=? AND posted_at>? AND posted_at<?)", "entries_by_time"),
    ("the first entry", "entries_by_time (tenant=?)", "entries_by_time"),
    ("promotional credit of a call", "(tenant=? AND reference=?)", "entries_promotional"),
    ("when a customer's money moved", "(tenant=? AND <expr>=? AND customer=?", "entries_of_customer"),
    (
        "moves of a customer",
        "(tenant=? AND <expr>=? AND customer=? AND posted_at>? AND posted_at<?)",
        "entries_of_customer",
    ),
    ("when a customer's money moved", "(tenant=? AND <expr>=? AND customer=?", "entries_of_customer"),
    ("what a customer had", "(tenant=? AND <expr>=? AND customer=? AND posted_at>?)", "entries_of_customer"),
    ("accounts with promotional credit", "(tenant=? AND account=? AND currency=?)", "accounts_pkey"),
    ("a page of customers", "(tenant=? AND id>?)", "customers_pkey"),
    ("a customer by reference", "(tenant=? AND external_reference=?)", "customers_by_reference"),
    ("lines of a number", "(tenant=? AND number=?)", "lines_of_number"),
    ("lines of a customer", "(tenant=? AND customer=?)", "lines_by_customer"),
    ("a page of lines", "(tenant=? AND id>?)", "lines_pkey"),
    ("plans of a line", "(tenant=? AND line=?)", "line_plans_pkey"),
    ("subscribers", "(tenant=? AND line=? AND from_at<?)", "line_plans_pkey"),
    ("a page of payments", "(tenant=? AND customer=? AND id<?)", "payments_by_customer"),
    ("a page of credits", "(tenant=? AND customer=? AND id<?)", "credits_by_customer"),
    ("a page of changes", "(tenant=? AND subject=? AND id<?)", "audit_by_subject"),
    ("allowances", "(tenant=? AND customer=?)", "allowances_by_customer"),
    ("an answer", "(tenant=? AND actor=? AND key=?)", "idempotency_pkey"),
    ("a call by origin", "(tenant=? AND origin=?)", "calls_tenant_origin_key"),
    ("accounts to change", "(tenant=? AND account=?)", "accounts_pkey"),
    ("a change of balances", "INSERT INTO accounts", "Conflict Arbiter Indexes: accounts_pkey"),
    ("a use of included seconds", "INSERT INTO included_seconds", "Conflict Arbiter Indexes: included_seconds_pkey"),
    ("calls with a known one", "INSERT INTO calls", "Conflict Arbiter Indexes: calls_tenant_origin_key"),
    ("entries with a known one", "INSERT INTO entries", "Conflict Arbiter Indexes: entries_pkey"),
    ("some customers: when they called", "(tenant=? AND <expr>=? AND customer=?", "calls_of_customer"),
    (
        "some customers' calls",
        "(tenant=? AND <expr>=? AND customer=? AND ended_at>? AND (ended_at,id)<(?,?))",
        "calls_of_customer",
    ),
    ("some customers: when they called", "(tenant=? AND <expr>=? AND customer=?", "calls_of_customer"),
    (
        "totals of some customers",
        "(tenant=? AND <expr>=? AND customer=? AND (ended_at,id)>(?,?) AND (ended_at,id)<(?,?))",
        "calls_of_customer",
    ),
    ("some customers", "(tenant=? AND id=?)", "customers_pkey"),
    ("some customers' lines", "(tenant=? AND customer=? AND id>?)", "lines_by_customer"),
    ("some customers' payments", "(tenant=? AND customer=? AND id<?)", "payments_by_customer"),
    ("some customers' credits", "(tenant=? AND customer=? AND id<?)", "credits_by_customer"),
    ("a page of a customer's documents", "(tenant=? AND customer=? AND id<?)", "documents_by_customer"),
    ("some customers' documents", "(tenant=? AND customer=? AND id<?)", "documents_by_customer"),
    ("a page of a tenant's conversations", "(tenant=? AND (last_at,id)<(?,?))", "conversations_by_last"),
    ("some customers' conversations", "(tenant=? AND customer=? AND (last_at,id)<(?,?))", "conversations_by_customer"),
    (
        "a page of an agent's conversations",
        "(tenant=? AND agent=? AND shown_at>? AND (shown_at,id)<(?,?))",
        "conversations_by_agent",
    ),
    ("a page of messages", "(tenant=? AND conversation=? AND number<?)", "messages_by_number"),
    ("a message by origin", "(tenant=? AND origin=?)", "messages_by_origin"),
    ("blocks between two", "(tenant=? AND customer=? AND agent=?)", "blocks_"),
    ("agents who have a call", "(tenant=? AND agent=?)", "calls_live_by_agent"),
    ("unread messages", "(tenant=? AND conversation=? AND number<?)", "messages_unread"),
    ("low balances", "(tenant=? AND account=? AND currency=?)", "accounts_pkey"),
    ("some calls", "(tenant=? AND id=?)", "calls_pkey"),
    ("the ways of calls that run", "flows_running (switch=?)", "flows_running"),
    ("the way of a call", "(tenant=? AND origin=?)", "flows_pkey"),
    ("what calls and messages come to", "calls_by_end (tenant=? AND ended_at>? AND ended_at<?)", "calls_by_end"),
    ("the ways of calls long over", "flows_by_age (tenant=? AND changed_at<?)", "flows_by_age"),
    ("the account of an endpoint", "sip_accounts_by_username (username=?)", "sip_accounts_by_username"),
    ("the trunk of an endpoint", "trunks_by_endpoint (asterisk=? AND endpoint=?)", "trunks_by_endpoint"),
    ("routes of prefixes", "trunk_routes_by_prefix (tenant=? AND prefix=?)", "trunk_routes_by_prefix"),
    ("a number from outside", "inbound_numbers_by_number (tenant=? AND number=?)", "inbound_numbers_by_number"),
    ("the number of a line outside", "inbound_numbers_by_line (tenant=? AND line=?)", "inbound_numbers_by_line"),
    ("what was recorded of a leg", "recordings_by_origin (tenant=? AND origin=? AND leg=?)", "recordings_by_origin"),
    ("what was recorded of calls", "recordings_by_origin (tenant=? AND origin=?)", "recordings_by_origin"),
    ("a part of audio", "(tenant=? AND recording=? AND first_byte<?)", "recording_parts_pkey"),
    ("a page of recordings", "(tenant=? AND id<?)", "recordings_pkey"),
    ("a page of a line's recordings", "recordings_by_line (tenant=? AND line=? AND id<?)", "recordings_by_line"),
    (
        "some customers' recordings",
        "recordings_by_customer (tenant=? AND customer=? AND id<?)",
        "recordings_by_customer",
    ),
    ("recordings whose time is over", "recordings_by_end (tenant=? AND delete_at<?)", "recordings_by_end"),
    ("audio that is left over", "recording_parts_by_age (tenant=? AND written_at<?)", "recording_parts_by_age"),
    ("what trunks carried of a call", "(tenant=? AND call=?)", "carried_legs_pkey"),
    ("revenue of months", "entries_by_time (tenant=? AND posted_at>? AND posted_at<?)", "entries_by_time"),
];

/// Asks each question once, by the crate's own doors.
async fn questions(store: &Store) {
    let mut tx = store.read().await.unwrap();
    about_calls(&mut tx).await.unwrap();
    about_others(&mut tx, "cus_00007").await.unwrap();
    let mut tx = store.write().await.unwrap();
    calls::lock_by_origin(&mut tx, 1, "test:call_00100").await.unwrap();
    ledger::lock_accounts(&mut tx, 1, &[("cus_00001", "USD"), ("cus_00002", "USD")]).await.unwrap();
    ledger::change_accounts(&mut tx, 1, &[change("cus_00001", 5)]).await.unwrap();
    included::add(&mut tx, 1, &[seconds_of("lin_00001")]).await.unwrap();
    let (call, entry) = call_and_entry(7);
    calls::insert_new(&mut tx, 1, &[call]).await.unwrap();
    ledger::insert_entries(&mut tx, 1, &[entry]).await.unwrap();
    let some = ["cus_00005".to_owned(), "cus_00010".to_owned()];
    about_some(&mut store.read().await.unwrap(), &some).await.unwrap();
    about_messages(&mut store.read().await.unwrap(), &some).await.unwrap();
    messages::mark_read(&mut tx, 1, ("cnv_00005", "customer"), 7, 1).await.unwrap();
    low_balances::note(&mut tx, 1, ("USD", 5), &["cus_00001", "cus_00002"]).await.unwrap();
    calls::some(&mut tx, 1, &["call_00100", "call_00101"]).await.unwrap();
    flows::running(&mut tx, "softswitch").await.unwrap();
    flows::get(&mut tx, 1, "softswitch/00100").await.unwrap();
    overview::revenue(&mut tx, 1, "USD", &[(5_000_000, 6_000_000), (6_000_000, 7_000_000)]).await.unwrap();
    flows::forget(&mut tx, 1, 50_000, 100).await.unwrap();
    about_telephony(&mut store.read().await.unwrap(), &some).await.unwrap();
}

async fn about_telephony(tx: &mut ReadTx, some: &[String]) -> Result<(), storage::Error> {
    telephony::questions(tx).await?;
    recordings::questions(tx, some).await?;
    carried::question(tx).await?;
    reports::revenue(tx, 1, &[(5_000_000, 6_000_000), (6_000_000, 7_000_000)]).await.map(|_| ())
}

async fn about_messages(tx: &mut ReadTx, some: &[String]) -> Result<(), storage::Error> {
    conversations::page(tx, 1, Whose::Tenant, None, 50).await?;
    conversations::page(tx, 1, Whose::Customers(some), None, 50).await?;
    conversations::page(tx, 1, Whose::Agent("agt_1", &[]), None, 50).await?;
    messages::page(tx, 1, ("cnv_00005", true), None, 50).await?;
    messages::by_origin(tx, 1, "sms:5").await?;
    blocks::between(tx, 1, "cus_00005", "agt_1").await?;
    presences::busy_among(tx, 1, &["agt_1", "agt_2"]).await.map(|_| ())
}

/// What those ask who reach the records of some customers alone.
async fn about_some(tx: &mut ReadTx, customers: &[String]) -> Result<(), storage::Error> {
    let among = Some(customers);
    let of_calls = CallFilter { among, ..CallFilter::default() };
    calls::history(tx, 1, &of_calls, 50).await?;
    calls::totals(tx, 1, &of_calls, &[(5_000_000, 6_000_000)]).await?;
    customers::page(tx, 1, &CustomerFilter { among, ..CustomerFilter::default() }, 50).await?;
    lines::page(tx, 1, &LineFilter { among, ..LineFilter::default() }, 50).await?;
    payments::page(tx, 1, &MoneyFilter { among, ..MoneyFilter::default() }, 50).await?;
    payments::credits(tx, 1, &MoneyFilter { among, ..MoneyFilter::default() }, 50).await?;
    let invoices = DocumentFilter { kind: "invoice", ..DocumentFilter::default() };
    documents::page(tx, 1, &DocumentFilter { customer: customers.first().map(String::as_str), ..invoices }, 50).await?;
    documents::page(tx, 1, &DocumentFilter { among, ..invoices }, 50).await.map(|_| ())
}

fn seconds_of(line: &str) -> IncludedRecord {
    IncludedRecord { line: line.to_owned(), period_from: 0, used: 30 }
}

async fn about_calls(tx: &mut ReadTx) -> Result<(), storage::Error> {
    let (all, id, month) = (CallFilter::default(), "cus_00007", [(5_000_000, 6_000_000)]);
    let customer = CallFilter { customer: Some(id), ..all.clone() };
    let line = CallFilter { line: Some("lin_00007"), ..all.clone() };
    calls::history(tx, 1, &customer, 50).await?;
    let in_month = CallFilter { from: Some(month[0].0), to: Some(month[0].1), ..customer.clone() };
    calls::history(tx, 1, &in_month, 50).await?;
    calls::history(tx, 1, &line, 50).await?;
    calls::history(tx, 1, &CallFilter { agent: Some("agt_1"), ..all.clone() }, 50).await?;
    calls::history(tx, 1, &all, 50).await?;
    calls::totals(tx, 1, &customer, &month).await?;
    calls::totals(tx, 1, &line, &month).await?;
    calls::totals(tx, 1, &all, &month).await?;
    calls::first_and_last(tx, 1, id).await?;
    calls::unrated(tx, 1, Some("call_00100"), 50).await?;
    calls::rated(tx, 1, &customer, "call_00100", 50).await?;
    calls::rated(tx, 1, &all, "call_00100", 50).await?;
    let spans = ["lin_00007", "lin_00008"].map(|line| usage::Span { line, from: month[0].0, to: month[0].1 });
    usage::calls(tx, 1, &spans[0]).await?;
    usage::sums(tx, 1, &spans, &[]).await?;
    calls::charged_links(tx, 1, &["link_1", "link_2"]).await?;
    calls::open_origins(tx, 1, &["test:call_00100", "test:call_00101"]).await?;
    calls::known_origins(tx, 1, &["test:call_00100", "test:call_00101"]).await?;
    calls::any_origin_begins(tx, 1, "asterisk/north:").await?;
    calls::get(tx, 1, "call_00100").await.map(|_| ())
}

async fn about_others(tx: &mut ReadTx, id: &str) -> Result<(), storage::Error> {
    ledger::entries(tx, 1, &EntryFilter { customer: Some(id), ..EntryFilter::default() }, 50).await?;
    ledger::entries(tx, 1, &EntryFilter { agent: Some("agt_1"), ..EntryFilter::default() }, 50).await?;
    ledger::entries_about(tx, 1, "call_00100").await?;
    ledger::known_keys(tx, 1, &["call_00100/call", "call_00101/call"]).await?;
    ledger::journal(tx, 1, (5_000_000, 6_000_000), Some((5_500_000, "call_05500/a")), 50).await?;
    ledger::first_posted_at(tx, 1).await?;
    ledger::promotional_about(tx, 1, "call_00100", "").await?;
    ledger::moves(tx, 1, id, &[(5_000_000, 6_000_000)]).await?;
    ledger::balance_at(tx, 1, id, "USD", 5_000_000).await?;
    ledger::count_promotional(tx, 1, &[("cus_00001", "USD"), ("cus_00002", "USD")]).await?;
    customers::page(tx, 1, &CustomerFilter { after: Some(id), ..CustomerFilter::default() }, 50).await?;
    customers::by_reference(tx, 1, "ref 5").await?;
    lines::by_numbers(tx, 1, &["00100"]).await?;
    lines::of_customer(tx, 1, id).await?;
    lines::page(tx, 1, &LineFilter { after: Some("lin_00100"), ..LineFilter::default() }, 50).await?;
    lines::plans_of(tx, 1, "lin_00100").await?;
    plans::subscribers(tx, 1, 10_000_000).await?;
    let money = MoneyFilter { customer: Some(id), ..MoneyFilter::default() };
    payments::page(tx, 1, &money, 50).await?;
    payments::credits(tx, 1, &money, 50).await?;
    audit::page(tx, 1, Some(id), None, 50).await?;
    allowances::of_customer(tx, 1, id).await?;
    idempotency::get(tx, 1, "key_1", "k").await.map(|_| ())
}

/// A tenant with its customers, a line each, ten calls with their entries to each customer, and ten times as many accounts.
async fn fill(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for n in 0..CUSTOMERS {
        let id = format!("cus_{n:05}");
        let reference = Some(format!("ref {n}"));
        customers::insert(&mut tx, &CustomerRecord { external_reference: reference, ..customer(&id, "A") })
            .await
            .unwrap();
        let line = LineRecord { customer: id, ..line(&format!("lin_{n:05}"), &format!("{n:05}")) };
        lines::insert(&mut tx, &line).await.unwrap();
        included::add(&mut tx, 1, &[seconds_of(&line.id)]).await.unwrap();
        let subscription = lines::LinePlanRecord { line: line.id, from_at: 5, plan: format!("pln_{}", n % 5) };
        lines::set_plan(&mut tx, 1, &subscription).await.unwrap();
        if n.is_multiple_of(5) {
            fill_customer(&mut tx, n).await.unwrap();
        }
    }
    telephony::fill(&mut tx, CUSTOMERS).await.unwrap();
    recordings::fill(&mut tx, CUSTOMERS).await.unwrap();
    carried::fill(&mut tx, CUSTOMERS).await.unwrap();
    // Months of other tenants: of so few as one has, reading all of them would be the better plan.
    for tenant in 2..1000 {
        months::insert(&mut tx, tenant, &month("2026-10", None, 100)).await.unwrap();
    }
    for first in (0..CALLS).step_by(1000) {
        let (some, entries): (Vec<_>, Vec<_>) = (first..first + 1000).map(call_and_entry).unzip();
        calls::insert_new(&mut tx, 1, &some).await.unwrap();
        ledger::insert_entries(&mut tx, 1, &entries).await.unwrap();
        let changes: Vec<AccountChange> = (first..first + 1000).map(|n| change(&format!("cus_{n:05}"), 1)).collect();
        ledger::change_accounts(&mut tx, 1, &changes).await.unwrap();
        let ways: Vec<FlowRecord> = (first..first + 1000).map(way_of_a_call).collect();
        flows::save(&mut tx, 1, &ways).await.unwrap();
    }
    // Two years of others' calls.
    for stretch in 1..24 {
        let others = (CUSTOMERS / 2..CUSTOMERS).step_by(20).map(|n| call_and_entry(stretch * 2_678_400 + n));
        let (some, entries): (Vec<_>, Vec<_>) = others.unzip();
        calls::insert_new(&mut tx, 1, &some).await.unwrap();
        ledger::insert_entries(&mut tx, 1, &entries).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// What some customers have besides calls.
async fn fill_customer(tx: &mut WriteTx, n: usize) -> Result<(), storage::Error> {
    let id = format!("cus_{n:05}");
    allowances::insert(tx, &AllowanceRecord { customer: id.clone(), ..allowance(&format!("alw_{n:05}"), 60) }).await?;
    payments::insert(tx, &PaymentRecord { customer: id.clone(), ..payment(&format!("pay_{n:05}")) }).await?;
    payments::insert_credit(tx, &CreditRecord { customer: id.clone(), ..credit(&format!("crd_{n:05}")) }).await?;
    let documents = [0, 1, 2].map(|number| DocumentRecord {
        id: format!("doc_{number}{n:05}"),
        kind: "invoice".to_owned(),
        customer: id.clone(),
        period_from: number.to_string(),
        ..DocumentRecord::default()
    });
    documents::insert(tx, 1, &documents).await?;
    audit::insert(tx, &ChangeRecord { subject: id.clone(), ..audited(&format!("chg_{n:05}")) }).await?;
    let (talk, sent) = (conversation(&format!("cnv_{n:05}"), &id, &format!("agt_{}", n % 7)), format!("msg_{n:05}"));
    conversations::begin(tx, 1, &talk).await?;
    for number in 1..=20 {
        let origin = Some(format!("sms:{n}-{number}"));
        messages::insert_new(tx, 1, &MessageRecord { origin, ..message(&format!("{sent}-{number}"), &talk, number) })
            .await?;
    }
    let block = BlockRecord {
        customer: id.clone(),
        agent: talk.agent,
        blocked_by: "agent".to_owned(),
        reason: None,
        created_at: 1,
    };
    blocks::insert_new(tx, 1, &block).await?;
    idempotency::claim(tx, 1, "key_1", &id, "f").await.map(|_| ())
}

fn call_and_entry(n: usize) -> (CallRecord, EntryRecord) {
    let (id, owner) = (format!("call_{n:05}"), Some(format!("cus_{:05}", n % CUSTOMERS)));
    let at = i64::try_from(n).unwrap() * 1000;
    let agent = n.is_multiple_of(50).then(|| format!("agt_{}", n % 7));
    let state = if n.is_multiple_of(100) { "unrated" } else { "rated" }.to_owned();
    let line = Some(format!("lin_{:05}", n % CUSTOMERS));
    let link = Some(format!("link_{n}"));
    let entry =
        EntryRecord { customer: owner.clone(), agent: agent.clone(), posted_at: at, ..entry(&format!("{id}/a"), 1) };
    (CallRecord { customer: owner, agent, state, line, link, ..call(&id, at) }, entry)
}

fn way_of_a_call(n: usize) -> FlowRecord {
    FlowRecord {
        origin: format!("softswitch/{n:05}"),
        switch: "softswitch".to_owned(),
        flow: "{}".to_owned(),
        running: i64::from(n.is_multiple_of(1000)),
        version: 1,
        changed_at: i64::try_from(n).unwrap() * 1000,
    }
}

/// Whether a step of a plan goes through a whole table, or through rows in another order than they are wanted in.
fn is_detour(question: &str, step: &str) -> bool {
    // The rows of a batch are scanned, and so are what json_each makes of it, the stretches in which there is anything, and a line's
    // calls when they are found.
    let of_a_batch = step.contains("VIRTUAL TABLE")
        || matches!(step, "SCAN CONSTANT ROW" | "SCAN rows" | "SCAN w" | "SCAN every" | "SCAN c");
    // Of some customers all records are read, before they are put into order.
    let of_some = question.starts_with("some") || question.starts_with("totals of some");
    let bitmap = step.contains("Bitmap") && !of_some;
    // Nothing waits for an invoice and nothing was rated again, as PostgreSQL knows at last.
    let of_nothing = ["unbilled", "rerated_calls"].iter().any(|table| step.contains(&format!("Seq Scan on {table} ")));
    let sequential = step.contains("Seq Scan") && !of_nothing;
    let through_all = step.starts_with("SCAN ") && !of_a_batch || sequential || bitmap;
    let sorted = step == "USE TEMP B-TREE FOR ORDER BY" || step.starts_with("Sort Key:");
    through_all || question.starts_with("a page") && sorted
}

fn assert_plans<'a>(plans: &[String], expected: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut faults = String::new();
    assert_eq!(plans.len(), EXPECTED.len());
    for (plan, (question, index)) in plans.iter().zip(expected) {
        if !plan.contains(index) || plan.lines().any(|step| is_detour(question, step.trim())) {
            faults.push_str(&format!("{question}: not by {index}, but\n{plan}\n\n"));
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[tokio::test]
async fn sqlite_searches_by_the_right_index() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}/tollgate.db", folder.path().display());
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    fill(&store).await;
    for analysed in [false, true] {
        let plans = sqlite_plans(&address, questions(&store)).await;
        assert_plans(&plans, EXPECTED.iter().map(|(question, index, _)| (*question, *index)));
        if !analysed {
            store.analyze().await.unwrap();
        }
    }
}

#[tokio::test]
async fn postgres_searches_by_the_right_index() {
    let address = fresh_postgres().await;
    let store = Store::open(&explaining(&address)).await.unwrap();
    store.migrate().await.unwrap();
    for table in TABLES {
        // The server would analyse the table by itself, sooner or later.
        execute(&address, &format!("ALTER TABLE {table} SET (autovacuum_enabled = false)")).await;
    }
    fill(&store).await;
    let check = async {
        books::faults(&mut store.write().await.unwrap()).await;
    };
    let again_and_again = postgres_plans(check).await.into_iter().find(|plan| plan.contains("Nested Loop"));
    assert_eq!(again_and_again, None, "what reads everything reads it once, and not again for each row");
    for analysed in [false, true] {
        let plans = postgres_plans(questions(&store)).await;
        assert_plans(&plans, EXPECTED.iter().map(|(question, _, index)| (*question, *index)));
        if !analysed {
            store.analyze().await.unwrap();
        }
    }
    store.close().await;
    drop_postgres(&address).await;
}
