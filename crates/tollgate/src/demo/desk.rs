//! What the demo has for trying calls to an adviser out: an adviser with a number, who is at a phone; a customer who has money and free
//! minutes; and one who has nothing.

use anyhow::Context;
use domain::money::Amount;
use engine::customers::{self, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::presence::{self, Presence};
use engine::{Work, agents, allowances};

use super::World;
use super::people::{ADVISED, pay};

/// What callers dial to reach the first adviser.
const ADVISERS_NUMBER: &str = "0700";
/// The line of the first adviser's phone.
const ADVISERS_LINE: &str = "0070";
/// Who has nothing on the account.
pub(super) const NORA: &str = "D-1012";

/// Opens the adviser's desk, now that the past is over.
pub(super) async fn open(work: &mut Work, world: &World) -> anyhow::Result<()> {
    let house = Details { organisation: Some("Harbour Advice Desk".to_owned()), ..Details::default() };
    settle(work, (house, "D-1011", Mode::Postpaid), ("Flat", ADVISERS_LINE)).await?;
    let nora = Details {
        first_name: Some("Nora".to_owned()),
        last_name: Some("Eriksen".to_owned()),
        email: Some("nora@example.org".to_owned()),
        ..Details::default()
    };
    settle(work, (nora, NORA, Mode::Prepaid), ("Prepaid", "0043")).await?;
    let greta = world.customer(ADVISED[0]).context("the demo's first advised customer")?;
    pay(work, greta, Amount::parse("20.00")?, None).await?;
    let minutes = allowances::NewAllowance {
        customer: greta.to_owned(),
        agent: None,
        seconds: 600,
        expires_at: None,
        reason: "A gift: 10 free minutes".to_owned(),
    };
    allowances::grant(work, minutes).await?;
    let adviser = agents::get(work, world.agents.first().context("the demo's first adviser")?).await?;
    let mut details = adviser.details;
    details.phones.insert(0, ADVISERS_LINE.to_owned());
    details.number = Some(ADVISERS_NUMBER.to_owned());
    details.public = true;
    details.about = Some(
        "Twenty years in the harbour office. Ask me about berths, leases, and letters that you do not understand."
            .to_owned(),
    );
    let adviser = agents::update(work, &adviser.id, adviser.name, details, adviser.version).await?;
    presence::set(work, &adviser.id, Presence::Online).await?;
    Ok(())
}

/// Makes a customer with a line.
async fn settle(
    work: &mut Work,
    (details, reference, mode): (Details, &str, Mode),
    (plan, number): (&str, &str),
) -> anyhow::Result<()> {
    let external_reference = Some(reference.to_owned());
    let customer = NewCustomer { details, external_reference, mode, currency: None, credit_limit: None };
    let customer = customers::create(work, customer).await?.id;
    let line = NewLine { customer, number: number.to_owned(), plan: plan.to_owned(), opened_at: None };
    let line = lines::open(work, line).await?;
    lines::phones::open_in_demo(work, &line.id).await?;
    Ok(())
}
