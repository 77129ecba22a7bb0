//! Which problem each refusal about people is.

use engine::people::ConfirmError;
use engine::people::MachineError;
use engine::people::invitations::InvitationError;
use engine::people::memberships::MembershipError;
use engine::people::resets::ResetError;
use engine::people::second_factor::SecondFactorError;
use engine::people::sessions::SessionError;
use engine::people::set_up::SetUpError;
use engine::people::sign_in::SignInError;
use engine::people::users::UserError;

use super::refusals::changed;
use super::*;

pub(super) fn too_many(detail: String, seconds: u64) -> Problem {
    Problem::new(TOO_MANY, detail).retry_after(u16::try_from(seconds).unwrap_or(u16::MAX))
}

impl From<MachineError> for Problem {
    fn from(error: MachineError) -> Self {
        let detail = error.to_string();
        match error {
            MachineError::Busy { retry_after_seconds } => too_many(detail, retry_after_seconds),
            MachineError::NoRandomness(_) | MachineError::Hashing(_) => Problem::internal(detail),
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        let detail = error.to_string();
        match error {
            SignInError::Wrong => Problem::new(WRONG_SIGN_IN, detail),
            SignInError::CodeNeeded | SignInError::WrongCode => Problem::new(CODE_NEEDED, detail).at("/code"),
            SignInError::TooMany { retry_after_seconds } => too_many(detail, retry_after_seconds),
            SignInError::Machine(error) => error.into(),
            SignInError::Storage(error) => error.into(),
        }
    }
}

impl From<ConfirmError> for Problem {
    fn from(error: ConfirmError) -> Self {
        let detail = error.to_string();
        match error {
            ConfirmError::WrongPassword => Problem::new(WRONG_PASSWORD, detail),
            ConfirmError::SignedOut => Problem::new(UNKNOWN, detail),
            ConfirmError::TooMany { retry_after_seconds } => too_many(detail, retry_after_seconds),
            ConfirmError::Machine(error) => error.into(),
            ConfirmError::Storage(error) => error.into(),
        }
    }
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        let detail = error.to_string();
        match error {
            SessionError::NotFound(_) | SessionError::NoMembership(_) => Problem::new(NOT_FOUND, detail),
            SessionError::Storage(error) => error.into(),
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        let detail = error.to_string();
        match error {
            UserError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            UserError::Taken(_) => Problem::new(NAME_TAKEN, detail).at("/sign_in"),
            UserError::Changed { current } => changed(detail, current),
            UserError::Elsewhere | UserError::NotDemo => Problem::new(WRONG_STATE, detail),
            UserError::Beyond { .. } => Problem::new(BEYOND, detail),
            UserError::LastOwner => Problem::new(LAST_OWNER, detail),
            UserError::Confirm(error) => error.into(),
            UserError::Invalid(invalid) => invalid.into(),
            UserError::Machine(error) => error.into(),
            UserError::Storage(error) => error.into(),
        }
    }
}

impl From<MembershipError> for Problem {
    fn from(error: MembershipError) -> Self {
        let detail = error.to_string();
        match error {
            MembershipError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            MembershipError::AlreadyMember(_) => Problem::new(NAME_TAKEN, detail),
            MembershipError::Beyond { .. } => Problem::new(BEYOND, detail).at("/roles"),
            MembershipError::LastOwner => Problem::new(LAST_OWNER, detail),
            MembershipError::Changed { current } => changed(detail, current),
            MembershipError::Invalid(invalid) => invalid.into(),
            MembershipError::Storage(error) => error.into(),
        }
    }
}

impl From<InvitationError> for Problem {
    fn from(error: InvitationError) -> Self {
        let detail = error.to_string();
        match error {
            InvitationError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            InvitationError::NotValid => Problem::new(LINK_ENDED, detail).at("/token"),
            InvitationError::AlreadyMember(_) => Problem::new(NAME_TAKEN, detail).at("/email"),
            InvitationError::Beyond { .. } => Problem::new(BEYOND, detail).at("/grants/roles"),
            InvitationError::Another | InvitationError::Known | InvitationError::Unknown => {
                Problem::new(WRONG_STATE, detail)
            }
            InvitationError::TooManySends { retry_after_seconds } => too_many(detail, retry_after_seconds).at("/email"),
            InvitationError::TooManyOpen => Problem::new(WRONG_STATE, detail),
            InvitationError::SignIn(error) => error.into(),
            InvitationError::Invalid(invalid) => invalid.into(),
            InvitationError::Machine(error) => error.into(),
            InvitationError::Storage(error) => error.into(),
        }
    }
}

impl From<ResetError> for Problem {
    fn from(error: ResetError) -> Self {
        let detail = error.to_string();
        match error {
            ResetError::NotValid => Problem::new(LINK_ENDED, detail).at("/token"),
            ResetError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            ResetError::TooMany { retry_after_seconds } => too_many(detail, retry_after_seconds),
            ResetError::Invalid(invalid) => invalid.into(),
            ResetError::Machine(error) => error.into(),
            ResetError::Storage(error) => error.into(),
        }
    }
}

impl From<SetUpError> for Problem {
    fn from(error: SetUpError) -> Self {
        let detail = error.to_string();
        match error {
            SetUpError::NotValid => Problem::new(LINK_ENDED, detail).at("/token"),
            SetUpError::TenantNeeded => Problem::new(INVALID, detail).at("/tenant"),
            SetUpError::Tenant(error) => Problem::from(error).placed(|field| format!("/tenant{field}")),
            SetUpError::User(error) => Problem::from(error).placed(|field| format!("/owner{field}")),
            SetUpError::Machine(error) => error.into(),
            SetUpError::Storage(error) => error.into(),
        }
    }
}

impl From<SecondFactorError> for Problem {
    fn from(error: SecondFactorError) -> Self {
        let detail = error.to_string();
        match error {
            SecondFactorError::NotFound(_) => Problem::new(NOT_FOUND, detail),
            SecondFactorError::On
            | SecondFactorError::Off
            | SecondFactorError::NotBegun
            | SecondFactorError::Own
            | SecondFactorError::Elsewhere => Problem::new(WRONG_STATE, detail),
            SecondFactorError::WrongCode => Problem::new(INVALID, detail).at("/code"),
            SecondFactorError::Beyond { .. } => Problem::new(BEYOND, detail),
            SecondFactorError::Confirm(error) => error.into(),
            SecondFactorError::Machine(error) => error.into(),
            SecondFactorError::Storage(error) => error.into(),
        }
    }
}
