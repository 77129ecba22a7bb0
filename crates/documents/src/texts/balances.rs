//! The sentences about prepaid balances: that they are low, and that they were not topped up.

use engine::notices::About;
use engine::tenants::Tenant;

use crate::figures::plain;

/// The subject and the sentences in English; none of what is not about a balance.
pub(super) fn english(about: &About, tenant: &Tenant) -> (String, Vec<String>) {
    match about {
        About::LowBalance { balance, currency } => (
            format!("Your balance is low: {} {}", balance.to_text(*currency), currency.code()),
            vec![format!(
                "Your balance with {} is {} {}. Calls end when it is used up; top it up to go on talking.",
                plain(&tenant.name),
                balance.to_text(*currency),
                currency.code()
            )],
        ),
        About::TopUpFailed { amount, currency, reason } => (
            "Your balance was not topped up".to_owned(),
            vec![
                format!(
                    "{} {} could not be charged to your card for {}: {}",
                    amount.to_text(*currency),
                    currency.code(),
                    plain(&tenant.name),
                    plain(reason)
                ),
                "The automatic top-up is off until you turn it on again. Please add funds, if need be with another card."
                    .to_owned(),
            ],
        ),
        _ => (String::new(), Vec::new()),
    }
}

/// The same in German.
pub(super) fn german(about: &About, tenant: &Tenant) -> (String, Vec<String>) {
    match about {
        About::LowBalance { balance, currency } => (
            format!("Ihr Guthaben geht zur Neige: {} {}", balance.to_text(*currency), currency.code()),
            vec![format!(
                "Ihr Guthaben bei {} beträgt noch {} {}. Gespräche enden, wenn es verbraucht ist; laden Sie es auf, um weiter zu sprechen.",
                plain(&tenant.name),
                balance.to_text(*currency),
                currency.code()
            )],
        ),
        About::TopUpFailed { amount, currency, reason } => (
            "Ihr Guthaben wurde nicht aufgeladen".to_owned(),
            vec![
                format!(
                    "{} {} konnten für {} nicht von Ihrer Karte abgebucht werden: {}",
                    amount.to_text(*currency),
                    currency.code(),
                    plain(&tenant.name),
                    plain(reason)
                ),
                "Das automatische Aufladen ruht, bis Sie es wieder einschalten. Bitte laden Sie Guthaben auf, wenn nötig mit einer anderen Karte."
                    .to_owned(),
            ],
        ),
        _ => (String::new(), Vec::new()),
    }
}
