use domain::call_flow::Cause;
use domain::charging::Stage;

use super::exchange::{EventError, Exchange};
use super::port::CallRef;
use crate::Actor;
use crate::charging::{self, ChargingError, Session};

/// Why a call is not ended.
#[derive(Debug, thiserror::Error)]
pub enum HangUpError {
    /// There is no such call, or it cannot be read.
    #[error(transparent)]
    Call(#[from] ChargingError),
    /// It is over.
    #[error("the call {0} is over already")]
    Over(String),
    /// Another switch carries it, by the charging API.
    #[error("the call {call} is carried by the switch of {owner}: it can be ended there alone")]
    NotHere {
        /// The call.
        call: String,
        /// The switch.
        owner: String,
    },
    /// It goes to an emergency or service number.
    #[error("the call {0} goes to an emergency or service number: only those who talk can end it")]
    Free(String),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(HangUpError: Call);

impl Exchange {
    /// Ends a call that a switch of this exchange carries, for somebody of the tenant, its payer or its agent: it is charged until now.
    ///
    /// # Errors
    /// There is no such call, it is over, another switch carries it, or it goes to an emergency or service number.
    pub async fn hang_up(&self, by: &Actor, id: &str) -> Result<(), HangUpError> {
        let session = charging::get(&mut self.engine().view(by).await?, id).await?;
        let Session { owner, origin, .. } = session;
        if matches!(session.session.stage, Stage::Ended(_)) {
            return Err(HangUpError::Over(id.to_owned()));
        }
        let call = CallRef { tenant: by.tenant, origin: whole(&origin) };
        let cause = if by.reach.is_whole() { Cause::EndedByStaff } else { Cause::HungUp };
        match self.stop(&call, cause).await {
            Ok(()) => self.note(by, "call.hang_up", id).await,
            Err(EventError::OutOfOrder(_)) => Err(HangUpError::Free(id.to_owned())),
            Err(EventError::NoSuchCall) => Err(HangUpError::NotHere { call: id.to_owned(), owner }),
        }
    }

    /// Ends all calls of the tenant that switches of this exchange carry, but those to emergency and service numbers: how many there are.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn hang_up_all(&self, by: &Actor) -> Result<usize, HangUpError> {
        let mut ended = 0;
        for call in self.calls(by.tenant) {
            ended += usize::from(self.stop(&call, Cause::EndedByStaff).await.is_ok());
        }
        self.note(by, "call.hang_up_all", "calls").await?;
        Ok(ended)
    }

    pub(super) async fn note(&self, by: &Actor, action: &'static str, subject: &str) -> Result<(), HangUpError> {
        let mut work = self.engine().begin(by).await?;
        work.audit::<()>(action, subject, None, None).await?;
        Ok(work.commit().await?)
    }
}

/// The origin of the whole call that a part with this origin belongs to.
pub(super) fn whole(origin: &str) -> String {
    origin.splitn(3, '/').take(2).collect::<Vec<_>>().join("/")
}
