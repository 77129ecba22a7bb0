//! Pots under calls in progress.

use engine::charging::{NewSession, Step};
use engine::payments::CreditKind;
use engine::refunds;
use engine::transfers::{self, NewTransfer};

use super::refunds::{grant, used};
use super::{assert_books_are_right, credit, iris, pay, pots, prepaid};
use crate::charging::{authorize, call, end_at, ended, step, wait};
use crate::world::{World, amount, on_both};

#[tokio::test]
async fn what_a_call_in_progress_holds_stays_and_its_charge_is_refunded_like_any_other() {
    on_both(async |world: World| {
        let iris = iris(&world).await;
        let (ida, bob) = (prepaid(&world, "0001").await, prepaid(&world, "0002").await);
        grant(&world, &ida, 30).await;
        credit(&world, &ida, CreditKind::Promotional, "2").await.unwrap();
        pay(&world, &ida, "3").await;
        let line = engine::lines::of_customer(&mut world.view().await, &ida.id).await.unwrap().remove(0);
        let new = NewSession { agent: Some(iris.id.clone()), ..call("pbx:1", &line) };
        let session = authorize(&world, new).await.unwrap().session;
        let answered_at = wait(&world, 5);
        step(&world, &session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();

        // 60 s are granted: 30 of the grant and 30 at 0.05, with the 0.99 2.49 are held; the promotional credit covers 2.00 of it.
        for (asked, made) in [("2.52", false), ("2.51", true), ("0.01", false)] {
            let reason = "a gift".to_owned();
            let (customer, to) = (ida.id.clone(), bob.id.clone());
            let new = NewTransfer { customer, to, amount: amount(asked), currency: None, reason };
            let outcome = world.run(async |work| transfers::make(work, new).await).await;
            assert_eq!(outcome.is_ok(), made, "{asked}: {outcome:?}");
        }
        // 30 free seconds and 15 at 0.05.
        let ended = ended(step(&world, &session, end_at(wait(&world, 45))).await).unwrap();
        assert_eq!(ended.end.charged.total().unwrap(), amount("1.74"));
        assert_eq!((pots(&world, &ida).await.as_str(), used(&world, &ida).await), ("0.26 0.49", 30));

        let refund =
            world.run(async |work| refunds::make(work, &session, None, "bad line".into()).await).await.unwrap();
        assert_eq!((refund.promotional, refund.allowance_seconds), (amount("1.74"), 30));
        assert_eq!((pots(&world, &ida).await.as_str(), used(&world, &ida).await), ("2.00 0.49", 0));
        assert_eq!(world.balance(&iris.id).await, amount("0"));
        assert_books_are_right(&world).await;
    })
    .await;
}
