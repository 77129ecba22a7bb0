//! Which calls are placed, and which are refused before any phone rings.

use engine::charging::{ChargingError, Refused};
use engine::presence::Presence;
use engine::switching::{NewPlaced, PlaceError, Progress};
use engine::{Actor, Reach, maintenance};

use super::{Paid, agent, rings, rings_and_says_yes, says};
use crate::bench::on_both;
use crate::calls::is_free_of_channels;
use crate::world::{amount, currency};

#[tokio::test]
async fn too_little_money_is_refused_with_what_there_is_and_what_is_needed() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "1.03").await;
        let mut phones = bench.phones(2).await;
        let PlaceError::Charging(ChargingError::Refused(refused)) = paid.refused(&bench, &paid.call(Some("a"))).await
        else {
            panic!("it is the money that is missing")
        };
        // The connect fee and a second.
        let (available, required) = (amount("1.03"), amount("1.04"));
        assert_eq!(refused, Refused::InsufficientBalance { available, required, currency: currency("USD") });
        for phone in &mut phones {
            assert!(!phone.has_rung().await);
        }
        is_free_of_channels(&bench).await;
        // It was no call: with the money the same request is one.
        paid.pays_in(&bench, "0.01").await;
        let placed = bench.exchange.place(&paid.actor(&bench), &paid.call(Some("a"))).await.unwrap();
        assert!(!placed.repeated);
        rings(&mut phones[0]).await;
    })
    .await;
}

#[tokio::test]
async fn the_same_key_is_the_same_call() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let (by, new) = (paid.actor(&bench), paid.call(Some("once")));
        // Two at once are one call, too.
        let (one, other) = tokio::join!(bench.exchange.place(&by, &new), bench.exchange.place(&by, &new));
        let (one, other) = (one.unwrap(), other.unwrap());
        let id = one.id.clone();
        assert_eq!((&other.id, one.repeated != other.repeated), (&id, true), "{one:?} {other:?}");
        let again = async || bench.exchange.place(&by, &new).await.map(|placed| (placed.id, placed.repeated)).unwrap();
        let same = (id.clone(), true);
        assert_eq!(again().await, same);
        rings_and_says_yes(customer).await;
        rings_and_says_yes(called).await;
        bench.talks(&id).await;
        assert_eq!(again().await, same);
        let iris = agent(&bench, "7002", "0003").await;
        let to_another = NewPlaced { agent: iris, ..new.clone() };
        let by_another_phone = NewPlaced { phone: Some("0004".to_owned()), ..new.clone() };
        for elsewhere in [to_another, by_another_phone] {
            let refused = bench.exchange.place(&by, &elsewhere).await.unwrap_err();
            let is_reused = matches!(refused, PlaceError::Charging(ChargingError::Refused(Refused::KeyReused)));
            assert!(is_reused, "{elsewhere:?}: {refused:?}");
        }
        let by_the_same = NewPlaced { phone: Some("0005".to_owned()), ..new.clone() };
        assert_eq!(bench.exchange.place(&by, &by_the_same).await.unwrap().id, id);
        bench.pass(5).await;
        customer.hang_up().await;
        called.until("CALL_CLOSED").await;
        bench.is_quiet().await;
        assert_eq!(again().await, same);
        assert_eq!(bench.status(&id).await.stage, Progress::Over);
        assert!(!customer.has_rung().await);
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("8.76"));
        // The key is that of who asks: another's is another call.
        let other = Actor { name: "user:usr_3".to_owned(), ..by.clone() };
        let placed = bench.exchange.place(&other, &new).await.unwrap();
        assert!(placed.id != id && !placed.repeated);
        rings(customer).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_of_which_somebody_is_not_there_is_refused() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let new = paid.call(None);
        for presence in [Presence::Away, Presence::Offline] {
            says(&bench, &paid.agent, presence).await;
            let refused = paid.refused(&bench, &new).await;
            assert!(matches!(refused, PlaceError::NotThere(told) if told == presence), "{refused:?}");
        }
        says(&bench, &paid.agent, Presence::Online).await;
        for (phone, expected) in [
            ("0001", "0001 is neither the number of one of the customer's lines nor its verified phone"),
            ("+442079460018", "+442079460018 is neither"),
            ("home", "the phone \"home\" cannot be read"),
        ] {
            let refused = paid.refused(&bench, &NewPlaced { phone: Some(phone.to_owned()), ..new.clone() }).await;
            assert!(refused.to_string().starts_with(expected), "{refused:?}");
        }
        // A number outside to which no route leads.
        let outside = NewPlaced { agent: agent(&bench, "7002", "+442079460001").await, ..new.clone() };
        let refused = paid.refused(&bench, &outside).await;
        assert!(matches!(refused, PlaceError::NoRoute), "{refused:?}");
        let nobody = NewPlaced { agent: "agt_0".to_owned(), ..new.clone() };
        let refused = paid.refused(&bench, &nobody).await;
        assert!(matches!(refused, PlaceError::Agent(_)), "{refused:?}");
        // Somebody else's customer is as if it were not there.
        let other = bench.world.prepaid_customer("Without a line").await.id;
        let elsewhere = NewPlaced { customer: other.clone(), ..new.clone() };
        let refused = paid.refused(&bench, &elsewhere).await;
        assert!(matches!(refused, PlaceError::Customer(_)), "{refused:?}");
        let reach = Reach::Own { customers: vec![other], agent: None };
        let refused = bench.exchange.place(&Actor { reach, ..paid.actor(&bench) }, &elsewhere).await.unwrap_err();
        assert!(matches!(refused, PlaceError::NoLine), "{refused:?}");

        bench.world.run(async |work| maintenance::begin(work, 10).await).await.unwrap();
        let refused = paid.refused(&bench, &new).await;
        assert!(matches!(refused, PlaceError::Maintenance), "{refused:?}");
        bench.world.run(async |work| maintenance::end(work).await).await.unwrap();
        for phone in &mut phones {
            assert!(!phone.has_rung().await);
        }

        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.talk(&bench, customer, called).await;
        let refused = bench.exchange.place(&paid.actor(&bench), &new).await.unwrap_err();
        assert!(matches!(refused, PlaceError::NotThere(Presence::Busy)), "{refused:?}");
        customer.hang_up().await;
        bench.comes_to(&id, Progress::Over).await;
        bench.pbx.kill().await;
        bench.loses_its_switch().await;
        let refused = paid.refused(&bench, &new).await;
        assert!(matches!(refused, PlaceError::NoRoute), "{refused:?}");
    })
    .await;
}
