//! The own profile, password and second factor.

use axum::extract::State;
use axum::http::StatusCode;
use engine::people::users::{self, Profile, User};
use engine::people::{Password, Secret, second_factor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{Person, SELF, SIGNED_IN};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_me, edit_me))
        .routes(routes!(change_password))
        .routes(routes!(begin_second_factor))
        .routes(routes!(confirm_second_factor))
        .routes(routes!(end_second_factor))
}

/// Somebody who signs in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserDocument {
    id: String,
    /// The name to sign in with.
    sign_in: String,
    email: Option<String>,
    name: String,
    /// BCP 47.
    language: Option<String>,
    /// `active` or `disabled`.
    state: &'static str,
    /// Whether a code is asked for beside the password.
    second_factor: bool,
    created_at: String,
    version: i64,
}

/// What people change of themselves; all of it is replaced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProfileDocument {
    name: String,
    /// Links to reset the password go there: a change needs the password.
    email: Option<String>,
    language: Option<String>,
    #[schema(format = Password)]
    password: Option<String>,
}

/// An old and a new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    #[schema(format = Password)]
    old: String,
    /// 10 to 128 characters that are not easily guessed.
    #[schema(format = Password)]
    new: String,
}

/// The password, again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondFactorCode {
    #[schema(format = Password)]
    password: String,
}

/// The password and the second factor, again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondFactorProof {
    #[schema(format = Password)]
    password: String,
    /// A code of the authenticator, or a recovery code.
    code: String,
}

/// A code of the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeDocument {
    code: String,
}

/// A second factor that is not confirmed yet.
#[derive(Debug, Serialize, ToSchema)]
struct EnrolmentDocument {
    /// To be typed into an authenticator, in base 32.
    secret: String,
    /// The same as an address, for a QR code (`otpauth://`).
    url: String,
}

/// Codes that stand in for the second factor, each once.
#[derive(Debug, Serialize, ToSchema)]
struct RecoveryCodesDocument {
    /// Shown this once.
    recovery_codes: Vec<String>,
}

/// Show one's own profile
#[utoipa::path(get, path = "/me",
    responses((status = 200, description = "The profile.", body = UserDocument), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn show_me(Person(person): Person) -> Answer<UserDocument> {
    let version = person.user.version;
    Answer::ok(UserDocument::of(person.user)).version(version)
}

/// Change one's own profile
#[utoipa::path(put, path = "/me", request_body = ProfileDocument, params(("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = UserDocument), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn edit_me(
    State(app): State<App>,
    Person(person): Person,
    IfMatch(version): IfMatch,
    Body(edit): Body<ProfileDocument>,
) -> Result<Answer<UserDocument>, Problem> {
    let profile = Profile { name: edit.name, email: edit.email, language: edit.language };
    let user = users::update(&app.engine, &person, profile, version, edit.password.map(Password::new)).await?;
    let version = user.version;
    Ok(Answer::ok(UserDocument::of(user)).version(version))
}

/// Change one's own password
///
/// All other sessions end.
#[utoipa::path(post, path = "/me/password", request_body = PasswordChange,
    responses((status = 204, description = "It is changed."), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn change_password(
    State(app): State<App>,
    Person(person): Person,
    Body(change): Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let (old, new) = (Password::new(change.old), Password::new(change.new));
    let changed = users::change_password(&app.engine, &person, old, new).await;
    changed.map_err(|error| Problem::from(error).placed(|_| "/new".to_owned()))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begin to use a second factor
///
/// Codes of an authenticator (TOTP, RFC 6238). It is asked for once it is confirmed with a code.
#[utoipa::path(post, path = "/me/second-factor", request_body = SecondFactorCode,
    responses((status = 200, description = "Confirm it with a code.", body = EnrolmentDocument), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn begin_second_factor(
    State(app): State<App>,
    Person(person): Person,
    Body(confirmation): Body<SecondFactorCode>,
) -> Result<Answer<EnrolmentDocument>, Problem> {
    let enrolment = second_factor::begin(&app.engine, &person, Password::new(confirmation.password)).await?;
    let text = |secret: &Secret| secret.reveal().to_owned();
    Ok(Answer::ok(EnrolmentDocument { secret: text(&enrolment.secret), url: text(&enrolment.url) }))
}

/// Confirm the second factor
///
/// The answer has ten codes for the day on which the authenticator is lost.
#[utoipa::path(post, path = "/me/second-factor/confirm", request_body = CodeDocument,
    responses((status = 200, description = "It is asked for from now on.", body = RecoveryCodesDocument), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn confirm_second_factor(
    State(app): State<App>,
    Person(person): Person,
    Body(given): Body<CodeDocument>,
) -> Result<Answer<RecoveryCodesDocument>, Problem> {
    let codes = second_factor::confirm(&app.engine, &person, &given.code).await?;
    let recovery_codes = codes.iter().map(|code| code.reveal().to_owned()).collect();
    Ok(Answer::ok(RecoveryCodesDocument { recovery_codes }))
}

/// Use no second factor any more
///
/// It takes the password and a code.
#[utoipa::path(post, path = "/me/second-factor/end", request_body = SecondFactorProof,
    responses((status = 204, description = "The password is enough."), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn end_second_factor(
    State(app): State<App>,
    Person(person): Person,
    Body(given): Body<SecondFactorProof>,
) -> Result<StatusCode, Problem> {
    second_factor::switch_off(&app.engine, &person, Password::new(given.password), &given.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl UserDocument {
    pub(crate) fn of(user: User) -> Self {
        UserDocument {
            id: user.id,
            sign_in: user.sign_in,
            email: user.email,
            name: user.name,
            language: user.language,
            state: if user.active { "active" } else { "disabled" },
            second_factor: user.second_factor,
            created_at: user.created_at.to_string(),
            version: user.version,
        }
    }
}
