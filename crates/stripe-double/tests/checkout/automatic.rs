//! A card that is kept is charged when the balance is low.

use std::sync::Arc;

use domain::invalid::Invalid;
use domain::time::Instant;
use engine::charging::{EventPayer, NewEvent};
use engine::customers::{self, Customer, Details, Mode, NewCustomer};
use engine::jobs::Runner;
use engine::notices::NOTICES;
use engine::payments::automatic::{
    self, AUTOMATIC_TOP_UPS, AutomaticError, AutomaticState, AutomaticTopUp, CardCharges, look,
};
use engine::payments::checkouts::{Checkout, CheckoutError, NewCheckout};
use engine::{Engine, jobs};
use futures::future::join_all;
use stripe_double::Play;

use crate::desk::{Desk, on_both};
use crate::world::amount;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

impl Desk {
    async fn offers(&self, most_per_day: u16) {
        let offered = engine::tenants::AutomaticTopUp { offered: true, most_per_day };
        self.world.settings(|settings| settings.automatic_top_up = offered).await;
    }

    async fn keeping(&self, customer: &Customer, text: &str) -> Result<Checkout, CheckoutError> {
        let new = NewCheckout { customer: customer.id.clone(), amount: amount(text), invoice: None, keep_card: true };
        self.pages.begin(&self.world.engine, &self.world.actor, &new).await
    }

    /// A customer with an address who has paid so much and let the card be kept.
    async fn with_card(&self, name: &str, text: &str) -> Customer {
        let email = Some(format!("{name}@example.org"));
        let details = Details { organisation: Some(name.to_owned()), email, ..Details::default() };
        let new =
            NewCustomer { details, external_reference: None, mode: Mode::Prepaid, currency: None, credit_limit: None };
        let customer = self.world.run(async |work| customers::create(work, new).await).await.unwrap();
        let checkout = self.keeping(&customer, text).await.unwrap();
        let page = self.double.pages().into_iter().find(|page| page.reference == checkout.id).unwrap();
        self.double.pay(&page.id).await.unwrap();
        customer
    }

    async fn automatic(&self, customer: &Customer) -> AutomaticTopUp {
        automatic::get(&mut self.world.view().await, &customer.id).await.unwrap()
    }

    async fn set(&self, customer: &Customer, below: &str, text: &str) -> Result<AutomaticTopUp, AutomaticError> {
        let version = self.automatic(customer).await.version;
        let (id, wanted) = (customer.id.clone(), (amount(below), amount(text)));
        self.world.run(async |work| automatic::set(work, &id, wanted, version).await).await
    }

    async fn spends(&self, customer: &Customer, origin: &str, text: &str) {
        let new = NewEvent {
            origin: origin.to_owned(),
            payer: EventPayer::Customer(customer.id.clone()),
            amount: amount(text),
            currency: None,
            description: "A ring tone".to_owned(),
        };
        self.world.engine.charge_event(&self.world.actor, &new).await.unwrap();
    }

    fn runner(&self) -> Runner {
        let charging = Arc::new(CardCharges::new(self.pages.clone()));
        Runner::new(self.world.engine.clone(), "test").handle(AUTOMATIC_TOP_UPS, charging, 4)
    }

    /// Looks once, and charges; how many were to be charged.
    async fn looks(&self) -> usize {
        let begun = look(&self.world.engine, &self.pages).await.unwrap();
        self.runner().run_due().await.unwrap();
        begun
    }

    fn later(&self, millis: i64) {
        let later = self.world.engine.clock().now().millis() + millis;
        self.world.clock.move_to(Instant::clamped(later));
        self.now();
    }

    /// How often and how much was charged without a page.
    fn charged(&self) -> Vec<i64> {
        let pages: Vec<_> = self.double.pages().into_iter().filter_map(|page| page.charge).collect();
        self.double.charges().iter().filter(|charge| !pages.contains(&charge.id)).map(|charge| charge.amount).collect()
    }

    /// What customers were written.
    async fn notices(&self) -> Vec<String> {
        let jobs = jobs::page(&mut self.world.view().await, None, None, 100).await.unwrap();
        jobs.into_iter().filter(|job| job.kind == NOTICES).map(|job| job.payload).collect()
    }
}

#[tokio::test]
async fn a_low_balance_is_topped_up_once_whoever_looks_and_however_often() {
    on_both(async |desk: &Desk| {
        desk.offers(3).await;
        let pia = desk.with_card("Pia", "20").await;
        assert!(desk.automatic(&pia).await.card_saved_at.is_some());
        let set = desk.set(&pia, "5", "30").await.unwrap();
        assert_eq!((set.state, set.version), (AutomaticState::On, 1));
        desk.spends(&pia, "pbx:1", "15").await;
        assert_eq!(desk.looks().await, 0, "5 is not below 5");
        desk.spends(&pia, "pbx:2", "0.01").await;
        // Two programs on one database, each several times at once.
        let other = Engine::new(desk.world.engine.store().clone(), desk.world.engine.clock().clone());
        let looks = (0..8).map(|turn| look(if turn % 2 == 0 { &desk.world.engine } else { &other }, &desk.pages));
        let begun: usize = join_all(looks).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(begun, 1);
        assert_eq!(desk.looks().await, 0, "it is being charged");
        assert_eq!((desk.charged(), desk.balance(&pia).await.as_str()), (vec![3000], "34.99"));
        assert_eq!(desk.looks().await, 0, "the balance is not low any more");
        let payments = desk.payments(&pia).await;
        assert_eq!(payments.len(), 2);
        desk.all_taken();
        assert_eq!(desk.notices().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_page_without_the_wish_keeps_no_card_and_nothing_is_offered_by_itself() {
    on_both(async |desk: &Desk| {
        let pia = desk.world.prepaid_customer("Pia").await;
        let refused = desk.keeping(&pia, "20").await.unwrap_err();
        assert!(matches!(refused, CheckoutError::Automatic(AutomaticError::NotOffered)), "{refused}");
        let (_, page) = desk.page(&pia, "20").await;
        desk.double.pay(&page).await.unwrap();
        let refused = desk.set(&pia, "5", "20").await.unwrap_err();
        assert!(matches!(refused, AutomaticError::NotOffered), "{refused}");
        desk.offers(3).await;
        let refused = desk.set(&pia, "5", "20").await.unwrap_err();
        assert!(matches!(refused, AutomaticError::NoCard), "{refused}");
        let acme = desk.world.customer("Acme").await;
        let refused = desk.keeping(&acme, "20").await.unwrap_err();
        assert!(matches!(refused, CheckoutError::Automatic(AutomaticError::NotPrepaid(_))), "{refused}");
        let bea = desk.with_card("Bea", "1").await;
        for (below, text, at) in
            [("0", "20", "/below"), ("-1", "20", "/below"), ("5", "0", "/amount"), ("5", "0.001", "/amount")]
        {
            let refused = desk.set(&bea, below, text).await.unwrap_err();
            assert!(matches!(&refused, AutomaticError::Invalid(Invalid { pointer, .. }) if pointer == at), "{refused}");
        }
        desk.set(&bea, "5", "20").await.unwrap();
        // Where it is not offered any more, nothing is charged.
        desk.world.settings(|settings| settings.automatic_top_up.offered = false).await;
        assert_eq!((desk.looks().await, desk.charged()), (0, vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_ends_it_until_somebody_turns_it_on_again() {
    on_both(async |desk: &Desk| {
        desk.offers(5).await;
        for (name, play, says) in [
            ("Pia", Play::Declined, "Your card was declined."),
            ("Bea", Play::NeedsAuthentication, "requires authentication"),
        ] {
            let customer = desk.with_card(name, "1").await;
            desk.set(&customer, "5", "20").await.unwrap();
            let before = desk.charged().len();
            desk.double.will_play(&[play]);
            assert_eq!(desk.looks().await, 1);
            let failed = desk.automatic(&customer).await;
            assert_eq!((failed.state, failed.version), (AutomaticState::Failed, 2));
            assert!(failed.failure.as_ref().is_some_and(|failure| failure.contains(says)), "{failed:?}");
            desk.later(DAY);
            assert_eq!((desk.looks().await, desk.charged().len()), (0, before));
            let notices = desk.notices().await;
            let told: Vec<_> =
                notices.iter().filter(|notice| notice.contains(&format!("{name}@example.org"))).collect();
            assert!(told.len() == 1 && told[0].contains(says), "{notices:?}");
            assert_eq!(desk.balance(&customer).await, "1.00");
            desk.set(&customer, "5", "20").await.unwrap();
            assert_eq!((desk.looks().await, desk.balance(&customer).await.as_str()), (1, "21.00"));
        }
        desk.all_taken();
    })
    .await;
}

#[tokio::test]
async fn whatever_is_lost_late_or_told_twice_it_is_charged_once() {
    on_both(async |desk: &Desk| {
        desk.offers(20).await;
        let pia = desk.with_card("Pia", "1").await;
        desk.set(&pia, "5", "20").await.unwrap();
        // It is charged, but neither the answers nor the webhook come; it is asked again a minute later.
        desk.double.hold_back();
        desk.double.will_lose(3);
        assert_eq!((desk.looks().await, desk.charged(), desk.balance(&pia).await.as_str()), (1, vec![2000], "1.00"));
        desk.later(MINUTE);
        assert_eq!((desk.looks().await, desk.charged(), desk.balance(&pia).await.as_str()), (0, vec![2000], "21.00"));
        // The webhook comes after all.
        desk.double.let_go(false).await;
        assert_eq!(desk.balance(&pia).await, "21.00");
        // Again, and this time the webhook comes before the answers that are lost.
        desk.spends(&pia, "pbx:1", "20").await;
        desk.double.will_lose(3);
        assert_eq!((desk.looks().await, desk.balance(&pia).await.as_str()), (1, "21.00"));
        desk.later(MINUTE);
        assert_eq!(
            (desk.looks().await, desk.charged(), desk.balance(&pia).await.as_str()),
            (0, vec![2000, 2000], "21.00")
        );
        // Stripe is away, and the next time it is there.
        desk.spends(&pia, "pbx:2", "20").await;
        desk.double.will_answer(&[500, 500, 500]);
        assert_eq!((desk.looks().await, desk.charged().len()), (1, 2));
        desk.later(MINUTE);
        assert_eq!((desk.looks().await, desk.balance(&pia).await.as_str()), (0, "21.00"));
        // A refusal of the key is none of the card.
        desk.spends(&pia, "pbx:3", "20").await;
        desk.double.will_answer(&[401]);
        assert_eq!((desk.looks().await, desk.automatic(&pia).await.state), (1, AutomaticState::On));
        desk.later(MINUTE);
        assert_eq!((desk.looks().await, desk.charged().len()), (0, 4));
        assert_eq!((desk.balance(&pia).await.as_str(), desk.payments(&pia).await.len()), ("21.00", 5));
        desk.all_taken();
    })
    .await;
}

#[tokio::test]
async fn what_takes_a_while_is_waited_for_and_what_is_never_answered_ends() {
    on_both(async |desk: &Desk| {
        desk.offers(5).await;
        let pia = desk.with_card("Pia", "1").await;
        desk.set(&pia, "5", "20").await.unwrap();
        desk.double.will_play(&[Play::Processing]);
        desk.looks().await;
        desk.later(MINUTE);
        assert_eq!((desk.looks().await, desk.balance(&pia).await.as_str()), (0, "1.00"), "it is not charged again");
        let slow = desk.double.charges().into_iter().find(|charge| charge.status == "processing").unwrap();
        desk.double.succeed(&slow.id).await.unwrap();
        desk.later(5 * MINUTE);
        assert_eq!((desk.looks().await, desk.charged(), desk.balance(&pia).await.as_str()), (0, vec![2000], "21.00"));
        // Stripe forgets after a day what it was asked for: by then nobody asks any more.
        desk.spends(&pia, "pbx:1", "20").await;
        desk.double.hold_back();
        desk.double.will_lose(3);
        assert_eq!(desk.looks().await, 1);
        desk.later(DAY);
        assert_eq!(desk.looks().await, 0);
        let ended = desk.automatic(&pia).await;
        assert_eq!(
            (ended.state, ended.failure.as_deref()),
            (AutomaticState::Failed, Some("the payment provider does not answer"))
        );
        // What it tells later counts all the same.
        desk.double.let_go(false).await;
        assert_eq!((desk.charged().len(), desk.balance(&pia).await.as_str()), (2, "21.00"));
        desk.all_taken();
    })
    .await;
}

#[tokio::test]
async fn a_card_is_charged_so_often_a_day_and_no_more() {
    on_both(async |desk: &Desk| {
        desk.offers(2).await;
        let pia = desk.with_card("Pia", "1").await;
        desk.set(&pia, "5", "10").await.unwrap();
        let mut begun = Vec::new();
        for turn in 0..4 {
            begun.push(desk.looks().await);
            desk.later(MINUTE);
            if begun[turn] > 0 {
                desk.spends(&pia, &format!("pbx:{turn}"), "9").await;
            }
        }
        assert_eq!((begun, desk.balance(&pia).await.as_str()), (vec![1, 1, 0, 0], "3.00"));
        desk.later(DAY - 3 * MINUTE);
        assert_eq!((desk.looks().await, desk.balance(&pia).await.as_str()), (1, "13.00"));
    })
    .await;
}

#[tokio::test]
async fn what_is_forgotten_stays_forgotten_whatever_is_told_again() {
    on_both(async |desk: &Desk| {
        desk.offers(3).await;
        let pia = desk.world.prepaid_customer("Pia").await;
        let checkout = desk.keeping(&pia, "1").await.unwrap();
        let page = desk.double.pages().into_iter().find(|page| page.reference == checkout.id).unwrap().id;
        desk.double.hold_back();
        desk.double.pay(&page).await.unwrap();
        let again = desk.double.paid_event(&page).unwrap();
        desk.double.let_go(true).await;
        assert_eq!(
            (desk.automatic(&pia).await.card_saved_at.is_some(), desk.balance(&pia).await.as_str()),
            (true, "1.00")
        );
        desk.set(&pia, "5", "20").await.unwrap();
        let stale =
            desk.world.run(async |work| automatic::set(work, &pia.id, (amount("6"), amount("20")), 0).await).await;
        assert!(matches!(stale, Err(AutomaticError::Changed { current: 1 })), "{stale:?}");
        let off = desk.world.run(async |work| automatic::turn_off(work, &pia.id).await).await.unwrap();
        assert_eq!((off.state, off.version, desk.looks().await), (AutomaticState::Off, 2, 0));
        desk.set(&pia, "5", "20").await.unwrap();
        let gone = desk.world.run(async |work| automatic::forget_card(work, &pia.id).await).await.unwrap();
        assert_eq!((gone.state, gone.card_saved_at, gone.version), (AutomaticState::Off, None, 4));
        assert_eq!(desk.double.send(&again, None).await.status, 200);
        assert_eq!((desk.automatic(&pia).await.card_saved_at, desk.balance(&pia).await.as_str()), (None, "1.00"));
        let refused = desk.set(&pia, "5", "20").await.unwrap_err();
        assert!(matches!(refused, AutomaticError::NoCard), "{refused}");
        assert_eq!((desk.looks().await, desk.charged()), (0, vec![]));
        let actions: Vec<String> = desk.world.changes(&pia.id).await.into_iter().map(|change| change.action).collect();
        for action in ["saved_card.keep", "automatic_top_up.set", "automatic_top_up.turn_off", "saved_card.forget"] {
            assert!(actions.iter().any(|known| known == action), "{action}: {actions:?}");
        }
    })
    .await;
}
