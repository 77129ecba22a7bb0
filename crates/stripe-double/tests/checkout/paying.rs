//! A customer pays on a page.

use engine::payments::Method;
use engine::payments::checkouts::{self, CheckoutError, CheckoutState};
use futures::future::join_all;

use crate::desk::{Desk, on_both};
use crate::world::amount;

#[tokio::test]
async fn what_is_paid_on_a_page_is_on_the_account_once() {
    on_both(async |desk: &Desk| {
        let pia = desk.world.prepaid_customer("Pia").await;
        let (checkout, page) = desk.page(&pia, "20").await;
        assert_eq!((checkout.state, checkout.amount), (CheckoutState::Open, amount("20")));
        assert!(checkout.url.as_ref().unwrap().starts_with(&desk.double.url()));
        let at_stripe = &desk.double.pages()[0];
        assert_eq!((at_stripe.amount, at_stripe.currency.as_str()), (2000, "usd"));
        assert_eq!(at_stripe.success_url, format!("https://tollgate.example/portal?checkout={}", checkout.id));
        assert_eq!(desk.balance(&pia).await, "0.00");
        let charge = desk.double.pay(&page).await.unwrap();
        assert_eq!(desk.balance(&pia).await, "20.00");
        let paid = checkouts::get(&mut desk.world.view().await, &checkout.id).await.unwrap();
        let payments = desk.payments(&pia).await;
        assert_eq!((paid.state, paid.payment.as_ref()), (CheckoutState::Paid, Some(&payments[0].id)));
        assert_eq!((payments.len(), payments[0].method), (1, Method::Card));
        // The same event, and another one of the same page, as often and at once as they like.
        let event = desk.double.paid_event(&page).unwrap();
        let again = join_all((0..20).map(|_| desk.double.send(&event, None))).await;
        assert!(again.iter().all(|sent| sent.status == 200), "{again:?}");
        assert_eq!((desk.balance(&pia).await.as_str(), desk.double.pay(&page).await.unwrap()), ("20.00", charge));
        desk.all_taken();
    })
    .await;
}

#[tokio::test]
async fn twenty_who_are_told_at_once_take_it_once() {
    on_both(async |desk: &Desk| {
        let pia = desk.world.prepaid_customer("Pia").await;
        let (_, page) = desk.page(&pia, "7.50").await;
        desk.double.hold_back();
        desk.double.pay(&page).await.unwrap();
        let event = desk.double.paid_event(&page).unwrap();
        let told = join_all((0..20).map(|_| desk.double.send(&event, None))).await;
        assert!(told.iter().all(|sent| sent.status == 200), "{told:?}");
        desk.double.let_go(false).await;
        assert_eq!((desk.balance(&pia).await.as_str(), desk.payments(&pia).await.len()), ("7.50", 1));
    })
    .await;
}

#[tokio::test]
async fn a_postpaid_customer_pays_the_invoice_that_is_named() {
    on_both(async |desk: &Desk| {
        let acme = desk.world.customer("Acme").await;
        let (_, page) = desk.page(&acme, "12.34").await;
        desk.double.pay(&page).await.unwrap();
        let paid = desk.payments(&acme).await;
        assert_eq!((paid[0].unspent, desk.balance(&acme).await.as_str()), (amount("12.34"), "12.34"));
        let (amount, invoice) = (amount("1"), Some("000009".into()));
        let new = checkouts::NewCheckout { customer: acme.id, amount, invoice, keep_card: false };
        let refused = desk.pages.begin(&desk.world.engine, &desk.world.actor, &new).await.unwrap_err();
        assert!(refused.to_string().contains("/invoice"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_page_that_nobody_pays_ends_and_what_is_paid_late_all_the_same_counts() {
    on_both(async |desk: &Desk| {
        let pia = desk.world.prepaid_customer("Pia").await;
        let (checkout, page) = desk.page(&pia, "5").await;
        desk.double.expire(&page).await.unwrap();
        let state = async || checkouts::get(&mut desk.world.view().await, &checkout.id).await.unwrap().state;
        assert_eq!(state().await, CheckoutState::Expired);
        // The events of one page may come in any order.
        desk.double.pay(&page).await.unwrap();
        desk.double.expire(&page).await.unwrap();
        assert_eq!((state().await, desk.balance(&pia).await.as_str()), (CheckoutState::Paid, "5.00"));
        desk.all_taken();
    })
    .await;
}

#[tokio::test]
async fn where_stripe_is_away_or_refuses_nobody_is_sent_anywhere() {
    on_both(async |desk: &Desk| {
        let pia = desk.world.prepaid_customer("Pia").await;
        desk.double.will_answer(&[500, 500, 500]);
        let away = desk.begin(&pia, "5").await.unwrap_err();
        assert!(matches!(away, CheckoutError::Provider(checkouts::ProviderFailure::Away)), "{away}");
        desk.double.will_answer(&[500, 429]);
        desk.begin(&pia, "5").await.unwrap();
        assert_eq!(desk.double.pages().len(), 1, "it was asked three times, and made one page");
        let too_little = desk.begin(&pia, "0.10").await.unwrap_err();
        assert!(too_little.to_string().contains("at least 50 cents"), "{too_little}");
        for (text, reason) in [("0", "/amount"), ("-1", "/amount"), ("0.001", "/amount")] {
            let refused = desk.begin(&pia, text).await.unwrap_err();
            assert!(refused.to_string().contains(reason), "{refused}");
        }
        for _ in 0..17 {
            desk.begin(&pia, "5").await.unwrap();
        }
        let many = desk.begin(&pia, "5").await.unwrap_err();
        assert!(matches!(many, CheckoutError::TooMany { most: 20 }), "{many}");
        let later = desk.world.engine.clock().now().millis() + 3_600_001;
        desk.world.clock.move_to(domain::time::Instant::clamped(later));
        desk.begin(&pia, "5").await.unwrap();
    })
    .await;
}
