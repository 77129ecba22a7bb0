//! Calls and entries of years, found as though they lay in one place: however their indexes divide the time.

use std::collections::BTreeMap;

use storage::calls::{self, CallFilter, CallRecord};
use storage::ledger::{self, EntryFilter, EntryRecord};
use storage::usage::{self, Span};
use storage::{Store, WriteTx};

use crate::databases::on_both;
use crate::records::{call, entry};

/// 31 days, by which the indexes divide the time.
const STRETCH: i64 = 31 * 24 * 60 * 60 * 1000;

/// Instants at the ends of stretches and in their midst, some of them before 1970, with years without anything between them.
fn instants() -> Vec<i64> {
    let first = [-3, -1, 0, 1, 2, 5, 6, 7, 40, 41, 700].map(|stretch: i64| stretch * STRETCH);
    first.iter().flat_map(|first| [0, 1, STRETCH / 2, STRETCH - 1].map(|offset| first + offset)).collect()
}

/// Times that begin and end in stretches, at their ends, and before and after everything.
fn times() -> Vec<(i64, i64)> {
    let bounds = [i64::MIN, -STRETCH, 0, 1, STRETCH + 1, 3 * STRETCH, 6 * STRETCH + 7, 41 * STRETCH, i64::MAX];
    let each = bounds.iter().flat_map(|from| bounds.map(|to| (*from, to)));
    each.filter(|(from, to)| from < to).collect()
}

/// Three customers in turn, the first with two lines, and another tenant's. Some are answered by an agent, and some by nobody.
async fn fill(tx: &mut WriteTx) -> (Vec<CallRecord>, Vec<EntryRecord>) {
    let (mut calls, mut entries) = (Vec::new(), Vec::new());
    for (n, at) in instants().into_iter().enumerate() {
        let (id, customer) = (format!("call_{n:03}"), format!("cus_{}", n % 3));
        let line = if n % 6 == 3 { "lin_9".to_owned() } else { format!("lin_{}", n % 3) };
        let amount = 7 + i64::try_from(n).unwrap();
        calls.push(CallRecord {
            customer: Some(customer.clone()),
            line: Some(line),
            agent: n.is_multiple_of(4).then(|| "agt_1".to_owned()),
            disposition: Some(if n.is_multiple_of(7) { "no_answer" } else { "answered" }.to_owned()),
            total: Some(amount),
            tax: Some(0),
            ..call(&id, at)
        });
        entries.push(EntryRecord { customer: Some(customer), posted_at: at, ..entry(&format!("{id}/a"), amount) });
    }
    for tenant in [1, 2] {
        calls::insert_new(tx, tenant, &calls).await.unwrap();
        ledger::insert_entries(tx, tenant, &entries).await.unwrap();
    }
    (calls, entries)
}

fn lies_in(at: i64, (from, to): (i64, i64)) -> bool {
    (from..to).contains(&at)
}

#[tokio::test]
async fn pages_of_calls_have_no_gap_between_stretches() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (all, _) = fill(&mut tx).await;
        let two = ["cus_1".to_owned(), "cus_2".to_owned(), "cus_9".to_owned()];
        let (customer, line, nobody) = (Some("cus_0"), Some("lin_9"), Some("cus_9"));
        let (agent, disposition, one) = (Some("agt_1"), Some("answered"), Some("lin_1"));
        for own in [
            CallFilter::default(),
            CallFilter { customer, ..CallFilter::default() },
            CallFilter { line, ..CallFilter::default() },
            CallFilter { among: Some(&two), ..CallFilter::default() },
            CallFilter { customer: nobody, ..CallFilter::default() },
            CallFilter { agent, ..CallFilter::default() },
            CallFilter { customer, line, ..CallFilter::default() },
            CallFilter { among: Some(&two), line: one, ..CallFilter::default() },
            CallFilter { among: Some(&two), customer: Some("cus_2"), agent, disposition, ..CallFilter::default() },
            CallFilter { customer, agent, ..CallFilter::default() },
            CallFilter { line, disposition, ..CallFilter::default() },
        ] {
            let of = |call: &CallRecord| {
                own.customer.is_none_or(|customer| call.customer.as_deref() == Some(customer))
                    && own.line.is_none_or(|line| call.line.as_deref() == Some(line))
                    && own.among.is_none_or(|among| call.customer.as_ref().is_some_and(|one| among.contains(one)))
                    && own.agent.is_none_or(|agent| call.agent.as_deref() == Some(agent))
                    && own.disposition.is_none_or(|how| call.disposition.as_deref() == Some(how))
            };
            for time in times() {
                let expected: Vec<CallRecord> =
                    all.iter().filter(|call| of(call) && lies_in(call.ended_at.unwrap(), time)).cloned().collect();
                let filter = CallFilter { from: Some(time.0), to: Some(time.1), ..own.clone() };
                let said = format!("{filter:?}");
                let (back, forth) = both_ways(&mut tx, &filter).await;
                assert_eq!(forth, expected, "{said}");
                assert_eq!(back.into_iter().rev().collect::<Vec<_>>(), expected, "{said}");
                let totals = calls::totals(&mut tx, 1, &own, &[time]).await.unwrap();
                let sum: i64 = expected.iter().filter_map(|call| call.total).sum();
                let told = totals.first().map_or((0, 0), |all| (all.calls, all.amount));
                assert_eq!((totals.len() < 2, told), (true, (i64::try_from(expected.len()).unwrap(), sum)), "{said}");
            }
        }
    })
    .await;
}

/// A filter's calls from the newest on, and from the oldest on, page by page.
async fn both_ways(tx: &mut WriteTx, filter: &CallFilter<'_>) -> (Vec<CallRecord>, Vec<CallRecord>) {
    let (mut back, mut forth): (Vec<CallRecord>, Vec<CallRecord>) = (Vec::new(), Vec::new());
    loop {
        let last = back.last().map(|call| (call.ended_at.unwrap(), call.id.clone()));
        let before = last.as_ref().map(|(at, id)| (*at, id.as_str()));
        let page = calls::history(tx, 1, &CallFilter { before, ..filter.clone() }, 5).await.unwrap();
        back.extend_from_slice(&page);
        if page.len() < 5 {
            break;
        }
    }
    loop {
        let after = forth.last().map(|call| call.id.clone()).unwrap_or_default();
        let page = calls::rated(tx, 1, filter, &after, 5).await.unwrap();
        forth.extend_from_slice(&page);
        if page.len() < 5 {
            return (back, forth);
        }
    }
}

#[tokio::test]
async fn the_first_and_the_last_call_may_lie_years_apart() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (all, _) = fill(&mut tx).await;
        for customer in ["cus_0", "cus_1", "cus_2", "cus_9"] {
            let ends =
                all.iter().filter(|call| call.customer.as_deref() == Some(customer)).map(|call| call.ended_at.unwrap());
            let expected = (ends.clone().min(), ends.max());
            assert_eq!(calls::first_and_last(&mut tx, 1, customer).await.unwrap(), expected, "{customer}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_is_billed_for_all_stretches_of_its_time() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (all, _) = fill(&mut tx).await;
        for (from, to) in times() {
            let spans = ["lin_0", "lin_1", "lin_7"].map(|line| Span { line, from, to });
            let sums = usage::sums(&mut tx, 1, &spans, &[]).await.unwrap();
            let mut expected: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
            for span in &spans {
                let own = |call: &&CallRecord| {
                    call.line.as_deref() == Some(span.line) && lies_in(call.ended_at.unwrap(), (from, to))
                };
                let calls: Vec<&CallRecord> =
                    all.iter().filter(own).filter(|call| call.disposition.as_deref() == Some("answered")).collect();
                let listed = usage::calls(&mut tx, 1, span).await.unwrap();
                let amounts: Vec<i64> = calls.iter().filter_map(|call| call.total).collect();
                assert_eq!(listed.iter().map(|call| call.amount).collect::<Vec<_>>(), amounts, "{span:?}");
                if !amounts.is_empty() {
                    expected.insert(span.line, (i64::try_from(amounts.len()).unwrap(), amounts.iter().sum()));
                }
            }
            let mut told: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
            for sum in &sums {
                let of_line = told.entry(&sum.line).or_default();
                *of_line = (of_line.0 + sum.calls, of_line.1 + sum.total);
            }
            assert_eq!(told, expected, "{from}..{to}");
        }
        assert_eq!(usage::sums(&mut tx, 1, &[], &[]).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_told_from_entries_of_all_stretches() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (_, all) = fill(&mut tx).await;
        for (from, to) in times() {
            let own = |entry: &&EntryRecord| {
                entry.customer.as_deref() == Some("cus_1") && lies_in(entry.posted_at, (from, to))
            };
            let expected: Vec<&EntryRecord> = all.iter().filter(own).rev().collect();
            let mut told: Vec<EntryRecord> = Vec::new();
            loop {
                let last = told.last().map(|entry| (entry.posted_at, entry.key.clone()));
                let before = last.as_ref().map(|(at, key)| (*at, key.as_str()));
                let filter =
                    EntryFilter { customer: Some("cus_1"), agent: None, from: Some(from), to: Some(to), before };
                let page = ledger::entries(&mut tx, 1, &filter, 3).await.unwrap();
                told.extend_from_slice(&page);
                if page.len() < 3 {
                    break;
                }
            }
            assert_eq!(told.iter().collect::<Vec<_>>(), expected, "{from}..{to}");
            let moves = ledger::moves(&mut tx, 1, "cus_1", &[(from, to)]).await.unwrap();
            let sum: i64 = expected.iter().map(|entry| entry.amount).sum();
            let counted = moves.iter().map(|moved| moved.count).sum::<i64>();
            assert_eq!(moves.iter().map(|moved| moved.amount).sum::<i64>().abs(), sum, "{from}..{to}");
            assert_eq!(counted, i64::try_from(expected.len()).unwrap(), "{from}..{to}");
            if to == i64::MAX {
                let balance = ledger::balance_at(&mut tx, 1, "cus_1", "USD", from).await.unwrap();
                assert_eq!(balance, sum, "what the customer has paid since {from} it had before");
            }
        }
        assert_eq!(ledger::moves(&mut tx, 1, "cus_1", &[]).await.unwrap(), []);
    })
    .await;
}
