use engine::webhooks::WebhookError;

use super::refusals::changed;
use super::*;

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        let detail = error.to_string();
        match error {
            WebhookError::NotFound(_) | WebhookError::NoDelivery(_) => Problem::new(NOT_FOUND, detail),
            WebhookError::Invalid(invalid) => invalid.into(),
            WebhookError::TooMany | WebhookError::Disabled(_) | WebhookError::Pending(_) => {
                Problem::new(WRONG_STATE, detail)
            }
            WebhookError::Changed { current } => changed(detail, current),
            WebhookError::Machine(_) => Problem::internal(detail),
            WebhookError::Storage(error) => error.into(),
        }
    }
}
