use std::sync::LazyLock;

use storage::Store;
use storage::calls::{self, CallFilter, CallRecord};

use crate::databases::on_both;
use crate::records::{call, ids};

#[tokio::test]
async fn a_call_of_a_known_origin_is_not_written_again() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let first = [call("call_1", 10_000), call("call_2", 20_000)];
        assert_eq!(calls::insert_new(&mut tx, 1, &first).await.unwrap().len(), 2);
        let again = CallRecord { id: "call_3".into(), total: Some(1), ..call("call_1", 10_000) };
        let twice = CallRecord { id: "call_5".into(), ..call("call_4", 40_000) };
        let batch = [again, call("call_4", 30_000), twice];
        assert_eq!(calls::insert_new(&mut tx, 1, &batch).await.unwrap(), ["test:call_4"]);
        assert_eq!(calls::get(&mut tx, 1, "call_1").await.unwrap().as_ref(), Some(&first[0]));
        assert_eq!(calls::get(&mut tx, 1, "call_3").await.unwrap(), None);
        assert_eq!(calls::get(&mut tx, 1, "call_4").await.unwrap(), Some(call("call_4", 30_000)), "the first of two");
        assert_eq!(calls::insert_new(&mut tx, 2, &first).await.unwrap().len(), 2, "another tenant's origins");
        assert_eq!(calls::insert_new(&mut tx, 1, &[]).await.unwrap(), Vec::<String>::new());
        assert_eq!(calls::lock_by_origin(&mut tx, 1, "test:call_2").await.unwrap().as_ref(), Some(&first[1]));
        assert_eq!(calls::lock_by_origin(&mut tx, 1, "test:call_9").await.unwrap(), None);
    })
    .await;
}

fn full() -> CallRecord {
    CallRecord {
        direction: "inbound".into(),
        from_number: "0001".into(),
        to_number: "+441632960001".into(),
        agent: Some("agt_1".into()),
        account_code: Some("a-code".into()),
        link: Some("link-1".into()),
        started_at: Some(i64::MIN),
        answered_at: Some(-1),
        duration_ms: Some(i64::MAX),
        cause: Some(16),
        plan_version: Some("plv_1".into()),
        deck_version: Some("dkv_1".into()),
        total: Some(i64::MAX),
        tax: Some(i64::MIN),
        agent_part: Some(0),
        allowance_seconds: Some(60),
        unrated_reason: Some("no_plan".into()),
        payer: Some(r#"{"number":"0001"}"#.into()),
        import: Some("imp_1".into()),
        recorded_at: i64::MAX,
        version: i64::MAX - 1,
        ..call("call_1", i64::MAX - 1)
    }
}

#[tokio::test]
async fn every_field_is_kept_to_its_extremes_and_so_is_the_lack_of_it() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let empty = CallRecord { id: "call_2".into(), origin: "o".into(), ..CallRecord::default() };
        calls::insert_new(&mut tx, 1, &[full(), empty.clone()]).await.unwrap();
        assert_eq!(calls::get(&mut tx, 1, "call_1").await.unwrap(), Some(full()));
        assert_eq!(calls::get(&mut tx, 1, "call_2").await.unwrap(), Some(empty));
    })
    .await;
}

#[tokio::test]
async fn a_call_is_replaced_from_the_version_before_only() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let open = CallRecord { state: "open".into(), version: 1, ..CallRecord::default() };
        let open = CallRecord { id: "call_1".into(), origin: "o".into(), link: Some("link-1".into()), ..open };
        calls::insert_new(&mut tx, 1, std::slice::from_ref(&open)).await.unwrap();
        let ended =
            CallRecord { origin: "o".into(), import: None, recorded_at: open.recorded_at, version: 2, ..full() };
        assert!(!calls::replace(&mut tx, 1, &CallRecord { version: 3, ..ended.clone() }).await.unwrap());
        assert!(!calls::replace(&mut tx, 2, &ended).await.unwrap(), "another tenant's");
        assert!(calls::replace(&mut tx, 1, &ended).await.unwrap());
        assert!(!calls::replace(&mut tx, 1, &ended).await.unwrap());
        assert_eq!(calls::get(&mut tx, 1, "call_1").await.unwrap(), Some(ended));
    })
    .await;
}

/// Forty calls of two customers, three lines and one agent, four to an instant; and two of which not all is known: one goes on,
/// and of one the end came before the start.
async fn forty(store: &Store) -> Vec<CallRecord> {
    let all: Vec<_> = (0..40)
        .map(|n| CallRecord {
            customer: Some(format!("cus_{}", n % 2)),
            line: Some(format!("lin_{}", n % 3)),
            agent: (n % 5 == 0).then(|| "agt_1".into()),
            disposition: Some(if n % 4 == 0 { "busy" } else { "answered" }.into()),
            state: if n % 7 == 0 { "unrated" } else { "rated" }.into(),
            ..call(&format!("call_{:02}", (n * 7) % 40), i64::from(n / 4) * 1000)
        })
        .collect();
    let open = CallRecord { ended_at: None, state: "open".into(), ..call("call_99", 0) };
    let ended = CallRecord { line: Some("lin_1".into()), state: "open".into(), ..call("call_98", 4000) };
    let mut tx = store.write().await.unwrap();
    calls::insert_new(&mut tx, 1, &all).await.unwrap();
    calls::insert_new(&mut tx, 1, &[open, ended]).await.unwrap();
    calls::insert_new(&mut tx, 2, &all).await.unwrap();
    tx.commit().await.unwrap();
    all
}

/// Two customers, one of them named twice, and one that there is not.
static SOME: LazyLock<Vec<String>> = LazyLock::new(|| ["cus_1", "cus_0", "cus_1", "cus_9"].map(str::to_owned).to_vec());

fn filters() -> [CallFilter<'static>; 10] {
    let all = CallFilter::default();
    [
        all.clone(),
        CallFilter { customer: Some("cus_1"), ..all.clone() },
        CallFilter { line: Some("lin_2"), ..all.clone() },
        CallFilter { agent: Some("agt_1"), ..all.clone() },
        CallFilter { disposition: Some("busy"), from: Some(2000), ..all.clone() },
        CallFilter { customer: Some("cus_0"), line: Some("lin_1"), to: Some(7000), ..all.clone() },
        CallFilter { from: Some(1000), to: Some(5000), before: Some((3000, "call_20")), ..all.clone() },
        CallFilter { to: Some(3000), before: Some((3000, "call_20")), ..all.clone() },
        CallFilter { among: Some(&SOME), ..all.clone() },
        CallFilter { among: Some(&SOME), line: Some("lin_1"), from: Some(2000), ..all },
    ]
}

fn passes(filter: &CallFilter<'_>, call: &CallRecord) -> bool {
    let at = call.ended_at.unwrap();
    filter.customer.is_none_or(|wanted| call.customer.as_deref() == Some(wanted))
        && filter.among.is_none_or(|some| call.customer.as_ref().is_some_and(|payer| some.contains(payer)))
        && filter.line.is_none_or(|wanted| call.line.as_deref() == Some(wanted))
        && filter.agent.is_none_or(|wanted| call.agent.as_deref() == Some(wanted))
        && filter.disposition.is_none_or(|wanted| call.disposition.as_deref() == Some(wanted))
        && filter.from.is_none_or(|from| at >= from)
        && filter.to.is_none_or(|to| at < to)
        && filter.before.is_none_or(|before| (at, call.id.as_str()) < before)
}

#[tokio::test]
async fn the_history_has_the_newest_first_in_pages_without_gaps() {
    on_both(async |store: Store| {
        let mut all = forty(&store).await;
        all.sort_by(|a, b| (b.ended_at, &b.id).cmp(&(a.ended_at, &a.id)));
        let mut tx = store.read().await.unwrap();
        for filter in filters() {
            let expected: Vec<_> = all.iter().filter(|call| passes(&filter, call)).collect();
            assert!(!expected.is_empty(), "{filter:?}");
            for size in [1, 3, 50] {
                let mut seen: Vec<CallRecord> = Vec::new();
                loop {
                    let last = seen.last().map(|call| (call.ended_at.unwrap(), call.id.clone()));
                    let before = last.as_ref().map(|(at, id)| (*at, id.as_str())).or(filter.before);
                    let next = CallFilter { before, ..filter.clone() };
                    let page = calls::history(&mut tx, 1, &next, size).await.unwrap();
                    if page.is_empty() {
                        break;
                    }
                    seen.extend(page);
                }
                assert_eq!(seen.iter().collect::<Vec<_>>(), expected, "pages of {size}: {filter:?}");
            }
        }
        let of_nobody = CallFilter { among: Some(&[]), ..CallFilter::default() };
        assert_eq!(calls::history(&mut tx, 1, &of_nobody, 50).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn rated_calls_come_the_oldest_first_in_pages_without_gaps() {
    on_both(async |store: Store| {
        let mut all = forty(&store).await;
        all.sort_by(|a, b| (a.ended_at, &a.id).cmp(&(b.ended_at, &b.id)));
        let mut tx = store.read().await.unwrap();
        for filter in filters().into_iter().filter(|f| f.agent.or(f.disposition).is_none() && f.before.is_none()) {
            let rated = all.iter().filter(|call| call.state == "rated" && passes(&filter, call));
            let expected: Vec<_> = rated.map(|call| call.id.as_str()).collect();
            for size in [1, 3, 50] {
                let mut seen: Vec<CallRecord> = Vec::new();
                loop {
                    let after = seen.last().map(|call| call.id.clone()).unwrap_or_default();
                    let page = calls::rated(&mut tx, 1, &filter, &after, size).await.unwrap();
                    if page.is_empty() {
                        break;
                    }
                    seen.extend(page);
                }
                assert_eq!(ids(&seen, |c| &c.id), expected, "pages of {size}: {filter:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn unrated_calls_come_by_their_ids_in_pages() {
    on_both(async |store: Store| {
        forty(&store).await;
        let mut tx = store.read().await.unwrap();
        let first = calls::unrated(&mut tx, 1, None, 4).await.unwrap();
        let rest = calls::unrated(&mut tx, 1, Some(&first[3].id), 9).await.unwrap();
        let both = [ids(&first, |c| &c.id), ids(&rest, |c| &c.id)].concat();
        assert_eq!(both, ["call_00", "call_05", "call_09", "call_18", "call_27", "call_36"].map(|id| id));
    })
    .await;
}

#[tokio::test]
async fn totals_are_the_sums_of_each_span() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let euro = CallRecord { currency: Some("EUR".into()), total: Some(7), ..call("call_3", 20_000) };
        let busy = CallRecord {
            customer: Some("cus_2".into()),
            disposition: Some("busy".into()),
            currency: None,
            total: None,
            duration_ms: None,
            ..call("call_4", 25_000)
        };
        let elsewhere = CallRecord { line: Some("lin_2".into()), ..call("call_5", 29_999) };
        let open = CallRecord { state: "open".into(), ..call("call_6", 20_000) };
        let some = [call("call_1", 10_000), call("call_2", 20_000), euro, busy, elsewhere, open];
        calls::insert_new(&mut tx, 1, &some).await.unwrap();
        let spans = [(0, 15_000), (15_000, 30_000), (30_000, 40_000), (0, i64::MAX)];
        let all = CallFilter::default();
        let (usd, eur) = (Some("USD"), Some("EUR"));
        for (filter, sums) in [
            (
                CallFilter { customer: Some("cus_1"), ..all.clone() },
                vec![
                    (0, usd, 1, 1, 2, 50_000),
                    (1, eur, 1, 1, 2, 7),
                    (1, usd, 2, 2, 4, 100_000),
                    (3, eur, 1, 1, 2, 7),
                    (3, usd, 3, 3, 6, 150_000),
                ],
            ),
            (
                CallFilter { line: Some("lin_2"), ..all.clone() },
                vec![(1, usd, 1, 1, 2, 50_000), (3, usd, 1, 1, 2, 50_000)],
            ),
            (CallFilter { customer: Some("cus_2"), ..all.clone() }, vec![(1, None, 1, 0, 0, 0), (3, None, 1, 0, 0, 0)]),
            (CallFilter { customer: Some("cus_3"), ..all.clone() }, vec![]),
            (
                CallFilter { among: Some(&SOME), line: Some("lin_2"), ..all.clone() },
                vec![(1, usd, 1, 1, 2, 50_000), (3, usd, 1, 1, 2, 50_000)],
            ),
            (CallFilter { among: Some(&[]), ..all }, vec![]),
        ] {
            let totals = calls::totals(&mut tx, 1, &filter, &spans).await.unwrap();
            let found: Vec<_> = totals
                .iter()
                .map(|t| (t.span, t.currency.as_deref(), t.calls, t.answered, t.seconds, t.amount))
                .collect();
            assert_eq!(found, sums, "{filter:?}");
        }
        let tenant = calls::totals(&mut tx, 1, &CallFilter::default(), &[(0, i64::MAX)]).await.unwrap();
        assert_eq!(tenant.iter().map(|t| t.calls).sum::<i64>(), 5);
        assert_eq!(calls::totals(&mut tx, 1, &CallFilter::default(), &[]).await.unwrap(), []);
        assert_eq!(calls::first_and_last(&mut tx, 1, "cus_1").await.unwrap(), (Some(10_000), Some(29_999)));
        assert_eq!(calls::first_and_last(&mut tx, 1, "cus_3").await.unwrap(), (None, None));
    })
    .await;
}

#[tokio::test]
async fn open_calls_are_told_from_others_by_their_origins() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let open = |id: &str| CallRecord { state: "open".into(), ..call(id, 1000) };
        calls::insert_new(&mut tx, 1, &[call("call_1", 1), open("call_2"), open("call_\"3")]).await.unwrap();
        calls::insert_new(&mut tx, 2, &[open("call_1")]).await.unwrap();
        let wanted = ["test:call_1", "test:call_2", "test:call_\"3", "test:call_4"];
        let mut found = calls::open_origins(&mut tx, 1, &wanted).await.unwrap();
        found.sort();
        assert_eq!(found, ["test:call_\"3", "test:call_2"]);
        assert_eq!(calls::open_origins(&mut tx, 1, &[]).await.unwrap(), Vec::<String>::new());
        let mut known = calls::known_origins(&mut tx, 1, &wanted).await.unwrap();
        known.sort();
        assert_eq!(known, ["test:call_\"3", "test:call_1", "test:call_2"]);
        assert_eq!(calls::known_origins(&mut tx, 2, &wanted).await.unwrap(), ["test:call_1"]);
    })
    .await;
}

#[tokio::test]
async fn whether_a_switch_has_any_calls() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let of = |origin: &str| CallRecord { origin: origin.to_owned(), ..call(origin, 1) };
        let calls = [of("asterisk/north-2:1.1"), of("asterisk/south:1.1"), of("asterisk:north:1.1:7")];
        calls::insert_new(&mut tx, 1, &calls).await.unwrap();
        for (tenant, with, expected) in [
            (1, "asterisk/south:", true),
            (1, "asterisk/north-2:", true),
            (1, "asterisk/north:", false),
            (1, "asterisk/NORTH-2:", false),
            (2, "asterisk/south:", false),
        ] {
            let any = calls::any_origin_begins(&mut tx, tenant, with).await.unwrap();
            assert_eq!(any, expected, "{tenant}: {with}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_counts_as_charged_by_an_answered_call_with_a_price() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let linked = |id: &str, link: &str| CallRecord { link: Some(link.into()), ..call(id, 1000) };
        let some = [
            linked("call_1", "a"),
            linked("call_2", "a"),
            CallRecord { disposition: Some("busy".into()), ..linked("call_3", "b") },
            CallRecord { total: None, ..linked("call_4", "c") },
            CallRecord { customer: None, ..linked("call_5", "d") },
            CallRecord { price_source: Some("same_conversation".into()), ..linked("call_6", "e") },
            CallRecord { customer: Some("cus_2".into()), ..linked("call_7", "f\"g") },
        ];
        calls::insert_new(&mut tx, 1, &some).await.unwrap();
        let pair = |link: &str, customer: &str| (link.to_owned(), customer.to_owned());
        let wanted = ["a", "b", "c", "d", "e", "f\"g", "h"];
        let mut found = calls::charged_links(&mut tx, 1, &wanted).await.unwrap();
        found.sort();
        assert_eq!(found, [pair("a", "cus_1"), pair("f\"g", "cus_2")]);
        assert_eq!(calls::charged_links(&mut tx, 1, &[]).await.unwrap(), []);
        assert_eq!(calls::charged_links(&mut tx, 2, &wanted).await.unwrap(), []);
    })
    .await;
}
