//! Files by which a bank pays agents.

use storage::agents;
use storage::documents::{self, DocumentRecord};
use storage::payout_files::{self, PayoutFileItem, PayoutFileRecord};
use storage::payouts::{self, PayoutRecord};
use storage::{Store, retry};

use crate::databases::{execute, on_both, on_both_at};
use crate::recorder::sqlite_plans;
use crate::records::agent;

const BANK: &str = r#"{"iban":"DE89370400440532013000"}"#;

/// A payout to an agent, with its statement.
async fn pay(store: &Store, tenant: i64, (id, agent, currency): (&str, &str, &str)) {
    let mut tx = store.write().await.unwrap();
    let statement = DocumentRecord {
        id: id.into(),
        kind: "payout".into(),
        number: Some(format!("PO-{id}")),
        customer: agent.into(),
        currency: currency.into(),
        paper: "{}".into(),
        state: "final".into(),
        ..DocumentRecord::default()
    };
    documents::insert(&mut tx, tenant, &[statement]).await.unwrap();
    let record = PayoutRecord {
        id: id.into(),
        agent: agent.into(),
        currency: currency.into(),
        amount: 11_180_000,
        made_at: 7,
        bounced_at: None,
        reason: None,
        file: None,
        paper: String::new(),
    };
    payouts::insert(&mut tx, tenant, &record).await.unwrap();
    tx.commit().await.unwrap();
}

/// Three payouts in EUR to an agent with an account and to one without, one that came back, one in USD, and one of another tenant.
async fn paid(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (tenant, id) in [(1, "agt_1"), (1, "agt_2"), (2, "agt_1")] {
        let record = agents::AgentRecord { tenant, ..agent(id) };
        agents::insert(&mut tx, &record).await.unwrap();
    }
    assert!(agents::set_bank(&mut tx, 1, ("agt_1", 2), Some(BANK)).await.unwrap());
    tx.commit().await.unwrap();
    for (id, agent) in [("pyo_2", "agt_1"), ("pyo_1", "agt_1"), ("pyo_3", "agt_2"), ("pyo_4", "agt_1")] {
        pay(store, 1, (id, agent, "EUR")).await;
    }
    pay(store, 1, ("pyo_5", "agt_1", "USD")).await;
    pay(store, 2, ("pyo_1", "agt_1", "EUR")).await;
    let mut tx = store.write().await.unwrap();
    assert!(payouts::bounce(&mut tx, 1, "pyo_4", 9, None).await.unwrap());
    tx.commit().await.unwrap();
}

fn file(id: &str) -> PayoutFileRecord {
    PayoutFileRecord {
        id: id.into(),
        currency: "EUR".into(),
        execution_on: "2026-12-01".into(),
        payer: "{}".into(),
        payouts: 2,
        amount: 22_360_000,
        left_out: "[]".into(),
        made_at: 8,
        made_by: "user:usr_1".into(),
        withdrawn_at: None,
        withdrawn_by: None,
    }
}

fn item(file: &str, payout: &str) -> PayoutFileItem {
    PayoutFileItem {
        file: file.into(),
        payout: payout.into(),
        number: format!("PO-{payout}"),
        agent: "agt_1".into(),
        holder: "Ada".into(),
        iban: "DE89370400440532013000".into(),
        bic: (payout == "pyo_2").then(|| "BKAUATWW".into()),
        amount: 11_180_000,
    }
}

async fn waiting(store: &Store, tenant: i64) -> Vec<String> {
    let rows = payout_files::waiting(&mut store.read().await.unwrap(), tenant, "EUR").await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn a_bank_account_is_set_at_a_version_and_stays_when_the_rest_is_replaced() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        agents::insert(&mut tx, &agent("agt_1")).await.unwrap();
        assert_eq!(agents::bank(&mut tx, 1, "agt_1").await.unwrap(), None);
        assert!(agents::set_bank(&mut tx, 1, ("agt_1", 2), Some(BANK)).await.unwrap());
        for (tenant, id, version) in [(1, "agt_1", 2), (2, "agt_1", 3), (1, "agt_none", 3)] {
            assert!(
                !agents::set_bank(&mut tx, tenant, (id, version), None).await.unwrap(),
                "{id} of {tenant} at {version}"
            );
        }
        let renamed = agents::AgentRecord { name: "Bea".into(), version: 3, ..agent("agt_1") };
        assert!(agents::update(&mut tx, &renamed).await.unwrap());
        assert_eq!(agents::bank(&mut tx, 1, "agt_1").await.unwrap().as_deref(), Some(BANK));
        assert!(agents::set_bank(&mut tx, 1, ("agt_1", 4), None).await.unwrap());
        assert_eq!(agents::bank(&mut tx, 1, "agt_1").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_file_has_what_waits_and_frees_it_when_it_is_withdrawn() {
    on_both(async |store: Store| {
        paid(&store).await;
        let mut tx = store.write().await.unwrap();
        let rows = payout_files::waiting(&mut tx, 1, "EUR").await.unwrap();
        let shown: Vec<_> =
            rows.iter().map(|row| (row.id.as_str(), row.number.as_str(), row.bank.as_deref())).collect();
        let expected =
            [("pyo_1", "PO-pyo_1", Some(BANK)), ("pyo_2", "PO-pyo_2", Some(BANK)), ("pyo_3", "PO-pyo_3", None)];
        assert_eq!(shown, expected);
        assert_eq!((rows[0].agent.as_str(), rows[0].name.as_str(), rows[0].amount), ("agt_1", "Ada", 11_180_000));

        let mut taken =
            payout_files::take(&mut tx, 1, "pof_1", &["pyo_1", "pyo_2", "pyo_4", "pyo_none"]).await.unwrap();
        taken.sort();
        assert_eq!(taken, ["pyo_1", "pyo_2"], "what came back is not taken");
        let items = [item("pof_1", "pyo_2"), item("pof_1", "pyo_1")];
        payout_files::insert(&mut tx, 1, &file("pof_1"), &items).await.unwrap();
        assert_eq!(payout_files::take(&mut tx, 1, "pof_2", &["pyo_1", "pyo_2"]).await.unwrap(), Vec::<String>::new());
        tx.commit().await.unwrap();
        assert_eq!(
            (waiting(&store, 1).await, waiting(&store, 2).await),
            (vec!["pyo_3".to_owned()], vec!["pyo_1".to_owned()])
        );

        let mut tx = store.write().await.unwrap();
        assert!(payouts::bounce(&mut tx, 1, "pyo_1", 9, None).await.unwrap());
        let listed = payout_files::items(&mut tx, 1, "pof_1").await.unwrap();
        let shown: Vec<_> = listed.iter().map(|listed| (&listed.item, listed.bounced_at)).collect();
        assert_eq!(shown, [(&items[1], Some(9)), (&items[0], None)], "in the order of the payouts");
        assert_eq!(payouts::get(&mut tx, 1, "pyo_2").await.unwrap().unwrap().file.as_deref(), Some("pof_1"));
        for (tenant, id, is_new) in [(2, "pof_1", false), (1, "pof_2", false), (1, "pof_1", true), (1, "pof_1", false)]
        {
            assert_eq!(payout_files::withdraw(&mut tx, tenant, id, (9, "user:usr_2")).await.unwrap(), is_new, "{id}");
        }
        let withdrawn =
            PayoutFileRecord { withdrawn_at: Some(9), withdrawn_by: Some("user:usr_2".into()), ..file("pof_1") };
        assert_eq!(payout_files::get(&mut tx, 1, "pof_1").await.unwrap(), Some(withdrawn.clone()));
        assert_eq!(payout_files::get(&mut tx, 2, "pof_1").await.unwrap(), None);
        assert_eq!(payout_files::items(&mut tx, 1, "pof_1").await.unwrap(), listed, "it says what it said");
        payout_files::insert(&mut tx, 1, &file("pof_2"), &[item("pof_2", "pyo_2")]).await.unwrap();
        assert_eq!(payout_files::page(&mut tx, 1, None, 9).await.unwrap(), [file("pof_2"), withdrawn.clone()]);
        assert_eq!(payout_files::page(&mut tx, 1, Some("pof_2"), 1).await.unwrap(), [withdrawn]);
        assert_eq!(payout_files::page(&mut tx, 2, None, 9).await.unwrap(), []);
        tx.commit().await.unwrap();
        assert_eq!(waiting(&store, 1).await, ["pyo_2", "pyo_3"]);
    })
    .await;
}

#[tokio::test]
async fn a_payout_is_taken_by_one_of_many_who_make_files_at_once() {
    on_both(async |store: Store| {
        paid(&store).await;
        let tries = (0..12).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                retry(async || {
                    let mut tx = store.write().await?;
                    let taken =
                        payout_files::take(&mut tx, 1, &format!("pof_{n}"), &["pyo_1", "pyo_2", "pyo_3"]).await?;
                    tx.commit().await?;
                    Ok::<_, storage::Error>(taken.len())
                })
                .await
            })
        });
        let mut taken = Vec::new();
        for tried in tries.collect::<Vec<_>>() {
            taken.push(tried.await.unwrap().unwrap());
        }
        taken.sort_unstable();
        assert_eq!(taken.pop(), Some(3));
        assert!(taken.iter().all(|taken| *taken == 0), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn what_was_paid_before_there_were_files_comes_into_none() {
    on_both_at(async |store: Store, address: String| {
        paid(&store).await;
        for undo in [
            "DROP INDEX payouts_waiting",
            "DROP INDEX payouts_by_file",
            "ALTER TABLE payouts DROP COLUMN file",
            "ALTER TABLE agents DROP COLUMN bank",
            "DROP TABLE payout_files",
            "DROP TABLE payout_file_items",
            "DELETE FROM _sqlx_migrations WHERE version = 39",
        ] {
            execute(&address, undo).await;
        }
        store.migrate().await.unwrap();
        let store = Store::open(&address).await.unwrap();
        assert_eq!(waiting(&store, 1).await, Vec::<String>::new());
        pay(&store, 1, ("pyo_6", "agt_1", "EUR")).await;
        assert_eq!(waiting(&store, 1).await, ["pyo_6"]);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_found_by_its_index_in_a_database_that_the_planner_knows_nothing_about() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}/tollgate.db", folder.path().display());
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    let questions = async {
        let tx = &mut store.read().await.unwrap();
        payout_files::waiting(tx, 1, "EUR").await.unwrap();
        payout_files::items(tx, 1, "pof_1").await.unwrap();
    };
    let plans = sqlite_plans(&address, questions).await;
    for (plan, indexes) in plans.iter().zip([
        ["payouts_waiting (tenant=? AND currency=?)", "d USING", "a USING"],
        ["i USING PRIMARY KEY (tenant=? AND file=?)", "p USING", "(tenant=? AND id=?)"],
    ]) {
        for index in indexes {
            assert!(plan.contains(index), "not by {index}, but\n{plan}");
        }
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN "), "{plan}");
    }
    assert_eq!(plans.len(), 2);
    store.close().await;
}
