//! What an accountant asks for, for programs and for spreadsheets.

mod destinations;
mod journal;
mod revenue;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use documents::CsvError;
use domain::money::Amount;
use domain::time::Date;
use engine::reports::{self, Account, Debt, Owed, TrialBalance};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, READERS, TENANT};
use crate::params::{self, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_trial_balance))
        .routes(routes!(export_trial_balance))
        .routes(routes!(show_aged_debt))
        .routes(routes!(export_aged_debt))
        .routes(routes!(show_liabilities))
        .routes(routes!(export_liabilities))
        .merge(destinations::routes())
        .merge(journal::routes())
        .merge(revenue::routes())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Days {
    /// The first day, such as `2026-10-01`, in the tenant's zone: that of the month before `to`, where it is not given.
    from: Option<String>,
    /// The day after the last one, such as `2026-11-01`: the first of this month, where it is not given.
    to: Option<String>,
}

/// What has moved on all accounts in some days. In each currency the openings, and so the closings, sum to zero, and what was debited is
/// what was credited.
#[derive(Debug, Serialize, ToSchema)]
struct TrialBalanceDocument {
    /// The first instant.
    from: String,
    /// The first instant after it.
    to: String,
    /// By currency and account.
    accounts: Vec<AccountRow>,
}

/// An account of the trial balance.
#[derive(Debug, Serialize, ToSchema)]
struct AccountRow {
    /// `customers` and `agents`, each all together, or one of the tenant's own: `income`, `tax`, `cash`, `credits`, `opening`, `rounding`,
    /// `write_offs`, `transfers`, `disputed`, `vouchers`.
    account: String,
    currency: String,
    /// Above zero in debit, below it in credit.
    opening: String,
    debit: String,
    credit: String,
    /// Above zero in debit, below it in credit.
    closing: String,
}

/// Who has to pay what of invoices.
#[derive(Debug, Serialize, ToSchema)]
struct AgedDebtDocument {
    /// By currency and customer.
    items: Vec<DebtRow>,
}

/// What a customer has to pay in a currency, by how long it has been due.
#[derive(Debug, Serialize, ToSchema)]
struct DebtRow {
    customer: String,
    name: String,
    currency: String,
    not_due: String,
    /// Due for 1 to 30 days.
    days_1_to_30: String,
    days_31_to_60: String,
    days_61_to_90: String,
    older: String,
    total: String,
}

/// What is on the accounts of customers and agents.
#[derive(Debug, Serialize, ToSchema)]
struct LiabilitiesDocument {
    items: Vec<OwedRow>,
}

/// What those of a kind have on their accounts in a currency.
#[derive(Debug, Serialize, ToSchema)]
struct OwedRow {
    /// `prepaid` or `postpaid` customers, or `agents`.
    whose: String,
    currency: String,
    /// How many accounts are not at zero.
    accounts: i64,
    /// The balances above zero: owed to them.
    has: String,
    /// How much of that is promotional credit, which is never paid out.
    promotional: String,
    /// The balances below zero: owed by them.
    owes: String,
}

/// Show the trial balance
#[utoipa::path(get, path = "/reports/trial-balance", params(Days),
    responses((status = 200, description = "The accounts.", body = TrialBalanceDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn show_trial_balance(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(days): Params<Days>,
) -> Result<Answer<TrialBalanceDocument>, Problem> {
    let (from, to) = days.read()?;
    let balance = reports::trial_balance(&mut app.engine.view(&actor).await?, from, to).await?;
    Ok(Answer::ok(TrialBalanceDocument::of(balance)))
}

/// Export the trial balance as CSV
#[utoipa::path(get, path = "/reports/trial-balance.csv", params(Days),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn export_trial_balance(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(days): Params<Days>,
) -> Result<Response, Problem> {
    let (from, to) = days.read()?;
    let balance = reports::trial_balance(&mut app.engine.view(&actor).await?, from, to).await?;
    file("trial-balance", documents::trial_balance_csv(&balance))
}

/// Show who has to pay what, and since when
///
/// What is unpaid of invoices now, by how long it has been due.
#[utoipa::path(get, path = "/reports/aged-debt",
    responses((status = 200, description = "The customers.", body = AgedDebtDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn show_aged_debt(State(app): State<App>, Caller(actor): Caller) -> Result<Answer<AgedDebtDocument>, Problem> {
    let debts = reports::aged_debt(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(AgedDebtDocument { items: debts.into_iter().map(DebtRow::of).collect() }))
}

/// Export who has to pay what as CSV
#[utoipa::path(get, path = "/reports/aged-debt.csv",
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn export_aged_debt(State(app): State<App>, Caller(actor): Caller) -> Result<Response, Problem> {
    let debts = reports::aged_debt(&mut app.engine.view(&actor).await?).await?;
    file("aged-debt", documents::aged_debt_csv(&debts))
}

/// Show what customers and agents have on their accounts
///
/// What is prepaid and not used, and what agents have earned and not been paid, are debts of the tenant's.
#[utoipa::path(get, path = "/reports/liabilities",
    responses((status = 200, description = "By kind and currency.", body = LiabilitiesDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn show_liabilities(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Answer<LiabilitiesDocument>, Problem> {
    let owed = reports::liabilities(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(LiabilitiesDocument { items: owed.into_iter().map(OwedRow::of).collect() }))
}

/// Export what customers and agents have on their accounts as CSV
#[utoipa::path(get, path = "/reports/liabilities.csv",
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn export_liabilities(State(app): State<App>, Caller(actor): Caller) -> Result<Response, Problem> {
    let owed = reports::liabilities(&mut app.engine.view(&actor).await?).await?;
    file("liabilities", documents::liabilities_csv(&owed))
}

fn file(name: &str, written: Result<Vec<u8>, CsvError>) -> Result<Response, Problem> {
    let bytes = written.map_err(|error| Problem::internal(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, bytes).into_response())
}

impl Days {
    fn read(&self) -> Result<(Option<Date>, Option<Date>), Problem> {
        Ok((params::date("from", self.from.as_ref())?, params::date("to", self.to.as_ref())?))
    }
}

impl TrialBalanceDocument {
    fn of(balance: TrialBalance) -> Self {
        TrialBalanceDocument {
            from: balance.from.to_string(),
            to: balance.to.to_string(),
            accounts: balance.accounts.into_iter().map(AccountRow::of).collect(),
        }
    }
}

impl AccountRow {
    fn of(row: Account) -> Self {
        let text = |amount: Amount| amount.to_text(row.currency);
        AccountRow {
            opening: text(row.opening),
            debit: text(row.debit),
            credit: text(row.credit),
            closing: text(row.closing),
            currency: row.currency.to_string(),
            account: row.account,
        }
    }
}

impl DebtRow {
    fn of(debt: Debt) -> Self {
        let text = |amount: Amount| amount.to_text(debt.currency);
        let [first, second, third, older] = debt.overdue.map(text);
        DebtRow {
            not_due: text(debt.not_due),
            days_1_to_30: first,
            days_31_to_60: second,
            days_61_to_90: third,
            older,
            total: text(debt.total),
            currency: debt.currency.to_string(),
            customer: debt.customer,
            name: debt.name,
        }
    }
}

impl OwedRow {
    fn of(row: Owed) -> Self {
        let text = |amount: Amount| amount.to_text(row.currency);
        OwedRow {
            has: text(row.has),
            promotional: text(row.promotional),
            owes: text(row.owes),
            currency: row.currency.to_string(),
            whose: row.whose,
            accounts: row.accounts,
        }
    }
}
