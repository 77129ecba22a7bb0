//! Accounts and entries.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::batch::{among, insert};
use crate::calls::earlier;
use crate::faults::Guard;
use crate::stretches::{self, CUSTOMERS_ENTRIES, List, Part, Within};
use crate::transaction::{Connection, sql, within};
use crate::{Engine, Error, Tx, WriteTx};

/// The first instant after the closed months of the tenant $1; NULL, where none is closed.
macro_rules! open_from {
    () => {
        "(SELECT to_at FROM months WHERE tenant = $1 ORDER BY month DESC LIMIT 1)"
    };
}

/// The account of a customer or an agent in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct AccountRecord {
    /// The id of the customer or agent.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// What the account has; negative for a debt.
    pub balance: i64,
    /// What is set aside for calls in progress.
    pub held: i64,
    /// How far it may go below zero; `None` for as far as it likes.
    pub credit_limit: Option<i64>,
    /// How much of the balance is promotional credit.
    pub promotional: i64,
    /// What the limits of the customer's calls are judged by, as JSON.
    pub traffic: Option<String>,
}

/// An immutable posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct EntryRecord {
    /// What caused it; no cause posts twice.
    pub key: String,
    /// When.
    pub posted_at: i64,
    /// What kind of entry it is.
    pub kind: String,
    /// Where the money comes from.
    pub from_account: String,
    /// Where it goes.
    pub to_account: String,
    /// ISO 4217.
    pub currency: String,
    /// How much, always positive.
    pub amount: i64,
    /// The record that it is about: a call, a payment, a credit.
    pub reference: String,
    /// The customer whose account is one of the two.
    pub customer: Option<String>,
    /// The agent whose account is one of the two.
    pub agent: Option<String>,
    /// How much of the amount moved promotional credit of the customer; not negative.
    pub promotional: i64,
}

/// A change of an account. Nothing about an account is changed in another way, but its credit limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AccountChange {
    /// The account.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// What is added to the balance.
    pub amount: i64,
    /// What is added to what is set aside.
    pub held: i64,
    /// What is added to how much of the balance is promotional credit.
    pub promotional: i64,
    /// What the limits of the customer's calls are judged by from now on; as before, where none is given.
    pub traffic: Option<String>,
}

/// The given accounts (pairs of id and currency), locked until the transaction ends, in the order of their ids. Those that no
/// money has moved on yet may be missing.
///
/// # Errors
/// The database does not answer.
pub async fn lock_accounts(
    tx: &mut WriteTx,
    tenant: i64,
    accounts: &[(&str, &str)],
) -> Result<Vec<AccountRecord>, Error> {
    const SQLITE: &str = "SELECT account, currency, balance, held, credit_limit, promotional, traffic FROM accounts
        WHERE tenant = $1 AND account IN (SELECT value ->> 0 FROM json_each($2)) ORDER BY account, currency";
    const POSTGRES: &str = "SELECT account, currency, balance, held, credit_limit, promotional, traffic FROM accounts
        WHERE tenant = $1 AND account = ANY ($2) ORDER BY account, currency FOR UPDATE";
    let wanted: HashSet<(&str, &str)> = accounts.iter().copied().collect();
    let ids: Vec<&str> = accounts.iter().map(|(account, _)| *account).collect();
    let for_postgres = tx.guarded(Guard::Lock, POSTGRES, "FOR UPDATE");
    let mut records: Vec<AccountRecord> = among!(tx, query_as, tenant, &ids[..], SQLITE, for_postgres)?;
    records.retain(|record| wanted.contains(&(record.account.as_str(), record.currency.as_str())));
    Ok(records)
}

/// How many of the given accounts (pairs of id and currency) have promotional credit. Nothing is locked.
///
/// # Errors
/// The database does not answer.
pub async fn count_promotional(tx: &mut Tx, tenant: i64, accounts: &[(&str, &str)]) -> Result<i64, Error> {
    const SQLITE: &str = "SELECT COUNT(*) FROM json_each($2) w CROSS JOIN accounts a
        WHERE a.tenant = $1 AND a.account = w.value ->> 0 AND a.currency = w.value ->> 1 AND a.promotional > 0";
    // PostgreSQL searches an index for each of an array, whatever it believes about the table.
    const POSTGRES: &str = "SELECT COUNT(*) FROM accounts a
        WHERE a.tenant = $1 AND a.account = ANY (ARRAY(SELECT value ->> 0 FROM json_each($2)))
            AND (a.account, a.currency) IN (SELECT value ->> 0, value ->> 1 FROM json_each($2)) AND a.promotional > 0";
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    let wanted = serde_json::json!(accounts).to_string();
    sql!(tx, fetch_one, sqlx::query_scalar(text).bind(tenant).bind(&wanted))
}

/// One account.
///
/// # Errors
/// The database does not answer.
pub async fn account(tx: &mut Tx, tenant: i64, account: &str, currency: &str) -> Result<Option<AccountRecord>, Error> {
    const SQL: &str = "SELECT account, currency, balance, held, credit_limit, promotional, traffic FROM accounts
        WHERE tenant = $1 AND account = $2 AND currency = $3";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(account).bind(currency))
}

/// The accounts of one customer or agent, by currency.
///
/// # Errors
/// The database does not answer.
pub async fn accounts_of(tx: &mut Tx, tenant: i64, account: &str) -> Result<Vec<AccountRecord>, Error> {
    const SQL: &str = "SELECT account, currency, balance, held, credit_limit, promotional, traffic FROM accounts
        WHERE tenant = $1 AND account = $2 ORDER BY currency";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(account))
}

/// The balances of some customers or agents: whose, in which currency, and how much. Nothing is locked.
///
/// # Errors
/// The database does not answer.
pub async fn balances(tx: &mut Tx, tenant: i64, accounts: &[&str]) -> Result<Vec<(String, String, i64)>, Error> {
    let text =
        |some: &str| format!("SELECT account, currency, balance FROM accounts WHERE tenant = $1 AND account {some}");
    among!(tx, query_as, tenant, accounts, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// Opens an account with nothing on it, or changes the credit limit of one that there is.
///
/// # Errors
/// The database does not answer.
pub async fn set_credit_limit(
    tx: &mut WriteTx,
    tenant: i64,
    account: &str,
    currency: &str,
    credit_limit: Option<i64>,
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO accounts (tenant, account, currency, credit_limit) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, account, currency) DO UPDATE SET credit_limit = excluded.credit_limit";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(account).bind(currency).bind(credit_limit)).map(|_| ())
}

/// Writes the entries whose keys are new, and answers those keys; the others are there already and stay as they are.
///
/// What would lie in a closed month is posted at the first instant after the closed ones. The statement that writes finds that instant itself,
/// once for all of its rows and by the key of `months`. On PostgreSQL it cannot miss a month that is closed meanwhile: it waits for the
/// [fence](crate::months::fence) before it looks, for its table is locked before its snapshot is taken; on SQLite nobody else writes.
///
/// # Errors
/// The database does not answer.
pub async fn insert_entries(tx: &mut WriteTx, tenant: i64, entries: &[EntryRecord]) -> Result<Vec<String>, Error> {
    const SQLITE: &str = concat!(
        "INSERT INTO entries (tenant, key, kind, from_account, to_account, currency, reference, customer, agent, amount, promotional, posted_at)
        WITH rows AS MATERIALIZED (SELECT value FROM json_each($2))
        SELECT $1, value ->> 'key', value ->> 'kind', value ->> 'from_account', value ->> 'to_account', value ->> 'currency',
            value ->> 'reference', value ->> 'customer', value ->> 'agent', value ->> 'amount', value ->> 'promotional',
            MAX(value ->> 'posted_at', COALESCE(", open_from!(), ", value ->> 'posted_at'))
        FROM rows WHERE true ON CONFLICT (tenant, key) DO NOTHING RETURNING key"
    );
    const POSTGRES: &str = concat!(
        "INSERT INTO entries (tenant, key, kind, from_account, to_account, currency, reference, customer, agent, amount, promotional, posted_at)
        SELECT $1, r.key, r.kind, r.from_account, r.to_account, r.currency, r.reference, r.customer, r.agent, r.amount, r.promotional,
            GREATEST(r.posted_at, ", open_from!(), ")
        FROM UNNEST($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],
            $11::bigint[], $12::bigint[]) AS r(key, kind, from_account, to_account, currency, reference, customer, agent, amount,
            promotional, posted_at)
        ON CONFLICT (tenant, key) DO NOTHING RETURNING key"
    );
    if tx.engine() == Engine::Sqlite {
        let batch = tx.json(entries)?;
        return sql!(tx, fetch_all, sqlx::query_scalar(SQLITE).bind(tenant).bind(&batch));
    }
    let text = |of: fn(&EntryRecord) -> Option<&str>| entries.iter().map(of).collect::<Vec<_>>();
    let number = |of: fn(&EntryRecord) -> i64| entries.iter().map(of).collect::<Vec<_>>();
    let query = sqlx::query_scalar(POSTGRES)
        .bind(tenant)
        .bind(text(|entry| Some(&entry.key)))
        .bind(text(|entry| Some(&entry.kind)))
        .bind(text(|entry| Some(&entry.from_account)))
        .bind(text(|entry| Some(&entry.to_account)))
        .bind(text(|entry| Some(&entry.currency)))
        .bind(text(|entry| Some(&entry.reference)))
        .bind(text(|entry| entry.customer.as_deref()))
        .bind(text(|entry| entry.agent.as_deref()))
        .bind(number(|entry| entry.amount))
        .bind(number(|entry| entry.promotional))
        .bind(number(|entry| entry.posted_at));
    let tx = Tx::of(tx);
    tx.begin_statement().await?;
    let Connection::Postgres(on) = &mut tx.connection else { return Ok(Vec::new()) };
    let outcome = within(tx.patience, query.fetch_all(&mut **on)).await;
    tx.noted(outcome)
}

/// A page of the journal: the entries posted in the time `[from, to)`, those after one of them (instant and key), in the order of posting.
///
/// # Errors
/// The database does not answer.
pub async fn journal(
    tx: &mut Tx,
    tenant: i64,
    (from, to): (i64, i64),
    after: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<EntryRecord>, Error> {
    const SQL: &str =
        "SELECT key, posted_at, kind, from_account, to_account, currency, amount, reference, customer, agent, promotional
        FROM entries WHERE tenant = $1 AND key > '' AND posted_at >= $2 AND posted_at < $3 AND (posted_at, key) > ($4, $5)
        ORDER BY posted_at, key LIMIT $6";
    let (at, key) = after.filter(|(at, _)| *at >= from).unwrap_or((from, ""));
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(at).bind(to).bind(at).bind(key).bind(limit))
}

/// When the first entry was posted.
///
/// # Errors
/// The database does not answer.
pub async fn first_posted_at(tx: &mut Tx, tenant: i64) -> Result<Option<i64>, Error> {
    const SQL: &str = "SELECT posted_at FROM entries WHERE tenant = $1 AND key > '' ORDER BY posted_at LIMIT 1";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant))
}

/// Those of some keys that have an entry.
///
/// # Errors
/// The database does not answer.
pub async fn known_keys(tx: &mut Tx, tenant: i64, keys: &[&str]) -> Result<Vec<String>, Error> {
    const SQLITE: &str = "SELECT key FROM entries WHERE tenant = $1 AND key IN (SELECT value ->> 0 FROM json_each($2))";
    // PostgreSQL searches an index for each of an array, whatever it believes about the table.
    const POSTGRES: &str =
        "SELECT key FROM entries WHERE tenant = $1 AND key = ANY (ARRAY(SELECT value ->> 0 FROM json_each($2)))";
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    let wanted = tx.json(&keys.iter().map(|key| [key]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_scalar(text).bind(tenant).bind(&wanted))
}

/// What is done to an account that is there.
macro_rules! added {
    () => {
        "(tenant, account, currency) DO UPDATE SET balance = accounts.balance + excluded.balance,
            held = accounts.held + excluded.held, promotional = accounts.promotional + excluded.promotional,
            traffic = COALESCE(excluded.traffic, accounts.traffic),
            low = CASE WHEN accounts.balance + excluded.balance >= accounts.low THEN 0 ELSE accounts.low END"
    };
}
/// Changes accounts, and says whether all of them were. One on which a hold would take more than there is, or on
/// which more would be released or spent than is held or promotional, is not; the transaction is then to be given up. An account
/// that is not there yet is opened without credit. The accounts are changed in the order of their ids, so that two transactions
/// that change the same ones never wait for each other.
///
/// # Errors
/// A balance would leave the range of amounts, or the database does not answer.
pub async fn change_accounts(tx: &mut WriteTx, tenant: i64, changes: &[AccountChange]) -> Result<bool, Error> {
    let rows = summed(changes)?;
    let changed: Result<Vec<String>, Error> = if tx.lacks(Guard::Available) {
        insert!(
            tx, tenant, &rows, into "accounts", conflict concat!(added!(), " RETURNING account"),
            text: account currency traffic, number: balance held promotional credit_limit
        )
    } else {
        insert!(
            tx, tenant, &rows, into "accounts",
            conflict concat!(added!(), " WHERE accounts.held + excluded.held >= 0
                AND accounts.promotional + excluded.promotional >= 0
                AND (excluded.held <= 0 OR accounts.credit_limit IS NULL OR accounts.balance + excluded.balance
                    + accounts.credit_limit - accounts.held - excluded.held >= 0) RETURNING account"),
            text: account currency traffic, number: balance held promotional credit_limit
        )
    };
    Ok(changed?.len() == rows.len())
}

/// A row of what is added to an account.
#[derive(Default, Serialize)]
struct Added<'a> {
    account: &'a str,
    currency: &'a str,
    balance: i64,
    held: i64,
    promotional: i64,
    credit_limit: i64,
    traffic: Option<&'a str>,
}

/// The sums of the changes of each account, in the order of accounts.
fn summed(changes: &[AccountChange]) -> Result<Vec<Added<'_>>, Error> {
    let mut rows: BTreeMap<(&str, &str), Added<'_>> = BTreeMap::new();
    for change in changes {
        let (account, currency) = (change.account.as_str(), change.currency.as_str());
        let row = rows.entry((account, currency)).or_insert(Added { account, currency, ..Added::default() });
        for (sum, added) in [
            (&mut row.balance, change.amount),
            (&mut row.held, change.held),
            (&mut row.promotional, change.promotional),
        ] {
            *sum = sum.checked_add(added).ok_or_else(Error::out_of_range)?;
        }
        row.traffic = change.traffic.as_deref().or(row.traffic);
    }
    Ok(rows.into_values().collect())
}

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter<'a> {
    /// Those of this customer.
    pub customer: Option<&'a str>,
    /// Those of this agent.
    pub agent: Option<&'a str>,
    /// Posted at or after.
    pub from: Option<i64>,
    /// Posted before.
    pub to: Option<i64>,
    /// Those before this one (instant and key) in the list, which has the newest first.
    pub before: Option<(i64, &'a str)>,
}

/// A page of a customer's or an agent's entries, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn entries(
    tx: &mut Tx,
    tenant: i64,
    filter: &EntryFilter<'_>,
    limit: i64,
) -> Result<Vec<EntryRecord>, Error> {
    let from = filter.from.unwrap_or(i64::MIN);
    let (before, before_key) = earlier(filter.to, filter.before);
    let (column, owner) =
        filter.agent.map_or(("customer", filter.customer.unwrap_or_default()), |agent| ("agent", agent));
    let parts = match filter.agent {
        Some(_) => vec![Within::Anything],
        None => {
            let stretches = CUSTOMERS_ENTRIES.filled(tx, tenant, Some(owner), (from, before)).await?;
            stretches.into_iter().map(Within::One).collect()
        }
    };
    let list = List { tenant, from, to: before, key: before_key, limit };
    stretches::page(tx, list, parts, |tx, within| {
        let Part { condition, value, .. } = within.part(tx.engine(), CUSTOMERS_ENTRIES, stretches::LIST_PARAMETERS + 2);
        let text = format!(
            "SELECT key, posted_at, kind, from_account, to_account, currency, amount, reference, customer, agent, promotional FROM entries
             WHERE tenant = $1 AND {column} = $6 AND posted_at >= $2 AND (posted_at, key) < ($3, $4){condition}
             ORDER BY posted_at DESC, key DESC LIMIT $5"
        );
        Ok((text, [Some(owner.to_owned()), value].into_iter().flatten().collect()))
    })
    .await
}

/// The entries about one record (a call, a payment), among those of a customer, in the order of their keys.
///
/// # Errors
/// The database does not answer.
pub async fn entries_about(tx: &mut Tx, tenant: i64, keys_from: &str) -> Result<Vec<EntryRecord>, Error> {
    // A key begins with the id of the record that caused it, and '0' is the byte after '/'.
    const SQL: &str =
        "SELECT key, posted_at, kind, from_account, to_account, currency, amount, reference, customer, agent, promotional
        FROM entries WHERE tenant = $1 AND key >= $2 || '/' AND key < $2 || '0' ORDER BY key";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(keys_from))
}

/// How much promotional credit the entries about a record have taken from its customer, less what they gave back: all of them, or
/// those whose keys begin so.
///
/// # Errors
/// The database does not answer.
pub async fn promotional_about(tx: &mut Tx, tenant: i64, reference: &str, keys_from: &str) -> Result<i64, Error> {
    const POSTGRES: &str =
        "SELECT CAST(COALESCE(SUM(CASE customer WHEN to_account THEN -promotional ELSE promotional END), 0) AS BIGINT)
        FROM entries WHERE tenant = $1 AND reference = $2 AND promotional > 0 AND SUBSTR(key, 1, LENGTH($3)) = $3";
    // SQLite would walk through all the entries of a tenant that it knows little of.
    const SQLITE: &str = "SELECT COALESCE(SUM(CASE customer WHEN to_account THEN -promotional ELSE promotional END), 0)
        FROM entries INDEXED BY entries_promotional
        WHERE tenant = $1 AND reference = $2 AND promotional > 0 AND SUBSTR(key, 1, LENGTH($3)) = $3";
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_one, sqlx::query_scalar(text).bind(tenant).bind(reference).bind(keys_from))
}

/// What moved on a customer's account, by kind.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MovesRecord {
    /// The first instant of the time.
    pub from_at: i64,
    /// The kind of entry.
    pub kind: String,
    /// How many entries.
    pub count: i64,
    /// Their sum: above zero, where it came to the customer.
    pub amount: i64,
}

/// The sums of a customer's entries in each of the times `[from, to)`, by kind: the first time first, and in it what came first.
///
/// # Errors
/// The database does not answer.
pub async fn moves(tx: &mut Tx, tenant: i64, customer: &str, times: &[(i64, i64)]) -> Result<Vec<MovesRecord>, Error> {
    let Some(whole) = stretches::whole(times.iter().copied()) else { return Ok(Vec::new()) };
    let stretches = CUSTOMERS_ENTRIES.filled(tx, tenant, Some(customer), whole).await?;
    let parts = times.iter().flat_map(|(from, to)| {
        stretches::between(&stretches, (*from, *to)).into_iter().map(move |stretch| (from, to, stretch))
    });
    let parts = tx.json(&parts.collect::<Vec<_>>())?;
    let text = format!(
        "SELECT CAST(w.value ->> 0 AS BIGINT) AS from_at, kind, COUNT(*) AS count,
            CAST(SUM(CASE WHEN to_account = $2 THEN amount ELSE -amount END) AS BIGINT) AS amount
        FROM json_each($3) w CROSS JOIN entries WHERE tenant = $1 AND {} = +CAST(w.value ->> 2 AS BIGINT) AND customer = $2
            AND posted_at >= CAST(w.value ->> 0 AS BIGINT) AND posted_at < CAST(w.value ->> 1 AS BIGINT)
        GROUP BY 1, 2 ORDER BY 1, MIN(posted_at), 4 DESC, 2",
        CUSTOMERS_ENTRIES.stretch()
    );
    sql!(tx, fetch_all, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(customer).bind(&parts))
}

/// What a customer's account had at an instant: its balance now, less what has moved since.
///
/// # Errors
/// The database does not answer.
pub async fn balance_at(tx: &mut Tx, tenant: i64, customer: &str, currency: &str, at: i64) -> Result<i64, Error> {
    let stretches = CUSTOMERS_ENTRIES.filled(tx, tenant, Some(customer), (at, i64::MAX)).await?;
    let Part { before, condition, value } = Within::These(&stretches).part(tx.engine(), CUSTOMERS_ENTRIES, 5);
    let text = format!(
        "SELECT CAST(COALESCE((SELECT balance FROM accounts WHERE tenant = $1 AND account = $2 AND currency = $3), 0)
        - COALESCE((SELECT SUM(CASE WHEN to_account = $2 THEN amount ELSE -amount END) FROM {before}entries
            WHERE tenant = $1 AND customer = $2 AND currency = $3 AND posted_at >= $4{condition}), 0) AS BIGINT)"
    );
    sql!(
        tx,
        fetch_one,
        sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(customer)
            .bind(currency)
            .bind(at)
            .bind(value)
    )
}
