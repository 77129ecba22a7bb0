use storage::customers::{self, CustomerFilter, CustomerRecord};
use storage::lines::{self, LineRecord};
use storage::{Error, Store};

use crate::databases::on_both;
use crate::records::{customer, ids, line};

fn matching<'a>(search: Option<&'a str>, after: Option<&'a str>) -> CustomerFilter<'a> {
    CustomerFilter { search, after, ..CustomerFilter::default() }
}

#[tokio::test]
async fn a_customer_is_kept_as_it_was_written() {
    on_both(async |store: Store| {
        let written = CustomerRecord { external_reference: Some("ACME/1".into()), ..customer("cus_1", "Zoë & Sons") };
        let mut tx = store.write().await.unwrap();
        assert!(customers::insert(&mut tx, &written).await.unwrap());
        assert!(!customers::insert(&mut tx, &CustomerRecord { id: "cus_2".into(), ..written.clone() }).await.unwrap());
        let elsewhere = CustomerRecord { tenant: 2, ..written.clone() };
        assert!(customers::insert(&mut tx, &elsewhere).await.unwrap(), "another tenant has its own references");
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(customers::get(&mut tx, 1, "cus_1").await.unwrap(), Some(written.clone()));
        assert_eq!(customers::by_reference(&mut tx, 1, "ACME/1").await.unwrap(), Some(written.clone()));
        assert_eq!(customers::by_reference(&mut tx, 1, "acme/1").await.unwrap(), None);
        assert_eq!(customers::get(&mut tx, 3, "cus_1").await.unwrap(), None, "another tenant's");
        assert_eq!(customers::all(&mut tx, 1).await.unwrap(), [written]);
    })
    .await;
}

#[tokio::test]
async fn an_update_of_an_older_version_changes_nothing() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        customers::insert(&mut tx, &customer("cus_1", "A")).await.unwrap();
        let second = CustomerRecord {
            version: 2,
            state: "closed".into(),
            external_reference: Some("R".into()),
            details: r#"{"city":"Toronto"}"#.into(),
            search: "b\nr".into(),
            ..customer("cus_1", "B")
        };
        assert!(customers::update(&mut tx, &second).await.unwrap());
        assert!(!customers::update(&mut tx, &CustomerRecord { version: 2, ..customer("cus_1", "C") }).await.unwrap());
        assert!(
            !customers::update(&mut tx, &CustomerRecord { tenant: 2, version: 3, ..second.clone() }).await.unwrap()
        );
        assert_eq!(customers::get(&mut tx, 1, "cus_1").await.unwrap(), Some(second));
        let found = customers::page(&mut tx, 1, &matching(Some("r"), None), 9).await.unwrap();
        assert_eq!(ids(&found, |c| &c.id), ["cus_1"], "found by its new reference");
        assert!(
            customers::page(&mut tx, 1, &matching(Some("a"), None), 9).await.unwrap().is_empty(),
            "not by its old name"
        );
    })
    .await;
}

#[tokio::test]
async fn a_reference_of_another_is_refused_by_an_update_too() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let first = CustomerRecord { external_reference: Some("R".into()), ..customer("cus_1", "A") };
        customers::insert(&mut tx, &first).await.unwrap();
        customers::insert(&mut tx, &customer("cus_2", "B")).await.unwrap();
        let second = CustomerRecord { version: 2, external_reference: Some("R".into()), ..customer("cus_2", "B") };
        assert!(matches!(customers::update(&mut tx, &second).await, Err(Error::Taken(_))));
    })
    .await;
}

#[tokio::test]
async fn a_search_finds_a_part_in_any_case_and_takes_wildcards_as_themselves() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (id, name, reference) in [
            ("cus_1", "100% Ltd", None),
            ("cus_2", "1000 Ltd", Some("Ref-7")),
            ("cus_3", "under_score", None),
            ("cus_4", "ZOË \\ Ærø", Some("ÉCOLE")),
        ] {
            let search = format!("{name}\n{}", reference.unwrap_or_default()).to_lowercase();
            let record =
                CustomerRecord { external_reference: reference.map(str::to_owned), search, ..customer(id, name) };
            customers::insert(&mut tx, &record).await.unwrap();
        }
        for (text, found) in [
            ("100%", vec!["cus_1"]),
            ("r_s", vec!["cus_3"]),
            ("LTD", vec!["cus_1", "cus_2"]),
            ("ref-7", vec!["cus_2"]),
            ("zoë", vec!["cus_4"]),
            ("ærø", vec!["cus_4"]),
            ("éCOLE", vec!["cus_4"]),
            ("\\", vec!["cus_4"]),
            ("", vec!["cus_1", "cus_2", "cus_3", "cus_4"]),
            ("100_", vec![]),
        ] {
            let page = customers::page(&mut tx, 1, &matching(Some(text), None), 10).await.unwrap();
            assert_eq!(ids(&page, |c| &c.id), found, "{text}");
        }
        for (among, search, after, found) in [
            (vec!["cus_4", "cus_2", "cus_9", "cus_2"], None, None, vec!["cus_2", "cus_4"]),
            (vec!["cus_4", "cus_2"], None, Some("cus_2"), vec!["cus_4"]),
            (vec!["cus_4", "cus_2"], Some("ltd"), None, vec!["cus_2"]),
            (vec![], None, None, vec![]),
        ] {
            let among: Vec<String> = among.into_iter().map(str::to_owned).collect();
            let filter = CustomerFilter { among: Some(&among), ..matching(search, after) };
            let page = customers::page(&mut tx, 1, &filter, 10).await.unwrap();
            assert_eq!(ids(&page, |c| &c.id), found, "{filter:?}");
        }
        for (id, owner, number) in [("lin_1", "cus_3", "+14165550123"), ("lin_2", "cus_9", "0100")] {
            lines::insert(&mut tx, &LineRecord { customer: owner.into(), ..line(id, number) }).await.unwrap();
        }
        for (among, text, number, found) in [
            (None, "416555", Some("416555"), vec!["cus_3"]),
            (None, "100", Some("100"), vec!["cus_1", "cus_2"]),
            (None, "416555", None, vec![]),
            (Some(vec!["cus_1".to_owned()]), "416555", Some("416555"), vec![]),
            (Some(vec!["cus_3".to_owned()]), "416555", Some("416555"), vec!["cus_3"]),
        ] {
            let filter = CustomerFilter { among: among.as_deref(), number, ..matching(Some(text), None) };
            let page = customers::page(&mut tx, 1, &filter, 10).await.unwrap();
            assert_eq!(ids(&page, |c| &c.id), found, "by the number of a line: {filter:?}");
        }
        let named = customers::names(&mut tx, 1, &["cus_3", "cus_none"]).await.unwrap();
        assert_eq!(named, [("cus_3".to_owned(), "under_score".to_owned())]);
        let numbered = lines::numbers(&mut tx, 1, &["lin_2", "lin_none"]).await.unwrap();
        assert_eq!(numbered, [("lin_2".to_owned(), "0100".to_owned())]);
        let rest = customers::page(&mut tx, 1, &matching(Some("ltd"), Some("cus_1")), 10).await.unwrap();
        assert_eq!(ids(&rest, |c| &c.id), ["cus_2"]);
    })
    .await;
}

#[tokio::test]
async fn pages_have_no_gaps_whatever_their_size() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let all = ["cus_0", "cus_1", "cus_A", "cus_B", "cus_Z", "cus_a", "cus_b", "cus_z"];
        for id in all.iter().rev() {
            customers::insert(&mut tx, &customer(id, "A")).await.unwrap();
        }
        for size in 1..=9 {
            let (mut seen, mut after) = (Vec::new(), None::<String>);
            loop {
                let page = customers::page(&mut tx, 1, &matching(None, after.as_deref()), size).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(last.id.clone());
                seen.extend(page.into_iter().map(|c| c.id));
            }
            assert_eq!(seen, all, "pages of {size}, by the bytes of the ids");
        }
    })
    .await;
}
