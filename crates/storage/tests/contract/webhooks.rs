use storage::tenants::TenantRecord;
use storage::webhooks::{self, AttemptRecord, DeliveryRecord, HookEventRecord, WebhookRecord};
use storage::{Store, low_balances, tenants};

use crate::databases::on_both;

fn webhook(tenant: i64, id: &str, kinds: &str) -> WebhookRecord {
    WebhookRecord {
        tenant,
        id: id.into(),
        url: "https://example.org/".into(),
        kinds: kinds.into(),
        description: None,
        enabled: 1,
        disabled_because: None,
        secret: "whsec_1".into(),
        old_secret: None,
        old_secret_until: None,
        failing_since: None,
        created_at: 3,
        version: 1,
    }
}

fn tenant(number: i64) -> TenantRecord {
    let (name, settings, hooks) = ("A".into(), "{}".into(), String::new());
    TenantRecord { tenant: number, name, settings, demo: 0, created_at: 3, version: 1, hooks }
}

#[tokio::test]
async fn what_the_enabled_ones_of_a_tenant_want_is_known() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for number in [1, 2] {
            tenants::insert(&mut tx, &tenant(number)).await.unwrap();
        }
        for record in [webhook(1, "whk_1", "a b"), webhook(1, "whk_2", "c"), webhook(2, "whk_1", "d")] {
            webhooks::insert(&mut tx, &record).await.unwrap();
        }
        let mut wanted = async |change: &str, expected: &str| {
            webhooks::note_wanted(&mut tx, 1).await.unwrap();
            let mut kinds: Vec<String> =
                webhooks::wanted(&mut tx, 1).await.unwrap().split(' ').map(str::to_owned).collect();
            kinds.sort();
            assert_eq!(kinds.join(" "), expected, "{change}");
            match change {
                "begin" => assert!(webhooks::disable(&mut tx, 1, "whk_2", "gone").await.unwrap()),
                "disable" => assert!(!webhooks::disable(&mut tx, 1, "whk_2", "gone").await.unwrap()),
                _ => {}
            }
            if change == "again" {
                webhooks::delete(&mut tx, 1, "whk_1").await.unwrap();
            }
        };
        for (change, expected) in [("begin", "a b c"), ("disable", "a b"), ("again", "a b"), ("delete", "")] {
            wanted(change, expected).await;
        }
        let left = webhooks::all(&mut tx, 1).await.unwrap();
        assert_eq!(left.iter().map(|one| (one.id.as_str(), one.version)).collect::<Vec<_>>(), [("whk_2", 2)]);
        let next = WebhookRecord { version: 3, enabled: 1, ..left[0].clone() };
        let outcomes =
            [webhooks::update(&mut tx, &next).await.unwrap(), webhooks::update(&mut tx, &next).await.unwrap()];
        assert_eq!(outcomes, [true, false], "from the version before alone");
        assert!(webhooks::get(&mut tx, 1, "whk_2").await.unwrap() == Some(next));
        for (at, since) in [(50, Some(50)), (70, Some(50))] {
            assert_eq!(webhooks::note_failure(&mut tx, 1, "whk_2", at).await.unwrap(), since);
        }
        webhooks::note_success(&mut tx, 1, "whk_2").await.unwrap();
        assert_eq!(webhooks::note_failure(&mut tx, 1, "whk_2", 90).await.unwrap(), Some(90));
        assert_eq!(webhooks::note_failure(&mut tx, 1, "whk_9", 90).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_event_is_written_once_and_what_is_old_is_forgotten() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let event = |id: &str, key: &str, at: i64| {
            let (id, key, kind, body) = (id.into(), key.into(), "a".into(), "{}".into());
            HookEventRecord { id, key, kind, body, at }
        };
        let events = [event("hev_1", "a/1", 10), event("hev_2", "a/2", 20)];
        assert_eq!(webhooks::insert_events(&mut tx, 1, &events).await.unwrap().len(), 2);
        assert_eq!(webhooks::insert_events(&mut tx, 1, &[event("hev_3", "a/1", 10)]).await.unwrap(), [""; 0]);
        let delivery = |id: &str, event: &str, at: i64| {
            let (id, webhook, event, state) = (id.into(), "whk_1".into(), event.into(), "pending".into());
            DeliveryRecord { id, webhook, event, state, created_at: at }
        };
        let deliveries = [delivery("dlv_1", "hev_1", 10), delivery("dlv_2", "hev_2", 20)];
        webhooks::insert_deliveries(&mut tx, 1, &deliveries).await.unwrap();
        for (id, delivery, at) in [("try_1", "dlv_1", 11), ("try_2", "dlv_2", 21), ("try_3", "dlv_2", 22)] {
            let (id, delivery, answer) = (id.into(), delivery.into(), Some("no".into()));
            let attempt = AttemptRecord { id, delivery, at, duration_ms: 4, status: Some(500), answer, error: None };
            webhooks::insert_attempt(&mut tx, 1, &attempt).await.unwrap();
        }
        webhooks::set_state(&mut tx, 1, "dlv_2", "failed").await.unwrap();
        let page = async |tx: &mut storage::WriteTx, before: Option<&str>| {
            let page = webhooks::deliveries(tx, 1, "whk_1", before, 10).await.unwrap();
            page.into_iter().map(|one| format!("{} {}", one.delivery.id, one.delivery.state)).collect::<Vec<_>>()
        };
        assert_eq!(page(&mut tx, None).await, ["dlv_2 failed", "dlv_1 pending"]);
        assert_eq!(page(&mut tx, Some("dlv_2")).await, ["dlv_1 pending"]);
        let tries = webhooks::attempts(&mut tx, 1, &["dlv_2"]).await.unwrap();
        assert_eq!(tries.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["try_2", "try_3"]);
        assert_eq!(webhooks::forget(&mut tx, 2, 99, 10).await.unwrap(), 0);
        assert_eq!(webhooks::forget(&mut tx, 1, 20, 10).await.unwrap(), 1);
        assert_eq!(page(&mut tx, None).await, ["dlv_2 failed"]);
        assert_eq!(webhooks::forget(&mut tx, 1, 99, 1).await.unwrap(), 1, "some at a time");
        assert_eq!(webhooks::attempts(&mut tx, 1, &["dlv_2"]).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_balance_is_low_once_for_prepaid_customers_in_one_currency() {
    on_both(async |store: Store| {
        use storage::ledger::{AccountChange, change_accounts};
        let mut tx = store.write().await.unwrap();
        for (id, mode) in [("cus_1", "prepaid"), ("cus_2", "postpaid"), ("cus_3", "prepaid")] {
            let customer = storage::customers::CustomerRecord { mode: mode.into(), ..crate::records::customer(id, id) };
            storage::customers::insert(&mut tx, &customer).await.unwrap();
        }
        let moved = async |tx: &mut storage::WriteTx, account: &str, amount: i64| {
            let (account, currency) = (account.to_owned(), "USD".to_owned());
            let change = AccountChange { account, currency, amount, ..AccountChange::default() };
            assert!(change_accounts(tx, 1, &[change]).await.unwrap());
        };
        for (account, amount) in [("cus_1", 40), ("cus_2", 40), ("cus_3", 60)] {
            moved(&mut tx, account, amount).await;
        }
        let all = ["cus_1", "cus_2", "cus_3"];
        let low = async |tx: &mut storage::WriteTx| low_balances::note(tx, 1, ("USD", 50), &all).await.unwrap();
        assert_eq!(low_balances::note(&mut tx, 1, ("EUR", 50), &all).await.unwrap(), []);
        assert_eq!(low(&mut tx).await, [("cus_1".to_owned(), 40)]);
        assert_eq!(low(&mut tx).await, []);
        for (amount, expected) in [(9, None), (-1, None), (2, None), (-1, Some(49))] {
            moved(&mut tx, "cus_1", amount).await;
            let expected: Vec<(String, i64)> = expected.map(|left| ("cus_1".to_owned(), left)).into_iter().collect();
            assert_eq!(low(&mut tx).await, expected, "{amount}");
        }
    })
    .await;
}
