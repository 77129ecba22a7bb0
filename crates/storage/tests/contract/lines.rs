use storage::Store;
use storage::lines::{self, LineFilter, LinePlanRecord, LineRecord};
use storage::plans;

use crate::databases::on_both;
use crate::records::{ids, line};

fn subscription(line: &str, from_at: i64, plan: &str) -> LinePlanRecord {
    LinePlanRecord { line: line.into(), from_at, plan: plan.into() }
}

#[tokio::test]
async fn a_number_is_one_lines_until_that_is_closed() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let first = line("lin_1", "0001");
        assert!(lines::insert(&mut tx, &first).await.unwrap());
        assert!(!lines::insert(&mut tx, &line("lin_2", "0001")).await.unwrap());
        assert!(lines::insert(&mut tx, &LineRecord { tenant: 2, ..line("lin_2", "0001") }).await.unwrap());
        let closed = LineRecord { state: "closed".into(), closed_at: Some(90), version: 2, ..first };
        assert!(lines::update(&mut tx, &closed).await.unwrap());
        assert!(!lines::update(&mut tx, &closed).await.unwrap(), "the version before is gone");
        assert_eq!(lines::taken_numbers(&mut tx, 1, 89).await.unwrap(), ["0001"], "it rests");
        assert_eq!(lines::taken_numbers(&mut tx, 1, 90).await.unwrap(), Vec::<String>::new());
        let next = LineRecord { opened_at: 95, ..line("lin_2", "0001") };
        assert!(lines::insert(&mut tx, &next).await.unwrap());
        assert_eq!(lines::by_numbers(&mut tx, 1, &["0001"]).await.unwrap(), [closed.clone(), next.clone()]);
        assert_eq!(lines::get(&mut tx, 1, "lin_1").await.unwrap(), Some(closed.clone()));
        assert_eq!(lines::get(&mut tx, 1, "lin_9").await.unwrap(), None);
        assert_eq!(lines::all(&mut tx, 1).await.unwrap(), [closed, next]);
    })
    .await;
}

#[tokio::test]
async fn lines_are_listed_by_customer_and_by_part_of_the_number() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (id, number) in [("lin_1", "+4416"), ("lin_2", "0016"), ("lin_3", "0200")] {
            lines::insert(&mut tx, &line(id, number)).await.unwrap();
        }
        lines::insert(&mut tx, &LineRecord { customer: "cus_2".into(), ..line("lin_4", "0300") }).await.unwrap();
        let mine = lines::of_customer(&mut tx, 1, "cus_1").await.unwrap();
        assert_eq!(ids(&mine, |l| &l.id), ["lin_1", "lin_2", "lin_3"]);
        for (number, after, limit, found) in [
            (Some("16"), None, 9, vec!["lin_1", "lin_2"]),
            (Some("+44"), None, 9, vec!["lin_1"]),
            (Some("1%6"), None, 9, vec!["lin_1", "lin_2"]),
            (None, Some("lin_1"), 2, vec!["lin_2", "lin_3"]),
            (Some("0"), Some("lin_2"), 9, vec!["lin_3", "lin_4"]),
            (Some("9"), None, 9, vec![]),
            (Some("%"), None, 9, vec![]),
            (Some(""), None, 1, vec!["lin_1"]),
        ] {
            let page =
                lines::page(&mut tx, 1, &LineFilter { number, after, ..LineFilter::default() }, limit).await.unwrap();
            assert_eq!(ids(&page, |l| &l.id), found, "{number:?} after {after:?}");
        }
        let theirs = LineRecord { customer: "cus_2".into(), ..line("lin_5", "+44999") };
        assert!(lines::insert(&mut tx, &theirs).await.unwrap());
        let some = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        for (among, number, after, found) in [
            (some(&["cus_2", "cus_9"]), None, None, vec!["lin_4", "lin_5"]),
            (some(&["cus_2", "cus_1", "cus_2"]), Some("+44"), None, vec!["lin_1", "lin_5"]),
            (some(&["cus_2", "cus_1"]), None, Some("lin_3"), vec!["lin_4", "lin_5"]),
            (some(&[]), None, None, vec![]),
        ] {
            let filter = LineFilter { among: Some(&among), number, after, ..LineFilter::default() };
            let page = lines::page(&mut tx, 1, &filter, 9).await.unwrap();
            assert_eq!(ids(&page, |l| &l.id), found, "{filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_has_its_plans_from_instants_on() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (id, number) in [("lin_1", "0001"), ("lin_2", "0002"), ("lin_3", "0003")] {
            lines::insert(&mut tx, &line(id, number)).await.unwrap();
        }
        let (early, late) = (subscription("lin_1", 10, "pln_a"), subscription("lin_1", 50, "pln_b"));
        let (other, shut) = (subscription("lin_2", 10, "pln_a"), subscription("lin_3", 10, "pln_a"));
        for record in [&late, &early, &subscription("lin_2", 10, "pln_c"), &other, &shut] {
            lines::set_plan(&mut tx, 1, record).await.unwrap();
        }
        assert_eq!(lines::plans_of(&mut tx, 1, "lin_1").await.unwrap(), [early.clone(), late.clone()]);
        assert_eq!(lines::plans_of(&mut tx, 2, "lin_1").await.unwrap(), []);
        assert_eq!(lines::all_plans(&mut tx, 1).await.unwrap(), [early, late, other, shut]);
        let closed = LineRecord { state: "closed".into(), closed_at: Some(20), version: 2, ..line("lin_3", "0003") };
        lines::update(&mut tx, &closed).await.unwrap();
        for (now, counts) in [(9, vec![]), (10, vec![("pln_a", 2)]), (50, vec![("pln_a", 1), ("pln_b", 1)])] {
            let mut subscribers = plans::subscribers(&mut tx, 1, now).await.unwrap();
            subscribers.sort();
            let found: Vec<_> = subscribers.iter().map(|(plan, lines)| (plan.as_str(), *lines)).collect();
            assert_eq!(found, counts, "at {now}");
        }
    })
    .await;
}
