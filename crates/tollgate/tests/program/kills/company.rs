//! The company whose customers call.

use std::sync::Arc;

use domain::money::Currency;
use domain::plan::Plan;
use domain::time::Zone;
use engine::customers::{self, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::tenants::{self, Charging, Fraud, Settings};
use engine::{Engine, Role, SystemClock, Work, keys, plans};
use serde_json::json;
use storage::Store;

use crate::company::actor;

const PREPAID: usize = 6;
const POSTPAID: usize = 2;
/// What a call costs beside its seconds, in millionths.
pub(super) const CONNECT_FEE: i64 = 10_000;
/// What a second costs, in millionths: so much that a balance is soon empty.
pub(super) const SECOND: i64 = 100_000;

/// The company: its keys, and its customers.
pub(super) struct Company {
    /// The secret of the key with which people and the checks work.
    pub(super) owner: String,
    /// The secret of the switches' key.
    pub(super) switch: String,
    pub(super) payers: Vec<Payer>,
}

/// A customer with a line.
pub(super) struct Payer {
    pub(super) customer: String,
    pub(super) line: String,
    pub(super) is_prepaid: bool,
}

impl Company {
    /// Founds it. Nobody has any money yet.
    pub(super) async fn found(address: &str) -> Company {
        let store = Store::open(address).await.unwrap();
        store.migrate().await.unwrap();
        let engine = Engine::new(store, Arc::new(SystemClock));
        let mut work = engine.begin(&actor()).await.unwrap();
        let mut settings = Settings::new(Currency::parse("EUR").unwrap(), Zone::utc());
        // Small slices, so that calls are extended; and nothing ends by itself, so that it is known what there is.
        settings.charging =
            Charging { slice_seconds: 1, pending_seconds: 3600, heartbeat_seconds: 3600, ..Charging::default() };
        settings.fraud =
            Fraud { calls_at_once: 10_000, tenant_calls_at_once: None, set_ups_per_minute: 1000, ..Fraud::default() };
        for caps in [&mut settings.fraud.spend_per_day, &mut settings.fraud.cost_per_call] {
            caps.insert(settings.currency, None);
        }
        tenants::found(&mut work, "Example Ltd", settings, false).await.unwrap();
        for kind in ["prepaid", "postpaid"] {
            let rate = json!({"connect_fee": "0.01", "price_per_minute": "6.00", "increment_seconds": 1});
            let plan = json!({"name": kind, "kind": kind, "currency": "EUR", "monthly_fee": "0", "rate": rate});
            plans::create(&mut work, Plan::read(plan.to_string().as_bytes()).unwrap()).await.unwrap();
        }
        let mut payers = Vec::new();
        for number in 0..PREPAID + POSTPAID {
            payers.push(Payer::move_in(&mut work, number).await);
        }
        let (_, owner) = keys::create(&mut work, "owner", Role::Owner.into(), None).await.unwrap();
        let (_, switch) = keys::create(&mut work, "switch", Role::Switch.into(), None).await.unwrap();
        work.commit().await.unwrap();
        engine.store().close().await;
        Company { owner, switch, payers }
    }
}

impl Payer {
    async fn move_in(work: &mut Work, number: usize) -> Payer {
        let is_prepaid = number < PREPAID;
        let (mode, plan) = if is_prepaid { (Mode::Prepaid, "prepaid") } else { (Mode::Postpaid, "postpaid") };
        let customer = NewCustomer {
            details: Details { organisation: Some(format!("Customer {number}")), ..Details::default() },
            external_reference: None,
            mode,
            currency: None,
            credit_limit: None,
        };
        let customer = customers::create(work, customer).await.unwrap().id;
        let line = NewLine {
            customer: customer.clone(),
            number: format!("000{number}"),
            plan: plan.to_owned(),
            opened_at: None,
        };
        let line = lines::open(work, line).await.unwrap().id;
        Payer { customer, line, is_prepaid }
    }
}
