//! What trunks carried of calls.

use storage::carried::{self, CarriedRecord};
use storage::{Error, Store, Tx, WriteTx};

use crate::databases::on_both;

fn leg(call: &str, leg: i64, cost: Option<i64>) -> CarriedRecord {
    CarriedRecord {
        call: call.to_owned(),
        leg,
        trunk: "trk_1".to_owned(),
        route: cost.map(|_| "rte_1".to_owned()),
        seconds: 92,
        currency: "USD".to_owned(),
        cost,
        charge: cost.map(|_| "{}".to_owned()),
    }
}

/// A tenant with so many calls that trunks carried, for the planners.
pub(crate) async fn fill(tx: &mut WriteTx, many: usize) -> Result<(), Error> {
    let legs: Vec<CarriedRecord> = (0..many).map(|n| leg(&format!("call_{n:05}"), 1, Some(5))).collect();
    carried::save(tx, 1, &legs).await
}

/// What is asked for the page of a call.
pub(crate) async fn question(tx: &mut Tx) -> Result<(), Error> {
    carried::of_call(tx, 1, "call_00100").await.map(|_| ())
}

#[tokio::test]
async fn each_leg_of_a_call_is_on_record_once_as_it_was_told_last() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let (first, second) = (leg("call_1", 0, Some(35_600)), leg("call_1", 2, None));
        let other = leg("call_2", 1, Some(1));
        carried::save(&mut tx, 1, &[second.clone(), first.clone(), other.clone()]).await.unwrap();
        let theirs = leg("call_1", 1, Some(7));
        carried::save(&mut tx, 2, std::slice::from_ref(&theirs)).await.unwrap();
        assert_eq!(carried::of_call(&mut tx, 1, "call_1").await.unwrap(), [first.clone(), second]);
        let later = CarriedRecord { seconds: 120, trunk: "trk_2".to_owned(), ..leg("call_1", 2, Some(9)) };
        carried::save(&mut tx, 1, std::slice::from_ref(&later)).await.unwrap();
        assert_eq!(carried::of_call(&mut tx, 1, "call_1").await.unwrap(), [first, later]);
        assert_eq!(carried::of_call(&mut tx, 1, "call_2").await.unwrap(), [other]);
        assert_eq!(carried::of_call(&mut tx, 2, "call_1").await.unwrap(), [theirs]);
        assert_eq!(carried::of_call(&mut tx, 2, "call_2").await.unwrap(), []);
        tx.commit().await.unwrap();
    })
    .await;
}
