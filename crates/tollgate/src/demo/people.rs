//! The demo's customers and their lines.

use domain::country::Country;
use domain::money::Amount;
use engine::billing::items::{self, ItemKind, NewItem};
use engine::customers::{self, Address, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::payments::{self, Method, NewPayment};
use engine::{Scope, Work};

use super::DemoLine;

/// A customer of the demo, with the numbers of its lines.
pub(super) struct Person {
    first_name: &'static str,
    last_name: &'static str,
    organisation: Option<&'static str>,
    pub(super) reference: &'static str,
    plan: &'static str,
    numbers: &'static [&'static str],
    calls_a_day: u64,
    /// What was paid before the first call.
    paid_ahead: Option<&'static str>,
}

const fn person(
    name: (&'static str, &'static str),
    reference: &'static str,
    plan: &'static str,
    numbers: &'static [&'static str],
    calls_a_day: u64,
) -> Person {
    Person {
        first_name: name.0,
        last_name: name.1,
        organisation: None,
        reference,
        plan,
        numbers,
        calls_a_day,
        paid_ahead: None,
    }
}

/// Pays half of what is due.
pub(super) const BRUNO: &str = "D-1002";
/// Has a recurring item.
pub(super) const CHIARA: &str = "D-1003";
/// Complains, and gets a credit note.
pub(super) const LANTERN: &str = "D-1004";
/// Is let off an invoice.
pub(super) const HOSTEL: &str = "D-1005";
/// Never pays.
pub(super) const FARID: &str = "D-1006";
/// Have packages of free minutes: for any agent, and for one.
pub(super) const ADVISED: [&str; 2] = ["D-1007", "D-1008"];
/// Does not top up, so that the fee is not covered.
pub(super) const JONAS: &str = "D-1010";

pub(super) const PEOPLE: &[Person] = &[
    person(("Ada", "Okafor"), "D-1001", "Basic", &["0001"], 3),
    person(("Bruno", "Keller"), BRUNO, "Evenings and weekends", &["0002"], 4),
    person(("Chiara", "Marsh"), CHIARA, "Flat", &["0003"], 5),
    Person {
        organisation: Some("Lantern Books"),
        ..person(("Dev", "Anand"), LANTERN, "Basic", &["0010", "0011", "+14165550110"], 4)
    },
    Person {
        organisation: Some("North Pier Hostel"),
        ..person(("Esi", "Mensah"), HOSTEL, "Fixed", &["0020", "0021"], 6)
    },
    person(("Farid", "Haddad"), FARID, "Evenings and weekends", &["0030"], 2),
    Person { paid_ahead: Some("100.00"), ..person(("Greta", "Lindqvist"), ADVISED[0], "Prepaid", &["0040"], 2) },
    Person { paid_ahead: Some("100.00"), ..person(("Hugo", "Santos"), ADVISED[1], "Prepaid", &["0041"], 2) },
    Person { paid_ahead: Some("200.00"), ..person(("Ines", "Duarte"), "D-1009", "Talk 100", &["0004"], 2) },
    Person { paid_ahead: Some("20.00"), ..person(("Jonas", "Weber"), JONAS, "Prepaid with fee", &["0042"], 1) },
];

/// Makes the customer and opens its lines.
pub(super) async fn move_in(work: &mut Work, person: &Person) -> anyhow::Result<Vec<DemoLine>> {
    let prepaid = person.plan.starts_with("Prepaid");
    let customer = NewCustomer {
        details: Details {
            first_name: Some(person.first_name.to_owned()),
            last_name: Some(person.last_name.to_owned()),
            organisation: person.organisation.map(str::to_owned),
            address: Address {
                street: Some(format!("{} Quay Street", 10 + person.numbers.len())),
                postal_code: Some("M5V 0A1".to_owned()),
                city: Some("Toronto".to_owned()),
                country: Some("Canada".to_owned()),
                country_code: Country::parse("CA").ok(),
            },
            email: Some(format!("{}@example.org", person.first_name.to_lowercase())),
            ..Details::default()
        },
        external_reference: Some(person.reference.to_owned()),
        mode: if prepaid { Mode::Prepaid } else { Mode::Postpaid },
        currency: None,
        credit_limit: None,
    };
    let customer = customers::create(work, customer).await?;
    if let Some(amount) = person.paid_ahead {
        pay(work, &customer.id, Amount::parse(amount)?, Some("Paid ahead")).await?;
    }
    let mut lines = Vec::new();
    for number in person.numbers {
        let new = NewLine {
            customer: customer.id.clone(),
            number: (*number).to_owned(),
            plan: person.plan.to_owned(),
            opened_at: None,
        };
        let line = lines::open(work, new).await?;
        lines::phones::open_in_demo(work, &line.id).await?;
        lines.push(DemoLine {
            id: line.id,
            number: line.number,
            customer: customer.id.clone(),
            reference: person.reference,
            prepaid,
            calls_a_day: person.calls_a_day,
            suspended: false,
        });
    }
    if person.reference == CHIARA {
        for (kind, name, amount) in [
            (ItemKind::OneOff, "Setting up the line", "15.00"),
            (ItemKind::Recurring, "Entry in the telephone directory", "2.50"),
        ] {
            let (customer, line) = (customer.id.clone(), lines.first().map(|line| line.id.clone()));
            let amount = Amount::parse(amount)?;
            items::create(work, NewItem { customer, line, kind, name: name.to_owned(), amount, from: None }).await?;
        }
    }
    Ok(lines)
}

/// Records a payment of a customer.
pub(super) async fn pay(
    work: &mut Work,
    customer: &str,
    amount: Amount,
    reference: Option<&str>,
) -> anyhow::Result<()> {
    let payment = NewPayment {
        customer: customer.to_owned(),
        amount,
        currency: None,
        method: Method::Transfer,
        reference: reference.map(str::to_owned),
        received_at: Some(work.now()),
        invoice: None,
    };
    payments::record(work, payment).await?;
    Ok(())
}
