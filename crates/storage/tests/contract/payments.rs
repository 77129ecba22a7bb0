use storage::Store;
use storage::payments::{self, CreditRecord, MoneyFilter, PaymentRecord};

use crate::databases::on_both;
use crate::records::{credit, ids, payment};

fn of<'a>(customer: Option<&'a str>, before: Option<&'a str>) -> MoneyFilter<'a> {
    MoneyFilter { customer, among: None, before }
}

#[tokio::test]
async fn payments_are_listed_the_newest_first() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let first = PaymentRecord { reference: Some("R-1".into()), ..payment("pay_1") };
        for record in [&first, &PaymentRecord { customer: "cus_2".into(), ..payment("pay_2") }, &payment("pay_3")] {
            payments::insert(&mut tx, record).await.unwrap();
        }
        for (customer, before, limit, found) in [
            (None, None, 2, vec!["pay_3", "pay_2"]),
            (None, Some("pay_2"), 2, vec!["pay_1"]),
            (Some("cus_1"), None, 9, vec!["pay_3", "pay_1"]),
            (Some("cus_1"), Some("pay_3"), 9, vec!["pay_1"]),
            (Some("cus_3"), None, 9, vec![]),
        ] {
            let page = payments::page(&mut tx, 1, &of(customer, before), limit).await.unwrap();
            assert_eq!(ids(&page, |p| &p.id), found, "{customer:?} before {before:?}");
        }
        let page = payments::page(&mut tx, 1, &of(Some("cus_1"), Some("pay_2")), 1).await.unwrap();
        assert_eq!(page, [first]);
        for (among, before, found) in [
            (vec!["cus_2"], None, vec!["pay_2"]),
            (vec!["cus_1", "cus_2", "cus_1"], Some("pay_3"), vec!["pay_2", "pay_1"]),
            (vec![], None, vec![]),
        ] {
            let among: Vec<String> = among.into_iter().map(str::to_owned).collect();
            let filter = MoneyFilter { among: Some(&among), before, ..MoneyFilter::default() };
            let page = payments::page(&mut tx, 1, &filter, 9).await.unwrap();
            assert_eq!(ids(&page, |p| &p.id), found, "{filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn credits_are_listed_the_newest_first() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let second = CreditRecord { customer: "cus_2".into(), ..credit("crd_2") };
        for record in [&credit("crd_1"), &second, &credit("crd_3")] {
            payments::insert_credit(&mut tx, record).await.unwrap();
        }
        for (customer, before, found) in [
            (None, None, vec!["crd_3", "crd_2", "crd_1"]),
            (None, Some("crd_3"), vec!["crd_2", "crd_1"]),
            (Some("cus_1"), Some("crd_3"), vec!["crd_1"]),
            (Some("cus_3"), None, vec![]),
        ] {
            let page = payments::credits(&mut tx, 1, &of(customer, before), 9).await.unwrap();
            assert_eq!(ids(&page, |c| &c.id), found, "{customer:?} before {before:?}");
        }
        let page = payments::credits(&mut tx, 1, &of(Some("cus_2"), None), 9).await.unwrap();
        assert_eq!(page, [second]);
    })
    .await;
}

#[tokio::test]
async fn what_told_of_a_payment_brings_it_once() {
    on_both(async |store: Store| {
        let of = |id: &str, origin: &str| PaymentRecord { origin: Some(origin.into()), ..payment(id) };
        let mut tx = store.write().await.unwrap();
        for (record, is_new) in [
            (of("pay_1", "stripe/cs_1"), true),
            (of("pay_2", "stripe/cs_1"), false),
            (PaymentRecord { tenant: 2, ..of("pay_1", "stripe/cs_1") }, true),
            (of("pay_3", "stripe/cs_2"), true),
            (payment("pay_4"), true),
            (payment("pay_5"), true),
        ] {
            assert_eq!(payments::insert(&mut tx, &record).await.unwrap(), is_new, "{record:?}");
        }
        let told = payments::of_origin(&mut tx, 1, "stripe/cs_1").await.unwrap();
        assert_eq!(told, Some(of("pay_1", "stripe/cs_1")));
        assert_eq!(payments::of_origin(&mut tx, 2, "stripe/cs_2").await.unwrap(), None);
        assert_eq!(payments::get(&mut tx, 1, "pay_2").await.unwrap(), None);
        assert_eq!(payments::get(&mut tx, 1, "pay_4").await.unwrap(), Some(payment("pay_4")));
    })
    .await;
}
