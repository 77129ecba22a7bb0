//! SIP accounts, trunks, routes and numbers from outside.

use storage::inbound_numbers::{self, InboundNumberRecord};
use storage::sip_accounts::{self, SipAccountRecord};
use storage::trunk_routes::{self, TrunkRouteRecord};
use storage::trunks::{self, TrunkRecord};
use storage::{Error, Store, Tx, WriteTx};

use crate::databases::on_both;
use crate::records::ids;

fn account(tenant: i64, line: &str, username: &str) -> SipAccountRecord {
    let (line, username) = (line.to_owned(), username.to_owned());
    SipAccountRecord { tenant, line, username, digest: "d0".repeat(16), made_at: 5, asterisk: String::new() }
}

fn trunk(tenant: i64, id: &str, asterisk: &str, endpoint: &str) -> TrunkRecord {
    TrunkRecord {
        tenant,
        id: id.to_owned(),
        name: "World".to_owned(),
        asterisk: asterisk.to_owned(),
        endpoint: endpoint.to_owned(),
        enabled: 1,
        most_calls: None,
        created_at: 5,
        version: 1,
    }
}

fn route(id: &str, prefix: &str, trunk: &str) -> TrunkRouteRecord {
    TrunkRouteRecord {
        tenant: 1,
        id: id.to_owned(),
        prefix: prefix.to_owned(),
        trunk: trunk.to_owned(),
        position: 1,
        strip: 2,
        added: "+0".to_owned(),
        buying_rate: None,
        created_at: 5,
        version: 1,
    }
}

fn number(tenant: i64, id: &str, number: &str) -> InboundNumberRecord {
    let (id, number) = (id.to_owned(), number.to_owned());
    InboundNumberRecord { tenant, id, number, line: "lin_1".to_owned(), created_at: 5, version: 1 }
}

/// A tenant with so many of each, for the planners.
pub(crate) async fn fill(tx: &mut WriteTx, many: usize) -> Result<(), Error> {
    for n in 0..many {
        let name = format!("{n:05}");
        sip_accounts::set(tx, &account(1, &format!("lin_{name}"), &format!("t1-{name}-a"))).await?;
        trunks::insert(tx, &trunk(1, &format!("trk_{name}"), "", &format!("world-{name}"))).await?;
        trunk_routes::insert(tx, &route(&format!("rte_{name}"), &name, &format!("trk_{name}"))).await?;
        let leading = number(1, &format!("inb_{name}"), &format!("+4420790{name}"));
        inbound_numbers::insert(tx, &InboundNumberRecord { line: format!("lin_{name}"), ..leading }).await?;
    }
    Ok(())
}

/// What is asked for each call from outside, and to there.
pub(crate) async fn questions(tx: &mut Tx) -> Result<(), Error> {
    sip_accounts::by_username(tx, "t1-00100-a").await?;
    trunks::by_endpoint(tx, "", "world-00100").await?;
    trunk_routes::of_prefixes(tx, 1, &["", "0", "00", "001", "0010", "00100"]).await?;
    inbound_numbers::by_number(tx, 1, "+442079000100").await?;
    inbound_numbers::oldest_of_line(tx, 1, "lin_00100").await.map(|_| ())
}

#[tokio::test]
async fn a_line_has_one_sip_account_and_no_two_have_one_name() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (first, other) = (account(1, "lin_1", "t1-0001-b"), account(2, "lin_1", "t2-0001-a"));
        sip_accounts::set(&mut tx, &first).await.unwrap();
        sip_accounts::set(&mut tx, &other).await.unwrap();
        let anew = SipAccountRecord { digest: "e1".repeat(16), asterisk: "south".to_owned(), made_at: 9, ..first };
        sip_accounts::set(&mut tx, &anew).await.unwrap();
        assert!(sip_accounts::of_line(&mut tx, 1, "lin_1").await.unwrap().as_ref() == Some(&anew));
        assert!(sip_accounts::by_username(&mut tx, "t2-0001-a").await.unwrap() == Some(other.clone()));
        assert!(sip_accounts::by_username(&mut tx, "T2-0001-A").await.unwrap().is_none());
        let all = sip_accounts::all(&mut tx).await.unwrap();
        assert_eq!(ids(&all, |account| &account.username), ["t1-0001-b", "t2-0001-a"]);
        assert!(sip_accounts::remove(&mut tx, 1, "lin_1").await.unwrap());
        assert!(!sip_accounts::remove(&mut tx, 1, "lin_1").await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let taken = sip_accounts::set(&mut tx, &account(1, "lin_2", "t2-0001-a")).await;
        assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_is_one_trunks_whatever_its_tenant() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (record, made) in [
            (trunk(1, "trk_1", "", "world"), true),
            (trunk(2, "trk_2", "", "world"), false),
            (trunk(2, "trk_2", "south", "world"), true),
            (trunk(1, "trk_3", "", "World"), true),
        ] {
            assert_eq!(trunks::insert(&mut tx, &record).await.unwrap(), made, "{record:?}");
        }
        let changed =
            TrunkRecord { name: "Other".into(), most_calls: Some(2), version: 2, ..trunk(1, "trk_1", "", "world") };
        assert!(trunks::update(&mut tx, &changed).await.unwrap());
        assert!(!trunks::update(&mut tx, &changed).await.unwrap());
        assert_eq!(trunks::lock(&mut tx, 1, "trk_1").await.unwrap().as_ref(), Some(&changed));
        assert_eq!(trunks::get(&mut tx, 2, "trk_1").await.unwrap(), None);
        assert_eq!(trunks::by_endpoint(&mut tx, "", "world").await.unwrap(), Some(changed));
        assert_eq!(trunks::by_endpoint(&mut tx, "south", "world").await.unwrap().unwrap().tenant, 2);
        assert_eq!(trunks::by_endpoint(&mut tx, "north", "world").await.unwrap(), None);
        let page = trunks::page(&mut tx, 1, Some("trk_1"), 9).await.unwrap();
        assert_eq!(ids(&page, |trunk| &trunk.id), ["trk_3"]);
        let some = trunks::some(&mut tx, 1, &["trk_2", "trk_3", "trk_none"]).await.unwrap();
        assert_eq!(ids(&some, |trunk| &trunk.id), ["trk_3"]);
        trunks::delete(&mut tx, 1, "trk_3").await.unwrap();
        assert_eq!(trunks::page(&mut tx, 1, None, 9).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let taken = trunks::update(&mut tx, &TrunkRecord { version: 2, ..trunk(2, "trk_2", "", "world") }).await;
        assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn routes_are_found_by_their_prefixes() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (id, prefix, trunk, made) in [
            ("rte_1", "44", "trk_1", true),
            ("rte_2", "44", "trk_1", false),
            ("rte_2", "44", "trk_2", true),
            ("rte_3", "", "trk_1", true),
            ("rte_4", "4", "trk_1", true),
        ] {
            assert_eq!(trunk_routes::insert(&mut tx, &route(id, prefix, trunk)).await.unwrap(), made, "{id} {trunk}");
        }
        let rate = Some(r#"{"price_per_minute":"1"}"#.to_owned());
        let changed = TrunkRouteRecord { position: 7, buying_rate: rate, version: 2, ..route("rte_2", "44", "trk_2") };
        assert!(trunk_routes::update(&mut tx, &changed).await.unwrap());
        assert!(!trunk_routes::update(&mut tx, &changed).await.unwrap());
        assert_eq!(trunk_routes::get(&mut tx, 1, "rte_2").await.unwrap().as_ref(), Some(&changed));
        assert_eq!(trunk_routes::on_trunk(&mut tx, 1, "44", "trk_2").await.unwrap(), Some(changed));
        assert_eq!(trunk_routes::get(&mut tx, 2, "rte_2").await.unwrap(), None);
        for (prefixes, found) in [(&["", "44", "449"][..], 3), (&["4"], 1), (&["9"], 0), (&[], 0)] {
            assert_eq!(trunk_routes::of_prefixes(&mut tx, 1, prefixes).await.unwrap().len(), found, "{prefixes:?}");
        }
        assert_eq!(trunk_routes::count_of(&mut tx, 1, "trk_1").await.unwrap(), 3);
        assert!(trunk_routes::delete(&mut tx, 1, "rte_4").await.unwrap());
        assert!(!trunk_routes::delete(&mut tx, 1, "rte_4").await.unwrap());
        let page = trunk_routes::page(&mut tx, 1, Some("rte_1"), 9).await.unwrap();
        assert_eq!(ids(&page, |route| &route.id), ["rte_2", "rte_3"]);
    })
    .await;
}

#[tokio::test]
async fn a_number_from_outside_is_once_in_a_tenant() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (tenant, id, given) in
            [(1, "inb_1", "+442079460018"), (2, "inb_2", "+442079460018"), (1, "inb_3", "+442079460019")]
        {
            inbound_numbers::insert(&mut tx, &number(tenant, id, given)).await.unwrap();
        }
        let changed = InboundNumberRecord { line: "lin_2".into(), version: 2, ..number(1, "inb_1", "+442079460018") };
        assert!(inbound_numbers::update(&mut tx, &changed).await.unwrap());
        assert!(!inbound_numbers::update(&mut tx, &changed).await.unwrap());
        assert_eq!(inbound_numbers::get(&mut tx, 1, "inb_1").await.unwrap().as_ref(), Some(&changed));
        assert_eq!(inbound_numbers::by_number(&mut tx, 1, "+442079460018").await.unwrap(), Some(changed));
        let page = inbound_numbers::page(&mut tx, 1, None, 9).await.unwrap();
        assert_eq!(ids(&page, |number| &number.id), ["inb_1", "inb_3"]);
        inbound_numbers::insert(&mut tx, &number(1, "inb_0", "+442079460020")).await.unwrap();
        for (tenant, line, oldest) in
            [(1, "lin_1", Some("inb_0")), (1, "lin_2", Some("inb_1")), (2, "lin_1", Some("inb_2")), (2, "lin_2", None)]
        {
            let found = inbound_numbers::oldest_of_line(&mut tx, tenant, line).await.unwrap();
            assert_eq!(found.as_ref().map(|found| found.id.as_str()), oldest, "{line} of {tenant}");
        }
        assert!(inbound_numbers::delete(&mut tx, 1, "inb_3").await.unwrap());
        assert!(!inbound_numbers::delete(&mut tx, 1, "inb_3").await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let taken = inbound_numbers::insert(&mut tx, &number(1, "inb_4", "+442079460018")).await;
        assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    })
    .await;
}
