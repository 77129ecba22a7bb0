//! Calls that are charged while they run, through the combiner.

mod at_once;
mod billed;
mod grants;
mod limits;
mod orders;
mod overload;
mod packages;
mod race;
mod sessions;
mod talk_time;

use domain::charging::{CutOff, EndCause};
use domain::money::Amount;
use domain::time::Instant;
use engine::calls::{Direction, Payer};
use engine::charging::{
    self, ChargingError, Ended, Ending, EndsAt, Grant, NewSession, Refused, Reply, Request, Session, Step, What,
};
use engine::customers::Customer;
use engine::lines::Line;
use engine::payments::{self, Method, NewPayment};
use serde_json::{Value, json};

use crate::world::{World, amount};

/// The switch that asks.
pub(crate) const PBX: &str = "key:pbx";
/// A number that no line has.
pub(crate) const OUTSIDE: &str = "+14165550100";

/// A prepaid customer with so much on the account, and a line at this rate.
pub(crate) async fn prepaid(world: &World, balance: &str, rate: Value) -> (Customer, Line) {
    let customer = world.prepaid_customer("Prepaid").await;
    if balance != "0" {
        top_up(world, &customer, balance).await;
    }
    let plan = world.plan("Prepaid", json!({"kind": "prepaid", "rate": rate})).await;
    let line = world.line(&customer, "0001", &plan).await;
    (customer, line)
}

pub(crate) async fn top_up(world: &World, customer: &Customer, balance: &str) {
    let new = NewPayment {
        customer: customer.id.clone(),
        amount: amount(balance),
        currency: None,
        method: Method::Cash,
        reference: None,
        received_at: None,
        invoice: None,
    };
    world.run(async |work| payments::record(work, new).await).await.unwrap();
}

pub(crate) fn call(origin: &str, line: &Line) -> NewSession {
    NewSession {
        origin: origin.to_owned(),
        payer: Payer::Line(line.id.clone()),
        direction: Direction::Outbound,
        from: line.number.clone(),
        to: OUTSIDE.to_owned(),
        agent: None,
        link: None,
        cut_off: CutOff::Movable,
        unpaid: false,
    }
}

pub(crate) async fn ask(world: &World, key: Option<&str>, what: What) -> Result<Reply, ChargingError> {
    let request = Request { owner: PBX.to_owned(), key: key.map(str::to_owned), what };
    loop {
        match world.engine.charge(world.actor.tenant, request.clone()).await {
            // A switch whose call is turned away since too many wait asks again.
            Err(ChargingError::Busy) => tokio::task::yield_now().await,
            reply => return reply,
        }
    }
}

pub(crate) async fn authorize(world: &World, new: NewSession) -> Result<Grant, Refused> {
    granted(ask(world, None, What::Authorize(new)).await)
}

pub(crate) async fn step(world: &World, session: &str, step: Step) -> Result<Reply, Refused> {
    let session = session.to_owned();
    verdict(ask(world, None, What::Step { session, step }).await)
}

pub(crate) fn verdict(reply: Result<Reply, ChargingError>) -> Result<Reply, Refused> {
    match reply {
        Ok(reply) => Ok(reply),
        Err(ChargingError::Refused(refused)) => Err(refused),
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn granted(reply: Result<Reply, ChargingError>) -> Result<Grant, Refused> {
    verdict(reply).map(|reply| match reply {
        Reply::Granted(grant) => grant,
        Reply::Ended(ended) => panic!("it has ended: {ended:?}"),
    })
}

pub(crate) fn ended(reply: Result<Reply, Refused>) -> Result<Ended, Refused> {
    reply.map(|reply| match reply {
        Reply::Ended(ended) => ended,
        Reply::Granted(grant) => panic!("it goes on: {grant:?}"),
    })
}

pub(crate) fn end_at(ended_at: Instant) -> Step {
    Step::Settle(Ending { answered_at: None, ended_at: EndsAt::At(ended_at), disposition: None, cause: None })
}

pub(crate) async fn session(world: &World, id: &str) -> Session {
    charging::get(&mut world.view().await, id).await.unwrap()
}

/// The world's clock, so many seconds later.
pub(crate) fn wait(world: &World, seconds: i64) -> Instant {
    use engine::Clock;
    let then = Instant::clamped(world.clock.now().millis() + seconds * 1000);
    world.clock.move_to(then);
    then
}

/// Balance and hold of a customer.
pub(crate) async fn account(world: &World, customer: &Customer) -> (Amount, Amount) {
    let currency = customer.currency;
    let account = engine::accounts::get(&mut world.view().await, &customer.id, currency).await.unwrap();
    (account.balance, account.held)
}

pub(crate) fn money(balance: &str, held: &str) -> (Amount, Amount) {
    (amount(balance), amount(held))
}

/// How a session ended: why, what was charged, what was beyond what was granted.
pub(crate) fn outcome(ended: &Ended) -> (EndCause, String, i64) {
    (ended.end.cause, ended.end.charged.total().unwrap().to_string(), ended.end.overrun_seconds)
}
