//! Customers by the hundred thousand, written straight into the tables: one by one they would take minutes.

use domain::money::{Amount, Currency};
use domain::plan::Plan;
use engine::{Actor, Engine, decks, plans};
use serde_json::json;

use crate::databases::Database;
use crate::figures::Result;
use crate::generate::{self, Prefixes};
use crate::rating::three_windows;
use crate::world;

/// Prepaid customers with one line each, on a plan with a deck. The customer and the line of a place have the same digits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) customers: usize,
    /// What each of them has on the balance.
    pub(crate) balance: Amount,
}

impl Crowd {
    /// Founds the tenant in a fresh database, and lets the customers in.
    pub(crate) async fn found(&self, database: &Database, prefixes: &Prefixes) -> Result<(Engine, Actor)> {
        let mut settings = world::settings()?;
        let rate = json!([{"name": "HST 13 %", "rate": "0.13", "valid_from": "1970-01-01T00:00:00Z"}]);
        settings.tax_rates = serde_json::from_value(rate)?;
        let (engine, actor) = world::found(&database.store, settings).await?;
        let mut work = engine.begin(&actor).await?;
        let sheet = decks::read_csv(generate::deck_csv(prefixes, 1).as_bytes())?;
        let (deck, _) =
            decks::create(&mut work, "Everywhere".to_owned(), Currency::parse("USD")?, Some(&sheet)).await?;
        let plan = json!({
            "name": "Everywhere", "kind": "prepaid", "currency": "USD", "deck": deck.id,
            "rate": {"price_per_minute": "0.05"}, "discount_periods": three_windows(),
        });
        let plan = plans::create(&mut work, Plan::read(plan.to_string().as_bytes())?).await?.0.id;
        work.commit().await?;
        for rows in self.rows(&plan) {
            database.run(&rows).await?;
        }
        database.store.analyze().await?;
        Ok((engine, actor))
    }

    /// The statements that write a row of each table for every customer.
    fn rows(&self, plan: &str) -> [String; 6] {
        let (last, balance) = (self.customers - 1, self.balance.micros());
        let numbers = format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})");
        let [customer, line, credit] = ["cus", "lin", "crd"].map(|prefix| format!("'{prefix}_{ZEROS}' || {DIGITS}"));
        [
            format!(
                "{numbers} INSERT INTO customers
                    (tenant, id, name, search, mode, currency, state, details, created_at, version)
                SELECT 1, {customer}, 'Customer ' || i, 'customer ' || i, 'prepaid', 'USD', 'active',
                    '{{\"organisation\": \"Customer ' || i || '\"}}', 0, 1 FROM n"
            ),
            format!(
                "{numbers} INSERT INTO accounts (tenant, account, currency, balance, credit_limit)
                SELECT 1, {customer}, 'USD', {balance}, 0 FROM n"
            ),
            format!(
                "{numbers} INSERT INTO credits (tenant, id, customer, kind, currency, amount, reason, created_at)
                SELECT 1, {credit}, {customer}, 'opening_balance', 'USD', {balance}, 'Before', 0 FROM n"
            ),
            format!(
                "{numbers} INSERT INTO entries
                    (tenant, key, posted_at, kind, from_account, to_account, currency, amount, reference, customer)
                SELECT 1, {credit} || '/credit', 0, 'opening_balance', 'opening', {customer}, 'USD', {balance}, {credit},
                    {customer} FROM n"
            ),
            format!(
                "{numbers} INSERT INTO lines (tenant, id, number, customer, state, details, opened_at, version)
                SELECT 1, {line}, '+141' || {DIGITS}, {customer}, 'active', '{{}}', 0, 1 FROM n"
            ),
            format!(
                "{numbers} INSERT INTO line_plans (tenant, line, from_at, plan) SELECT 1, {line}, 0, '{plan}' FROM n"
            ),
        ]
    }
}

/// The zeros before the digits of an id.
const ZEROS: &str = "000000000000000000";
/// The eight digits of a place.
const DIGITS: &str = "substr(CAST(100000000 + i AS TEXT), 2)";

/// The id of the customer at a place.
pub(crate) fn customer(place: usize) -> String {
    format!("cus_{ZEROS}{place:08}")
}

/// The number of the line at a place.
pub(crate) fn number(place: usize) -> String {
    format!("+141{place:08}")
}

/// The id of the line at a place.
pub(crate) fn line(place: usize) -> String {
    format!("lin_{ZEROS}{place:08}")
}
