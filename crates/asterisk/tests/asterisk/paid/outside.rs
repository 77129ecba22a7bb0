//! Phones outside, which trunks lead to, and what either party learns of the other.

use std::time::Duration;

use domain::call_flow::Cause;
use engine::calls::{self, Disposition};
use engine::customers;
use engine::switching::{NewPlaced, Progress};

use super::{Paid, agent, nobody_presses_1};
use crate::bench::{Bench, on_both};
use crate::trunks::route;
use crate::world::amount;

const CUSTOMER: &str = "+442079460018";
const AGENT: &str = "+493090182000";
const SHOWN: &str = "+18005550100";
/// By which customers know an agent: so long that no port, tag or branch has it in it by chance.
const OWN_NUMBER: &str = "700200934511";

impl Paid {
    /// Somebody has seen that a phone is the customer's.
    async fn has_phone(&self, bench: &Bench, phone: &str) {
        let id = &self.customer.id;
        let version = customers::get(&mut bench.world.view().await, id).await.unwrap().version;
        let noted = async |work: &mut _| customers::set_verified_phone(work, id, Some(phone), version).await;
        bench.world.run(noted).await.unwrap();
    }
}

#[tokio::test]
async fn the_customers_phone_may_be_one_outside() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        nobody_presses_1(&bench).await;
        bench.pbx.far_ends().await;
        // The first trunk has no room.
        route(&bench.world, "44", &["congest", "answer"]).await;
        paid.has_phone(&bench, "+44 20 7946 0018").await;
        let mut phones = bench.phones(2).await;
        let [own, called] = phones.as_mut_slice() else { unreachable!() };
        // The verified phone rings where none is named; named, it may be written in any way.
        for phone in [None, Some("+44 (20) 7946-0018".to_owned())] {
            let new = NewPlaced { phone, ..paid.call(None) };
            let id = bench.exchange.place(&paid.actor(&bench), &new).await.unwrap().id;
            called.until("CALL_INCOMING").await;
            assert!(bench.pbx.command("core show channels concise").await.contains("PJSIP/answer-"));
            called.accept().await;
            bench.talks(&id).await;
            bench.pass(10).await;
            // The channel of the first trunk is gone for good.
            tokio::time::sleep(Duration::from_millis(600)).await;
            called.hang_up().await;
            bench.comes_to(&id, Progress::Over).await;
            let call = bench.last_call().await;
            assert_eq!((call.id.as_str(), call.disposition), (id.as_str(), Some(Disposition::Answered)));
            let total = call.price.as_ref().unwrap().total;
            assert_eq!((call.customer.as_ref(), total), (Some(&paid.customer.id), amount("1.49")));
            // The second trunk takes 0.20 a minute for the leg that it carried.
            let carried = calls::carried_by(&mut bench.world.view().await, &call).await.unwrap().unwrap();
            let legs: Vec<_> = carried.legs.iter().map(|leg| (leg.trunk_name.as_deref(), leg.cost)).collect();
            assert_eq!(legs, [(Some("The carrier answer"), Some(amount("0.0333")))]);
            assert!(!own.has_rung().await);
        }
        // A line that is named rings in place of the phone outside.
        let new = NewPlaced { phone: Some("0005".to_owned()), ..paid.call(None) };
        bench.exchange.place(&paid.actor(&bench), &new).await.unwrap();
        own.until("CALL_INCOMING").await;
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("7.02"));
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_outside_is_neither_charged_nor_paid() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        bench.pbx.far_ends().await;
        route(&bench.world, "442079460018", &["answer"]).await;
        route(&bench.world, "4420794600001", &["congest"]).await;
        route(&bench.world, "4420794600002", &["busy", "answer"]).await;
        route(&bench.world, "4420794600003", &["notfound", "answer"]).await;
        route(&bench.world, "4420794600004", &["dead", "answer"]).await;
        let mut phones = bench.phones(2).await;
        let called = &mut phones[1];
        for (phone, cause) in [
            ("+4420794600001", Cause::Congestion),
            ("+4420794600002", Cause::Busy),
            ("+4420794600003", Cause::NoRecipient),
            // The first trunk is not there; at the second somebody answers, and says nothing.
            ("+4420794600004", Cause::NoAnswer),
            (CUSTOMER, Cause::NoAnswer),
        ] {
            paid.has_phone(&bench, phone).await;
            let id = paid.place(&bench).await;
            if cause == Cause::NoAnswer {
                // That a trunk is not there is known after seconds.
                tokio::time::sleep(Duration::from_secs(if phone == CUSTOMER { 0 } else { 6 })).await;
                bench.comes_to(&id, Progress::AskingCustomer).await;
                bench.pass(20).await;
            }
            paid.was_for_nothing(&bench, &id, cause).await;
            assert!(!called.has_rung().await, "{phone}");
        }
    })
    .await;
}

#[tokio::test]
async fn neither_phone_outside_learns_the_number_of_the_other() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        bench.world.settings(|settings| settings.paid_calls.shown_number = Some(SHOWN.to_owned())).await;
        nobody_presses_1(&bench).await;
        bench.pbx.far_ends().await;
        route(&bench.world, "44", &["congest", "answer"]).await;
        // It hangs up by itself.
        route(&bench.world, "49", &["congest", "shorttalk"]).await;
        paid.has_phone(&bench, CUSTOMER).await;
        let iris = agent(&bench, OWN_NUMBER, AGENT).await;
        bench.pbx.command("pjsip set logger on").await;
        let new = NewPlaced { agent: iris.clone(), ..paid.call(None) };
        let id = bench.exchange.place(&paid.actor(&bench), &new).await.unwrap().id;
        bench.talks(&id).await;
        bench.pass(1).await;
        bench.comes_to(&id, Progress::Over).await;
        assert_eq!(bench.last_call().await.disposition, Some(Disposition::Answered));
        // Four fifths of the connect fee and a second.
        assert_eq!(bench.world.balance(&iris).await, amount("0.832"));

        let sent = bench.pbx.sent();
        let invites: Vec<&String> = sent.iter().filter(|message| message.contains("\nINVITE ")).collect();
        assert_eq!(invites.len(), 4, "two trunks for each: {sent:#?}");
        for invite in invites {
            let from = invite.lines().find(|line| line.starts_with("From:")).unwrap();
            assert!(from.contains(&format!("<sip:{SHOWN}@")), "{invite}");
        }
        for message in &sent {
            let [is_of_customer, is_of_agent] = ["2079460018", "3090182000"].map(|number| message.contains(number));
            assert!(!(is_of_customer && is_of_agent), "{message}");
            assert!(!message.contains(OWN_NUMBER) && !message.contains("Iris"), "{message}");
        }
    })
    .await;
}

#[tokio::test]
async fn neither_line_learns_the_number_of_the_other() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        bench.world.settings(|settings| settings.paid_calls.shown_number = Some(SHOWN.to_owned())).await;
        nobody_presses_1(&bench).await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        bench.pbx.command("pjsip set logger on").await;
        let id = paid.place(&bench).await;
        for phone in [&mut *customer, &mut *called] {
            let incoming = phone.until("CALL_INCOMING").await;
            assert!(incoming["peeruri"].as_str().unwrap().contains(SHOWN), "{incoming}");
            phone.accept().await;
        }
        bench.talks(&id).await;
        bench.pass(5).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        called.hang_up().await;
        customer.until("CALL_CLOSED").await;
        bench.is_quiet().await;
        let sent = bench.pbx.sent();
        for (own, other) in [("t1-0005", ["t1-0002", ":0002@"]), ("t1-0002", ["t1-0005", ":0005@"])] {
            let to_own: Vec<&String> = sent.iter().filter(|message| message.contains(own)).collect();
            assert!(to_own.iter().any(|message| message.contains("\nINVITE ")), "{sent:#?}");
            for message in to_own {
                assert!(!other.iter().any(|number| message.contains(number)), "{message}");
                assert!(!message.contains("Iris") && !message.contains("Prepaid"), "{message}");
            }
        }
    })
    .await;
}
