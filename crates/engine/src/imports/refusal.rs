use super::ImportError;
use crate::customers::CustomerError;
use crate::lines::LineError;
use crate::payments::PaymentError;
use crate::plans::PlanError;

/// An error of which some variants are refusals by the rules, which are a row's fault, and not the database's.
pub(super) trait Refusal: ToString + Into<ImportError> {
    /// Whether the rules refuse.
    fn is_refusal(&self) -> bool;
}

/// What was done, or why the rules refuse it.
///
/// # Errors
/// Anything but a refusal.
pub(super) fn or_reason<T, E: Refusal>(outcome: Result<T, E>) -> Result<Result<T, String>, ImportError> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(error) if error.is_refusal() => Ok(Err(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

impl Refusal for CustomerError {
    fn is_refusal(&self) -> bool {
        matches!(self, CustomerError::Invalid(_) | CustomerError::ReferenceTaken(_))
    }
}

impl Refusal for LineError {
    fn is_refusal(&self) -> bool {
        match self {
            LineError::Invalid(_)
            | LineError::NumberTaken { .. }
            | LineError::NumberHeld(_)
            | LineError::NoFreeExtension { .. }
            | LineError::WrongMode { .. }
            | LineError::WrongCurrency { .. }
            | LineError::Plan(PlanError::NotFound(_)) => true,
            LineError::Customer(error) => error.is_refusal(),
            _ => false,
        }
    }
}

impl Refusal for PaymentError {
    fn is_refusal(&self) -> bool {
        matches!(self, PaymentError::Invalid(_) | PaymentError::WrongCurrency { .. })
    }
}
