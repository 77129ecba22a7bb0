//! Asterisk's own records of calls that were charged while they ran, imported.

use std::io::{Cursor, Read};
use std::time::{Duration, SystemTime};

use domain::time::Instant;
use engine::Clock;
use engine::calls::{self, Call, Filter};
use engine::imports::{self, CustomerBy, Format, Options, Output, Source, Summary};

use crate::bench::{Bench, on_both, soon};
use crate::calls::talk;
use crate::pbx::Phone;
use crate::trunks::{fails, route};
use crate::world::amount;

/// Calls between phones and by trunks: talked, declined, busy.
async fn calls_by_tollgate(bench: &Bench, phones: &mut [Phone]) {
    let [caller, called] = phones else { unreachable!() };
    talk(caller, called).await;
    bench.pass(7).await;
    caller.hang_up().await;
    called.until("CALL_CLOSED").await;
    bench.is_quiet().await;

    caller.dial("0002").await;
    called.until("CALL_INCOMING").await;
    called.hang_up().await;
    caller.until("CALL_CLOSED").await;
    bench.is_quiet().await;

    fails(bench, caller, "+442079460001").await;
    caller.dial("+442079460002").await;
    caller.until("CALL_ESTABLISHED").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    bench.pass(12).await;
    caller.hang_up().await;
    bench.is_quiet().await;
}

/// A call that the dialplan carries alone, of a second or two; Asterisk knows its caller as 0001.
async fn call_by_the_dialplan(bench: &Bench, caller: &mut Phone) {
    for (step, does) in (1..).zip(["Set(CALLERID(num)=0001)", "Answer()", "Wait(1.5)", "Hangup()"]) {
        bench.pbx.command(&format!("dialplan add extension 601,{step},{does} into from-phone")).await;
    }
    caller.dial("601").await;
    caller.until("CALL_ESTABLISHED").await;
    caller.until("CALL_CLOSED").await;
}

/// What Asterisk has written, once it has written of the last call.
async fn file(bench: &Bench) -> String {
    let path = bench.pbx.run_folder().join("log/cdr-csv/Master.csv");
    let read = async || std::fs::read_to_string(&path).ok().filter(|file| file.contains("\"601\""));
    soon(read).await.expect("Asterisk writes a record of the last call")
}

async fn import(bench: &Bench, file: &str) -> Summary {
    let options = Options {
        system: "pbx".to_owned(),
        time_zone: Some("UTC".to_owned()),
        ..Options::of(Format::AsteriskCsv { customer_by: CustomerBy::Source })
    };
    let open = || Ok(Box::new(Cursor::new(file.to_owned().into_bytes())) as Box<dyn Read + Send>);
    let (mut rejects, world) = (Vec::new(), &bench.world);
    let mut output = Output { rejects: &mut rejects, progress: &mut |_| {} };
    let source = Source { name: "Master.csv", open: &open };
    imports::run(&world.engine, &world.actor, &options, &source, &mut output).await.unwrap()
}

async fn all_calls(bench: &Bench) -> Vec<Call> {
    calls::history(&mut bench.world.view().await, &Filter::default(), None, 100).await.unwrap()
}

#[tokio::test]
async fn what_asterisk_has_on_record_of_calls_that_were_charged_live_is_charged_no_second_time() {
    on_both(async |bench| {
        bench.pbx.far_ends().await;
        route(&bench.world, "442079460001", &["busy"]).await;
        route(&bench.world, "442079460002", &["answer"]).await;
        let mut phones = bench.phones(2).await;
        calls_by_tollgate(&bench, &mut phones).await;
        let (before, owed) = (all_calls(&bench).await, bench.world.balance(&bench.customer.id).await);
        assert_eq!((before.len(), owed), (4, amount("-0.19")));
        call_by_the_dialplan(&bench, &mut phones[0]).await;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
        let now = Instant::clamped(i64::try_from(now).unwrap() + 60_000).max(bench.world.clock.now());
        bench.world.clock.move_to(now);

        let file = file(&bench).await;
        let rows = u64::try_from(file.lines().count()).unwrap();
        let carried = u64::try_from(file.lines().filter(|row| !row.contains("\"601\"")).count()).unwrap();
        // At the least one row of each call.
        assert!(carried >= 4 && rows > carried, "{file}");
        let by_tollgate: String =
            file.lines().filter(|row| !row.contains("\"601\"")).flat_map(|row| [row, "\n"]).collect();
        let summary = import(&bench, &by_tollgate).await;
        assert_eq!((summary.duplicates, summary.rows), (carried, carried));
        assert_eq!((all_calls(&bench).await, bench.world.balance(&bench.customer.id).await), (before, owed));

        let summary = import(&bench, &file).await;
        assert_eq!((summary.duplicates, summary.rated, summary.answered), (carried, rows - carried, 1), "{file}");
        assert!(bench.world.balance(&bench.customer.id).await < owed);
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
