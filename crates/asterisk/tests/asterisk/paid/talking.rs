//! Both talk: what that comes to.

use engine::calls::Disposition;
use engine::switching::Progress;

use super::Paid;
use crate::bench::on_both;
use crate::world::amount;

#[tokio::test]
async fn both_are_rung_say_yes_and_talk_until_the_money_is_used_up() {
    on_both(async |mut bench| {
        // 0.99 + 1.50: thirty seconds.
        let paid = Paid::with(&mut bench, "2.49").await;
        let mut phones = bench.phones(2).await;
        let [customer, agent] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.talk(&bench, customer, agent).await;
        bench.pass(10).await;
        let status = bench.status(&id).await;
        assert_eq!((status.seconds, status.free_seconds, status.cost), (10, 0, amount("1.49")));
        assert_eq!(status.remaining_seconds, Some(20));
        bench.pass(21).await;
        customer.until("CALL_CLOSED").await;
        agent.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        assert_eq!(call.disposition, Some(Disposition::Answered));
        assert_eq!(call.duration_ms, Some(30_000), "it ends at the authorised second");
        assert_eq!(call.price.unwrap().total, amount("2.49"));
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("0"));
        assert_eq!(bench.status(&id).await.stage, Progress::Over);
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
