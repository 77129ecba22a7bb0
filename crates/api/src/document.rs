//! The OpenAPI document: what the routes declare, and what they have in common.

use std::fmt::Write as _;

use serde_json::Value;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, Info, License, OpenApi};

use crate::guard::{ANYONE, ROLES, SIGNED_IN};
use crate::problem::{self, KINDS};

const KEY: &str = "api_key";
const SESSION: &str = "session";

const ABOUT: &str = "Tollgate records, rates and charges telephone calls.

**Who may.** Programs send an API key with every request: `Authorization: Bearer tg_...`. People sign in (`POST /api/v1/session`), and \
their browser sends a cookie; what changes something takes a request of a page of this service then (`Sec-Fetch-Site`, `Origin`). Each \
operation lists in `x-roles` the roles that may use it, as a person's role or as a key's scope: `anyone` needs neither, `signed-in` is for \
every person who is. `x-owner` says whose records it reaches: `tenant` is all of the tenant and no others; `customer`, `agent` and \
`customer-or-agent` are the same for the staff, while somebody in such a role alone reaches their own; `self` is one's own sign-in. \
What is somebody else's is answered as what there is not.

**Values.** Amounts are decimal strings with the currency's minor digits at least and 6 decimals at most, such as `\"0.60\"`. \
Instants are RFC 3339 with an offset, in UTC when Tollgate writes them. Ids are opaque.

**Doing something once.** A POST that creates something or moves money takes an `Idempotency-Key`: 1 to 255 visible ASCII \
characters of your choice. The same request with the same key gets the same answer, with the header `Idempotency-Replayed: true`; \
another request with that key is refused. A refused request leaves its key free.

**Edits.** A record's answer has an `ETag`. An edit sends it back as `If-Match`, and is refused if somebody else has changed the \
record since.

**Lists.** `limit` (1 to 500) and `cursor`; the answer has `items`, and `next_cursor` where there is more.

**Refusals.** Every refusal is a problem document (RFC 9457). 400 is a request that cannot be read: no JSON, an unknown, doubled \
or missing field, a text that has not the form of its field. 422 is one that can be read and makes no sense. `errors` has the place \
of each fault: `pointer` in the body, `parameter` of the query, `header`, or `line` of a file. The problems:
";

/// What is said of the operations that charge calls while they run.
const CHARGING: &str = "Calls are charged while a switch carries them, and services at once. A switch asks whether a call may be put through, \
tells its answer, extends the session before the granted seconds end, gives signs of life, and settles it. Who knows the credit-control \
requests of Diameter (RFC 8506) finds them here:

| RFC 8506 | here |
|---|---|
| Session-Id | `origin`, chosen by the switch; then the session's `id` |
| CC-Request-Number | `Idempotency-Key`: the same step with the same key gets the first answer; `INITIAL_REQUEST` and `EVENT_REQUEST` have their `origin` |
| INITIAL_REQUEST | `POST /charging/sessions`: holds money while it rings, before any second is used |
| UPDATE_REQUEST | `POST /charging/sessions/{id}/extend`; used units need not be reported, since they are the time from the answer, which \
`.../answer` tells |
| TERMINATION_REQUEST | `POST /charging/sessions/{id}/settle`; `DELETE /charging/sessions/{id}` for a call that was not answered |
| EVENT_REQUEST with DIRECT_DEBITING | `POST /charging/events` |
| Granted-Service-Unit, CC-Time | `granted_seconds`: from the answer, all grants together |
| Validity-Time | `alive_until`: by then a sign of life is due, which `.../heartbeat` is too |
| Final-Unit-Indication, TERMINATE | `must_end_at_seconds` |
| 4010 DIAMETER_END_USER_SERVICE_DENIED | 409 `wrong-state`: the line is suspended or closed |
| 4012 DIAMETER_CREDIT_LIMIT_REACHED | 402 `insufficient-balance`, with `available` and `required` |
| 5002 DIAMETER_UNKNOWN_SESSION_ID | 404 `not-found` |
| 5030 DIAMETER_USER_UNKNOWN | 422 `invalid` at the field that tells who pays |
| 5031 DIAMETER_RATING_FAILED | 422 `unrated`, with its `reason` |
| 3004 DIAMETER_TOO_BUSY | 503 `unavailable`, with `Retry-After`: new calls first, settlements never for want of room |

Each request is answered within 5 seconds. A 503 leaves open whether it was done: sent again, with the same origin or key, it is answered.";

/// The document of these operations, whole.
pub(crate) fn finished(mut document: OpenApi) -> OpenApi {
    let mut info = Info::new("Tollgate", env!("CARGO_PKG_VERSION"));
    info.license = Some(License::builder().name("Apache-2.0").identifier(Some("Apache-2.0")).build());
    info.description = Some(about());
    document.info = info;
    document.tags = Some(vec![TagBuilder::new().name("charging").description(Some(CHARGING)).build()]);
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.extend(problem::schemas());
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some("An API key, as `tollgate key` prints it.".to_owned());
    components.security_schemes.insert(KEY.to_owned(), SecurityScheme::Http(bearer).into());
    let mut cookie = ApiKeyValue::new("tollgate");
    cookie.description = Some("The cookie of a session; `__Host-tollgate` where people come by HTTPS.".to_owned());
    components.security_schemes.insert(SESSION.to_owned(), SecurityScheme::ApiKey(ApiKey::Cookie(cookie)).into());
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            finish(path, operation);
        }
    }
    document
}

fn about() -> String {
    let mut about = ABOUT.to_owned();
    for kind in KINDS {
        let _ = write!(about, "\n- `/problems/{}` ({}): {}", kind.name, kind.status.as_u16(), kind.title);
    }
    about
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

/// An operation is filed under the first word of its path, and needs a key or a session unless it is anyone's.
fn finish(path: &str, operation: &mut Operation) {
    let words = path.strip_prefix("/api/v1/").unwrap_or("service");
    let tag = words.split(['/', '.']).next().unwrap_or(words);
    operation.tags = Some(vec![tag.to_owned()]);
    let roles = operation.extensions.as_ref().and_then(|extensions| extensions.get(ROLES)).and_then(Value::as_array);
    let is = |who: &[&str]| roles.is_some_and(|roles| roles.iter().filter_map(Value::as_str).eq(who.iter().copied()));
    let schemes: &[&str] = if is(ANYONE) {
        &[]
    } else if is(SIGNED_IN) {
        &[SESSION]
    } else {
        &[KEY, SESSION]
    };
    let requirements = schemes.iter().map(|scheme| SecurityRequirement::new(*scheme, [] as [&str; 0]));
    operation.security = Some(requirements.collect());
}
