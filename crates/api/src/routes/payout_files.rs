//! Files by which a bank pays agents.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::time::Date;
use engine::Scope;
use engine::payouts::files::{self, FiledPayout, LeftOut, LeftOutReason, NewPayoutFile, PayoutFile};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::bank_accounts::sees_accounts;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, OrNothing, Posted};
use crate::fields;
use crate::guard::{CLERKS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{FORBIDDEN, NOT_FOUND, Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(make_payout_file, list_payout_files))
        .routes(routes!(get_payout_file))
        .routes(routes!(withdraw_payout_file))
}

/// A file that is to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"currency": "EUR", "execution_on": "2026-12-01"}))]
struct NewPayoutFileDocument {
    /// The tenant's, where none is given.
    currency: Option<String>,
    /// On which day the bank is to pay, not before today: the next working day, where none is given.
    #[schema(value_type = Option<String>, format = Date)]
    execution_on: Option<Date>,
}

/// A file for the bank.
#[derive(Debug, Serialize, ToSchema)]
struct PayoutFileDocument {
    id: String,
    /// What the bank knows it by.
    message_id: String,
    /// `made`, or `withdrawn` where the bank did not take it.
    #[schema(pattern = "^(made|withdrawn)$")]
    state: &'static str,
    currency: String,
    /// On which day the bank is to pay.
    execution_on: String,
    /// How many payouts are in it.
    count: i64,
    /// What they come to.
    sum: String,
    made_at: String,
    made_by: String,
    withdrawn_at: Option<String>,
    withdrawn_by: Option<String>,
    /// The payouts that were not taken in, and come into the next one that can have them.
    left_out: Vec<LeftOutDocument>,
}

/// A payout that was not taken into a file.
#[derive(Debug, Serialize, ToSchema)]
struct LeftOutDocument {
    payout: String,
    /// The number of its statement.
    number: String,
    agent: String,
    /// `no_bank_account`, `outside_sepa` (SEPA does not reach the account) or `no_name` (banks can read nothing of the agent's name).
    #[schema(value_type = String, pattern = "^(no_bank_account|outside_sepa|no_name)$")]
    reason: LeftOutReason,
}

/// A file for the bank with what is in it.
#[derive(Debug, Serialize, ToSchema)]
struct PayoutFileDetails {
    #[serde(flatten)]
    file: PayoutFileDocument,
    payouts: Vec<FiledPayoutDocument>,
}

/// A payout in a file, as it was when the file was made.
#[derive(Debug, Serialize, ToSchema)]
struct FiledPayoutDocument {
    payout: String,
    /// The number of its statement, which the agent reads on its bank's.
    number: String,
    agent: String,
    /// Whose account it is.
    holder: String,
    /// The last four letters or digits of the account's number.
    ending: String,
    amount: String,
    /// Whether the bank has returned it since.
    bounced: bool,
}

/// In which form a file is asked for: what its address ends with says it.
enum Form {
    Json,
    Xml,
    Csv,
}

/// Make a file for the bank
///
/// Of all payouts in a currency that were not returned and are in no file. Those of agents whose bank account is not known are left out, and
/// named. What your own account lacks for a file in EUR the refusal says, and where it is set.
#[utoipa::path(post, path = "/payout-files", request_body = Option<NewPayoutFileDocument>,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = PayoutFileDetails), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn make_payout_file(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: OrNothing(new) }: Posted<OrNothing<Body<NewPayoutFileDocument>>>,
) -> Result<Response, Problem> {
    let new = new.map(|Body(new)| new).unwrap_or_default();
    let currency = fields::currency("/currency", new.currency.as_ref())?;
    let new = NewPayoutFile { currency, execution_on: new.execution_on };
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let file = files::make(work, new).await?;
            let location = format!("/api/v1/payout-files/{}", file.id);
            Ok(Answer::created(location, PayoutFileDetails::of(work, file).await?))
        })
    })
    .await
}

/// List the files for the bank
///
/// The newest first.
#[utoipa::path(get, path = "/payout-files", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<PayoutFileDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_payout_files(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<PayoutFileDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = files::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), PayoutFileDocument::of)))
}

/// Show a file for the bank
///
/// With `.xml` behind the id it is the file itself, as SEPA credit transfers (pain.001.001.09; in EUR), with `.csv` the same as rows, always in the
/// same bytes, until it is withdrawn. These two have the numbers of accounts, and are for owner, admin and clerk.
#[utoipa::path(get, path = "/payout-files/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The file.", content((PayoutFileDetails = "application/json"),
        (String = "application/xml"), (String = "text/csv"))), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_payout_file(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    let (id, form) = Form::of(&id)?;
    let mut view = app.engine.view(&actor).await?;
    let file = files::get(&mut view, id).await?;
    if matches!(form, Form::Json) {
        return Ok(Answer::ok(PayoutFileDetails::of(&mut view, file).await?).into_response());
    }
    if !sees_accounts(&actor) {
        let detail = "the numbers of agents' accounts are in it: it takes owner, admin or clerk";
        return Err(Problem::new(FORBIDDEN, detail));
    }
    file.check_valid()?;
    let payouts = files::payouts(&mut view, &file).await?;
    let (bytes, kind, ending) = match form {
        Form::Xml => (documents::payout_file_xml(&file, &payouts)?, "application/xml", "xml"),
        Form::Json | Form::Csv => {
            let rows = documents::payout_file_csv(&file, &payouts);
            (rows.map_err(|error| Problem::internal(error.to_string()))?, "text/csv; charset=utf-8", "csv")
        }
    };
    let disposition = format!("attachment; filename=\"payouts-{}.{ending}\"", file.message_id());
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

/// Withdraw a file that the bank did not take
///
/// Its payouts come into the next one. Of a file that is withdrawn nothing changes.
#[utoipa::path(post, path = "/payout-files/{id}/withdraw",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is withdrawn.", body = PayoutFileDetails), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn withdraw_payout_file(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let file = files::withdraw(work, &id).await?;
            Ok(Answer::ok(PayoutFileDetails::of(work, file).await?))
        })
    })
    .await
}

impl Form {
    /// Id and form of an address.
    fn of(address: &str) -> Result<(&str, Form), Problem> {
        match address.rsplit_once('.') {
            None => Ok((address, Form::Json)),
            Some((id, "xml")) => Ok((id, Form::Xml)),
            Some((id, "csv")) => Ok((id, Form::Csv)),
            Some((id, other)) => {
                let forms = format!("ask for {id}.xml, {id}.csv, or {id} alone, which is JSON");
                Err(Problem::new(NOT_FOUND, format!("a payout file has no form .{other}: {forms}")))
            }
        }
    }
}

impl PayoutFileDetails {
    async fn of(scope: &mut impl Scope, file: PayoutFile) -> Result<Self, Problem> {
        let payouts = files::payouts(scope, &file).await?;
        let currency = file.currency;
        let shown = |payout: FiledPayout| FiledPayoutDocument {
            ending: payout.iban.last_four().to_owned(),
            amount: payout.amount.to_text(currency),
            payout: payout.id,
            number: payout.number,
            agent: payout.agent,
            holder: payout.holder,
            bounced: payout.is_bounced,
        };
        let payouts = payouts.into_iter().map(shown).collect();
        Ok(PayoutFileDetails { file: PayoutFileDocument::of(file), payouts })
    }
}

impl PayoutFileDocument {
    fn of(file: PayoutFile) -> Self {
        let (withdrawn_at, withdrawn_by) = file.withdrawn.clone().unzip();
        PayoutFileDocument {
            message_id: file.message_id(),
            state: if withdrawn_at.is_some() { "withdrawn" } else { "made" },
            currency: file.currency.to_string(),
            execution_on: file.execution_on.to_string(),
            count: file.payouts,
            sum: file.amount.to_text(file.currency),
            made_at: file.made_at.to_string(),
            made_by: file.made_by,
            withdrawn_at: withdrawn_at.map(|at| at.to_string()),
            withdrawn_by,
            left_out: file.left_out.into_iter().map(LeftOutDocument::of).collect(),
            id: file.id,
        }
    }
}

impl LeftOutDocument {
    fn of(left: LeftOut) -> Self {
        LeftOutDocument { payout: left.payout, number: left.number, agent: left.agent, reason: left.reason }
    }
}
