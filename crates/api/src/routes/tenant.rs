use axum::extract::State;
use axum::response::Response;
use engine::tenants::{self, Settings, Tenant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Text;
use crate::guard::{ADMINS, Caller, READERS, TENANT};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_tenant, edit_tenant))
}

/// The tenant's name and settings; all of them are replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Harbour Telephone", "settings": {"currency": "USD", "time_zone": "Europe/London",
    "holidays": ["2026-12-25"], "number_rest_days": 90,
    "billing": {"billing_day": 1, "invoice_per": "customer", "from_opening_day": false, "proration": "day",
        "fee_while_suspended": false, "due_days": 14, "suspension_threshold": 3, "empty_invoices": false,
        "remind_before_days": 3, "remind_after_days": [7, 14], "einvoice": "off",
        "prefixes": {"invoice": "", "credit_note": "C", "receipt": "R"}},
    "charging": {"slice_seconds": 60, "pending_seconds": 120, "longest_call_seconds": 14400, "minimum_talk_seconds": 60,
        "warn_before_seconds": [60, 30], "heartbeat_seconds": 60},
    "seller": {"legal_name": "Harbour Telephone Ltd", "tax_id": "GB 000 0000 00", "registration": "Company no. 00000000",
        "address": {"street": "1 Quay Street", "postal_code": "HU1 1AA", "city": "Hull", "country": "United Kingdom", "country_code": "GB"},
        "email": "billing@example.org", "phone": "+441482960000", "payment_note": "Please name the invoice's number.",
        "bank": {"holder": null, "name": "Example Bank", "iban": "GB00EXMP00000000000000", "bic": "EXMPGB00"}}}}))]
struct TenantEdit {
    name: String,
    /// Currency and time zone are needed, everything else has a default. `billing` says how and when customers are billed, `seller`
    /// who stands on the documents, where customers pay to, and how. `charging` is for calls that are charged while they run, in
    /// seconds: how much is granted at once, how long a call may wait for its answer, the longest call, how long a call must be able
    /// to last to be let through, how long before its end the payer is warned, and how often a switch gives a sign of life. `recordings` says
    /// which calls are recorded (`none`, those to `agents`, `all`), whether that is announced, and how many days recordings are kept. `retention`
    /// says for how many days the rest is kept that need not be known for good.
    /// `outside_number` is shown by calls to outside whose line has no number there: neither its own is one of the world, nor does a number
    /// from outside lead to it. Where that is null, too, such calls show none. `sms` has the `number` that reminders by short message are from; where it is null,
    /// nobody is sent any. Its `conversation_numbers` carry conversations, each one: a customer with a verified phone and an agent with a phone of the
    /// world write to it, and read what the other has written; where there are none, conversations are in the app alone.
    #[schema(value_type = Object)]
    settings: Settings,
}

/// The tenant.
#[derive(Debug, Serialize, ToSchema)]
struct TenantDocument {
    name: String,
    /// Whether it belongs to the demo.
    demo: bool,
    #[schema(value_type = Object)]
    settings: Settings,
    version: i64,
}

/// Show the tenant with its settings
#[utoipa::path(get, path = "/tenant",
    responses((status = 200, description = "The tenant.", body = TenantDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_tenant(State(app): State<App>, Caller(actor): Caller) -> Result<Answer<TenantDocument>, Problem> {
    let tenant = tenants::get(&mut app.engine.view(&actor).await?).await?;
    let version = tenant.version;
    Ok(Answer::ok(TenantDocument::of(tenant)).version(version))
}

/// Change the tenant's name and settings
#[utoipa::path(put, path = "/tenant", request_body = TenantEdit, params(("If-Match" = String, Header)),
    responses((status = 200, description = "They are changed.", body = TenantDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn edit_tenant(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    body: Text,
) -> Result<Response, Problem> {
    let edit: TenantEdit = body.read_as(domain::invalid::parse)?;
    app.once(&caller, None, move |work| {
        let (name, settings) = (edit.name.clone(), edit.settings.clone());
        Box::pin(async move {
            let tenant = tenants::update(work, &name, settings, version).await?;
            let version = tenant.version;
            Ok(Answer::ok(TenantDocument::of(tenant)).version(version))
        })
    })
    .await
}

impl TenantDocument {
    fn of(tenant: Tenant) -> Self {
        TenantDocument { name: tenant.name, demo: tenant.demo, settings: tenant.settings, version: tenant.version }
    }
}
