//! What the program has on its books, beside what it acknowledged.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::World;
use super::memory::{Memory, Stage, Step, millionths};
use super::wire::{Reply, Request, Wire};

/// How many requests are sent again at once.
const AT_ONCE: usize = 16;

/// A program that nobody else asks anything.
pub(super) struct Books<'a> {
    pub(super) world: &'a World,
    pub(super) address: &'a str,
}

/// What it shows.
struct Shown {
    /// The calls that run, by origin.
    live: BTreeMap<String, Value>,
    /// The balances, in the order of the payers.
    balances: Vec<Value>,
    /// The entries of each payer.
    entries: Vec<Vec<Value>>,
}

/// The charges of calls by session, and payments by id; each with its payer, and its amount in millionths.
#[derive(Default)]
struct Moved {
    charges: HashMap<String, (usize, i64)>,
    payments: HashMap<String, (usize, i64)>,
}

impl Books<'_> {
    /// Expects that what was acknowledged since the last check is answered alike again, that all that was ever acknowledged is there,
    /// once, with nothing else beside it, and that the books are right.
    pub(super) async fn check(&self) -> Vec<(Request, Reply)> {
        let fresh = std::mem::take(&mut self.world.memory().fresh);
        self.expect_repeated(&fresh).await;
        let faults = self.ask(Request::post("/books/check".to_owned(), Value::Null)).await;
        assert_eq!(faults["faults"], json!([]));
        let shown = self.shown().await;
        let memory = self.world.memory();
        shown.expect_live(&memory);
        let moved = shown.moved();
        expect_charges(&memory, &moved);
        expect_payments(&memory, &moved);
        shown.expect_balances(self.world, &moved);
        fresh
    }

    /// Expects that each of these requests, sent again, gets the same answer again.
    pub(super) async fn expect_repeated(&self, acknowledged: &[(Request, Reply)]) {
        let mut repeated = JoinSet::new();
        for part in acknowledged.chunks(acknowledged.len().div_ceil(AT_ONCE).max(1)) {
            let (part, address) = (part.to_vec(), self.address.to_owned());
            let [owner, switch] = [Wire::new(&self.world.company.owner), Wire::new(&self.world.company.switch)];
            repeated.spawn(async move {
                for (request, first) in part {
                    let wire = if request.path == "/payments" { &owner } else { &switch };
                    let again = wire.attempt(&address, &request).await.unwrap();
                    assert_eq!(again, Reply { is_replayed: true, ..first }, "{request:?}");
                }
            });
        }
        repeated.join_all().await;
    }

    /// Expects that nothing runs any more, and that of all calls those that were let through are on record, with their price.
    pub(super) async fn expect_at_rest(&self) {
        let recorded = self.pages("/calls?").await;
        let shown = self.shown().await;
        assert!(shown.live.is_empty(), "{:?}", shown.live);
        assert!(shown.balances.iter().all(|balance| balance["held"] == "0.00"), "{:?}", shown.balances);
        let memory = self.world.memory();
        assert_eq!(recorded.len(), memory.calls.len());
        for call in recorded {
            let known = &memory.calls[call["origin"].as_str().unwrap()];
            let total = millionths(&call["price"]["total"]);
            assert_eq!((call["id"].as_str(), known.stage), (Some(&*known.session), Stage::Ended(total)), "{call}");
        }
        assert!(memory.top_ups.values().all(|top_up| top_up.payment.is_some()));
    }

    async fn shown(&self) -> Shown {
        let (mut balances, mut entries) = (Vec::new(), Vec::new());
        let live = self.pages("/charging/sessions?").await;
        for payer in &self.world.company.payers {
            balances.push(self.get(format!("/customers/{}/balance", payer.customer)).await);
            entries.push(self.pages(&format!("/ledger?customer={}&", payer.customer)).await);
        }
        let origin = |session: &Value| session["origin"].as_str().unwrap().to_owned();
        Shown { live: live.into_iter().map(|session| (origin(&session), session)).collect(), balances, entries }
    }

    async fn pages(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(format!("{path}limit=500{cursor}")).await;
            all.extend_from_slice(page["items"].as_array().unwrap());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    async fn get(&self, path: String) -> Value {
        self.ask(Request { method: reqwest::Method::GET, path, key: None, body: Value::Null }).await
    }

    async fn ask(&self, request: Request) -> Value {
        let reply = self.world.owner.attempt(self.address, &request).await.unwrap();
        assert!(reply.is_good(), "{request:?}: {reply:?}");
        reply.body
    }
}

impl Shown {
    /// Each call that was let through and has not ended runs, as far as it was acknowledged to have come; no other does.
    fn expect_live(&self, memory: &Memory) {
        for (origin, session) in &self.live {
            let call =
                memory.calls.get(origin).unwrap_or_else(|| panic!("a stranger, or a call that was refused: {session}"));
            assert!(call.may_be(session["state"].as_str().unwrap()), "{call:?}: {session}");
            assert!(session["granted_seconds"].as_i64().unwrap() >= call.granted_seconds, "{call:?}: {session}");
            assert!(call.stage == Stage::Unknown || session["id"] == call.session.as_str(), "{call:?}: {session}");
        }
        for (origin, call) in &memory.calls {
            if matches!(call.stage, Stage::Pending | Stage::Answered) && !call.may_have_ended() {
                assert!(self.live.contains_key(origin), "lost: {origin}, {call:?}");
            }
        }
    }

    /// What the entries moved, each cause once.
    fn moved(&self) -> Moved {
        let mut moved = Moved::default();
        for (payer, entries) in self.entries.iter().enumerate() {
            for entry in entries {
                let of_kind = match entry["kind"].as_str() {
                    Some("call") => &mut moved.charges,
                    Some("payment") => &mut moved.payments,
                    _ => panic!("nothing but calls and payments moves money here: {entry}"),
                };
                let reference = entry["reference"].as_str().unwrap().to_owned();
                let twice = of_kind.insert(reference, (payer, millionths(&entry["amount"])));
                assert!(twice.is_none(), "done twice: {entry}");
            }
        }
        moved
    }

    /// Each payer has what was paid in less what was charged, and holds what its calls hold.
    fn expect_balances(&self, world: &World, moved: &Moved) {
        for (place, (balance, payer)) in self.balances.iter().zip(&world.company.payers).enumerate() {
            let sum = |of: &HashMap<String, (usize, i64)>| -> i64 {
                of.values().filter(|(payer, _)| *payer == place).map(|(_, amount)| amount).sum()
            };
            let has = millionths(&balance["balance"]);
            assert_eq!(has, sum(&moved.payments) - sum(&moved.charges), "{balance}");
            let live: Vec<&Value> =
                self.live.values().filter(|session| session["customer"] == payer.customer.as_str()).collect();
            let held: i64 = live.iter().map(|session| millionths(&session["held"])).sum();
            assert_eq!((&balance["live_calls"], millionths(&balance["held"])), (&json!(live.len()), held), "{live:?}");
            assert!(!payer.is_prepaid || has >= held, "{balance}");
        }
    }
}

/// Each call that has ended was charged what was acknowledged; none else was, but one whose end is in doubt.
fn expect_charges(memory: &Memory, moved: &Moved) {
    let mut known = 0;
    for (origin, call) in memory.calls.iter().filter(|(_, call)| !call.session.is_empty()) {
        let charged = moved.charges.get(&call.session);
        known += usize::from(charged.is_some());
        match (call.stage, call.in_doubt) {
            (Stage::Ended(0), _) => assert_eq!(charged, None, "{origin}: {call:?}"),
            (Stage::Ended(amount), _) => assert_eq!(charged, Some(&(call.payer, amount)), "{origin}: {call:?}"),
            (_, Some(Step::Settle(_))) => assert!(charged.is_none_or(|(payer, _)| *payer == call.payer)),
            _ => assert_eq!(charged, None, "{origin}: {call:?}"),
        }
    }
    assert_eq!(moved.charges.len(), known, "calls were charged that nobody knows");
}

/// Each payment that was acknowledged is there; none else, but those that are in doubt.
fn expect_payments(memory: &Memory, moved: &Moved) {
    let mut strangers = moved.payments.clone();
    for (key, top_up) in &memory.top_ups {
        if let Some(payment) = &top_up.payment {
            assert_eq!(strangers.remove(payment), Some((top_up.payer, top_up.amount)), "{key}: {top_up:?}");
        }
    }
    let mut in_doubt: Vec<(usize, i64)> = memory
        .top_ups
        .values()
        .filter(|top_up| top_up.payment.is_none())
        .map(|top_up| (top_up.payer, top_up.amount))
        .collect();
    for stranger in strangers.values() {
        let place = in_doubt.iter().position(|top_up| top_up == stranger);
        in_doubt.swap_remove(place.unwrap_or_else(|| panic!("a payment that nobody made: {stranger:?}")));
    }
}
