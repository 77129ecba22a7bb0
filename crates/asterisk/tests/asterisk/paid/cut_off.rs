//! When a call ends because its money does.

use std::time::{Duration, Instant, SystemTime};

use engine::calls::Disposition;
use engine::switching::Progress;

use super::Paid;
use crate::bench::{Bench, on_both};
use crate::world::amount;

/// In how many seconds Asterisk ends the customer's leg by itself.
async fn ends_by_itself_in(bench: &Bench) -> i64 {
    let channels = bench.pbx.command("core show channels concise").await;
    let own = channels.lines().find(|line| line.contains("PJSIP/t1-0005")).unwrap();
    let shown = bench.pbx.command(&format!("core show channel {}", own.split('!').next().unwrap())).await;
    let line = shown.lines().find(|line| line.contains("Time to Hangup")).unwrap_or_else(|| panic!("{shown}"));
    let at: i64 = line.rsplit(':').next().unwrap().trim().parse().unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    at - i64::try_from(now).unwrap()
}

#[tokio::test]
async fn money_that_comes_in_lengthens_a_call() {
    on_both(async |mut bench| {
        // Thirty seconds.
        let paid = Paid::with(&mut bench, "2.49").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.talk(&bench, customer, called).await;
        let before = ends_by_itself_in(&bench).await;
        assert!((25..=31).contains(&before), "{before}");
        bench.pass(20).await;
        assert_eq!(bench.status(&id).await.remaining_seconds, Some(10));
        // As much as a minute more.
        paid.pays_in(&bench, "3.00").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(bench.status(&id).await.remaining_seconds, Some(70));
        let after = ends_by_itself_in(&bench).await;
        assert!(after > 31, "Asterisk's own line of defence goes with it: {after}");
        bench.pass(69).await;
        assert_eq!(bench.status(&id).await.stage, Progress::Talking);
        bench.pass(1).await;
        customer.until("CALL_CLOSED").await;
        called.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        assert_eq!((call.duration_ms, call.price.unwrap().total), (Some(90_000), amount("5.49")));
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("0"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

/// Who has heard the warning, each time one was given.
fn warned(bench: &Bench) -> Vec<String> {
    let log = std::fs::read_to_string(bench.pbx.run_folder().join("log/verbose")).unwrap();
    let told = log.lines().filter(|line| line.contains("Playing 'beep"));
    told.map(|line| line.split_once("<PJSIP/").map_or(line, |(_, channel)| channel)[..7].to_owned()).collect()
}

#[tokio::test]
async fn the_payer_is_warned_a_minute_and_half_a_minute_before() {
    on_both(async |mut bench| {
        // 0.99 + 4.75: 95 seconds.
        let paid = Paid::with(&mut bench, "5.74").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        paid.talk(&bench, customer, called).await;
        bench.pass(34).await;
        assert_eq!(warned(&bench), [""; 0]);
        bench.pass(1).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(warned(&bench), ["t1-0005"]);
        bench.pass(29).await;
        assert_eq!(warned(&bench).len(), 1);
        bench.pass(1).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(warned(&bench), ["t1-0005", "t1-0005"]);
        bench.pass(30).await;
        customer.until("CALL_CLOSED").await;
        assert_eq!(bench.last_call().await.duration_ms, Some(95_000));
        assert_eq!(warned(&bench).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn it_ends_on_the_second_as_time_goes_by() {
    on_both(async |mut bench| {
        // 0.99 + 0.20: four seconds.
        let paid = Paid::with(&mut bench, "1.19").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let _time = bench.time_goes_by();
        paid.talk(&bench, customer, called).await;
        let begun = Instant::now();
        customer.until("CALL_CLOSED").await;
        called.until("CALL_CLOSED").await;
        let lasted = begun.elapsed();
        assert!((3000..5000).contains(&lasted.as_millis()), "{lasted:?}");
        let call = bench.last_call().await;
        assert_eq!((call.duration_ms, call.price.unwrap().total), (Some(4000), amount("1.19")));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn asterisk_ends_it_by_itself_when_nobody_else_does() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "1.19").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let _time = bench.time_goes_by();
        let id = paid.talk(&bench, customer, called).await;
        let begun = Instant::now();
        // Half a second later than we would have done it.
        bench
            .restarts(async |_| {
                customer.until("CALL_CLOSED").await;
                called.until("CALL_CLOSED").await;
            })
            .await;
        let lasted = begun.elapsed();
        assert!((3500..5500).contains(&lasted.as_millis()), "{lasted:?}");
        bench.comes_to(&id, Progress::Over).await;
        let call = bench.last_call().await;
        assert_eq!(call.disposition, Some(Disposition::Answered));
        let charged = call.price.unwrap().total;
        assert!((amount("0.99")..=amount("1.19")).contains(&charged), "until the last proof of life: {charged:?}");
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
