//! `check_books`: whether everything adds up.

use std::collections::BTreeMap;

use domain::limits::Traffic;
use serde::Serialize;

use crate::Scope;

/// What was checked, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many calls there are.
    pub calls: i64,
    /// How many of them have no price.
    pub unrated: i64,
    /// How many ledger entries there are.
    pub entries: i64,
    /// What does not add up, a sentence each; empty if all does.
    pub faults: Vec<String>,
}

/// Checks the books of the tenant: every balance is the sum of its entries (so that per currency all accounts sum to zero),
/// every entry moves something between two accounts, every call's price is the sum of the entries that charge it, parts make up
/// their whole, nothing is refunded or used beyond what there is, accounts hold what their live calls hold, lines are counted with the live calls that they have,
/// promotional credit is what its
/// entries moved, included minutes are counted as the calls used them, payouts are what agents were paid,
/// closed months have the entries that they were sealed with.
///
/// # Errors
/// The database does not answer.
pub async fn check(scope: &mut impl Scope) -> Result<Report, storage::Error> {
    use storage::books;
    let tenant = scope.tenant();
    let tx = scope.tx();
    let counts = books::counts(tx, tenant).await?;
    let mut faults = Vec::new();
    for wrong in books::wrong_balances(tx, tenant).await? {
        let (has, sums) = (wrong.balance, wrong.entries);
        faults.push(format!(
            "account {} has {has} millionths of {}, its entries sum to {sums}",
            wrong.account, wrong.currency
        ));
    }
    check_calls(tx, tenant, &mut faults).await?;
    for key in books::wrong_entries(tx, tenant).await? {
        faults.push(format!(
            "entry {key} is none: it moves nothing, names a stranger, or charges a call that is not there"
        ));
    }
    for event in books::wrong_events(tx, tenant).await? {
        faults.push(format!("event {event}: its price or tax is not what its entries moved, or it is on no invoice"));
    }
    check_messages(tx, tenant, &mut faults).await?;
    for account in books::wrong_promotional(tx, tenant).await? {
        faults.push(format!(
            "account {account}: its promotional credit is below zero, or not what its entries moved of it"
        ));
    }
    for account in books::wrong_holds(tx, tenant).await? {
        faults.push(format!("account {account} holds something else than its live calls"));
    }
    check_traffic(tx, tenant, &mut faults).await?;
    for allowance in books::overused_allowances(tx, tenant).await? {
        faults.push(format!("allowance {allowance} is used or held beyond what was granted, or held by no call"));
    }
    for wrong in books::wrong_included(tx, tenant).await? {
        faults.push(format!(
            "line {}: {} s of its included minutes are counted as used, its calls used {} s",
            wrong.line, wrong.counted, wrong.calls
        ));
    }
    check_bills(tx, tenant, &mut faults).await?;
    check_payouts(tx, tenant, &mut faults).await?;
    faults.extend(crate::months::check(tx, tenant).await?);
    Ok(Report { calls: counts.calls, unrated: counts.unrated, entries: counts.entries, faults })
}

/// Whether every call is what its entries moved.
async fn check_calls(tx: &mut storage::Tx, tenant: i64, faults: &mut Vec<String>) -> Result<(), storage::Error> {
    use storage::books;
    for wrong in books::wrong_charges(tx, tenant).await? {
        faults.push(format!(
            "call {} costs {} millionths, its entries sum to {}",
            wrong.call, wrong.total, wrong.entries
        ));
    }
    for call in books::wrong_parts(tx, tenant).await? {
        faults.push(format!("call {call}: its tax or its agent's part is not what its entries moved"));
    }
    for call in books::wrong_splits(tx, tenant).await? {
        faults.push(format!("call {call}: its parts do not make up its total"));
    }
    for call in books::overrefunded(tx, tenant).await? {
        faults.push(format!("call {call}: more was refunded than it costs"));
    }
    Ok(())
}

/// Whether every message is what its entries moved, and conversations count theirs.
async fn check_messages(tx: &mut storage::Tx, tenant: i64, faults: &mut Vec<String>) -> Result<(), storage::Error> {
    use storage::books;
    for message in books::wrong_messages(tx, tenant).await? {
        faults.push(format!(
            "message {message}: its price, tax or agent's part is not what its entries moved, or it is on no invoice"
        ));
    }
    for conversation in books::wrong_conversations(tx, tenant).await? {
        faults
            .push(format!("conversation {conversation}: its messages have a gap, or others are unread than it counts"));
    }
    Ok(())
}

/// Whether each line is counted with as many live calls as it has.
async fn check_traffic(tx: &mut storage::Tx, tenant: i64, faults: &mut Vec<String>) -> Result<(), storage::Error> {
    use storage::books;
    let mut live: BTreeMap<String, i64> = books::live_by_line(tx, tenant).await?.into_iter().collect();
    for (account, text) in books::traffic(tx, tenant).await? {
        let Ok(traffic) = serde_json::from_str::<Traffic>(&text) else {
            faults.push(format!("account {account}: what is counted of its calls cannot be read"));
            continue;
        };
        for (line, counted) in traffic.live() {
            let has = live.remove(line).unwrap_or(0);
            if has != i64::from(counted) {
                faults.push(format!("line {line} has {has} live calls, {counted} are counted"));
            }
        }
    }
    faults.extend(live.into_iter().map(|(line, has)| format!("line {line} has {has} live calls, none are counted")));
    Ok(())
}

/// Whether every payout is what its entries moved, and agents have what they earned and were not paid.
async fn check_payouts(tx: &mut storage::Tx, tenant: i64, faults: &mut Vec<String>) -> Result<(), storage::Error> {
    use storage::books::payouts;
    for payout in payouts::wrong_payouts(tx, tenant).await? {
        faults.push(format!("payout {payout}: its entries or its statement are not of its amount, or there is none"));
    }
    for agent in payouts::wrong_earnings(tx, tenant).await? {
        faults.push(format!("agent {agent}: the account is not what was earned less what was paid out"));
    }
    Ok(())
}

/// Whether every bill is the sum of what it covers, and every call is on one bill.
async fn check_bills(tx: &mut storage::Tx, tenant: i64, faults: &mut Vec<String>) -> Result<(), storage::Error> {
    use storage::books::bills;
    for invoice in bills::wrong_invoices(tx, tenant).await? {
        faults.push(format!("invoice {invoice}: its total is not the sum of the entries that it covers"));
    }
    for customer in bills::wrongly_billed_customers(tx, tenant).await? {
        faults.push(format!("customer {customer}: its calls are not each on one invoice or waiting for one"));
    }
    for record in bills::wrong_allocations(tx, tenant).await? {
        faults.push(format!("{record}: what is settled or spent of it is not what its allocations say"));
    }
    for series in bills::series_with_gaps(tx, tenant).await? {
        faults.push(format!("the numbers of the series {series} have a gap"));
    }
    Ok(())
}
