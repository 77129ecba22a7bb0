//! Rows of calls that an Asterisk has written, and that Tollgate has carried there and charged while they ran.

use domain::charging::CutOff;
use domain::time::Instant;
use engine::Clock;
use engine::calls::{Direction, Disposition, Payer};
use engine::charging::{Ending, EndsAt, NewSession, Reply, Request, Step, What};
use engine::imports::{CustomerBy, Format, Options, Summary};
use engine::lines::Line;
use serde_json::json;

use super::{after_the_calls, all_calls, assert_books_are_right, asterisk, import};
use crate::world::{World, amount, at, on_both};

/// A row of 18 columns: its caller and number, how many seconds it talked and how it went, and the channel that it is of.
fn row((from, to): (&str, &str), (talk, disposition): (u32, &str), channel: &str) -> String {
    let answer = if disposition == "ANSWERED" { "2026-11-20 09:19:37" } else { "" };
    format!(
        "\"\",\"{from}\",\"{to}\",\"from-phone\",\"\"\"\"\" <{from}>\",\"PJSIP/a-00000001\",\"PJSIP/b-00000002\",\"Stasis\",\"tollgate,out,{to}\",\"2026-11-20 09:19:36\",\"{answer}\",\"2026-11-20 09:19:49\",13,{talk},\"{disposition}\",\"DOCUMENTATION\",\"{channel}\",\"\"\n"
    )
}

/// The same with three columns more.
fn linked(row: &str, link: &str, sequence: u32) -> String {
    format!("{},\"\",\"{link}\",{sequence}\n", row.trim_end())
}

/// A call that was charged while it ran: for ten seconds, or not taken.
async fn charged_live(world: &World, line: &Line, origin: &str, disposition: Disposition) {
    let ask = async |what| {
        let request = Request { owner: "asterisk".to_owned(), key: None, what };
        world.engine.charge(world.actor.tenant, request).await.unwrap()
    };
    let new = NewSession {
        origin: origin.to_owned(),
        payer: Payer::Line(line.id.clone()),
        direction: Direction::Internal,
        from: line.number.clone(),
        to: "0002".to_owned(),
        agent: None,
        link: None,
        cut_off: CutOff::Movable,
        unpaid: false,
    };
    let Reply::Granted(grant) = ask(What::Authorize(new)).await else { panic!("it has ended") };
    let later = |seconds: i64| Instant::clamped(world.clock.now().millis() + seconds * 1000);
    let answered_at = (disposition == Disposition::Answered).then(|| later(1));
    let ended_at = later(11);
    world.clock.move_to(ended_at);
    let ending = Ending { answered_at, ended_at: EndsAt::At(ended_at), disposition: Some(disposition), cause: None };
    ask(What::Step { session: grant.session, step: Step::Settle(ending) }).await;
}

/// Lines 0001 and 0002 at 0.60 a minute, and three calls of 0001: an answered one, a busy one, and one that Tollgate has placed.
async fn with_live_calls(world: &World) {
    world.clock.move_to(at("2026-11-20T09:19:36Z"));
    let customer = world.customer("Caller").await;
    let plan = world.plan("Talk", json!({"rate": {"price_per_minute": "0.60", "increment_seconds": 1}})).await;
    let line = world.line(&customer, "0001", &plan).await;
    world.line(&customer, "0002", &plan).await;
    for (origin, disposition) in [
        ("asterisk/north:north-1795166376.1", Disposition::Answered),
        ("asterisk/north:north-1795166376.4", Disposition::Busy),
        ("asterisk/north:flow_01J", Disposition::Answered),
    ] {
        charged_live(world, &line, origin, disposition).await;
    }
    after_the_calls(world).await;
}

fn by_source(system: &str) -> Options {
    let format = Format::AsteriskCsv { customer_by: CustomerBy::Source };
    Options { system: system.to_owned(), time_zone: Some("UTC".to_owned()), ..Options::of(format) }
}

/// What the Asterisk wrote of the three calls: of the channels that came in, and of those that Tollgate made.
fn rows_of_live_calls() -> Vec<String> {
    vec![
        row(("0001", "0002"), (10, "ANSWERED"), "north-1795166376.1"),
        row(("0001", ""), (10, "ANSWERED"), "tollgate-north-1795166376.1-1"),
        row(("0001", "0002"), (0, "BUSY"), "north-1795166376.4"),
        row(("0001", ""), (0, "NO ANSWER"), "tollgate-north-1795166376.4-1"),
        row(("0001", ""), (10, "ANSWERED"), "tollgate-flow_01J-0"),
        row(("0001", ""), (10, "ANSWERED"), "tollgate-flow_01J-1"),
    ]
}

/// A call of the dialplan's own, of six seconds: 0.06.
fn another_row() -> String {
    row(("0001", "0002"), (6, "ANSWERED"), "north-1795166377.10")
}

fn figures(summary: &Summary) -> (u64, u64, u64, Option<&str>) {
    (summary.rated, summary.duplicates, summary.unrated, summary.amount.as_deref())
}

#[tokio::test]
async fn rows_of_calls_that_were_charged_live_are_duplicates() {
    on_both(async |world| {
        with_live_calls(&world).await;
        let before = all_calls(&world).await;
        let owed = before.iter().filter_map(|call| call.price.as_ref()).map(|price| price.total.micros()).sum::<i64>();
        assert_eq!((before.len(), owed), (3, 200_000));
        let file = rows_of_live_calls().concat();
        let (summary, rejects) = import(&world, &by_source("north"), file.as_bytes()).await.unwrap();
        assert_eq!((figures(&summary), rejects.as_str()), ((0, 6, 0, Some("0.00")), ""));
        assert_eq!(all_calls(&world).await, before);

        // A call of the dialplan's own is charged, once.
        let file = another_row() + &file;
        for expected in [(1, 6, 0, Some("0.06")), (0, 7, 0, Some("0.00"))] {
            let (summary, _) = import(&world, &by_source("north"), file.as_bytes()).await.unwrap();
            assert_eq!(figures(&summary), expected);
        }
        assert_eq!(all_calls(&world).await.len(), 4);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_channel_that_belongs_to_a_call_charged_live_is_known_by_its_linked_id() {
    on_both(async |world| {
        with_live_calls(&world).await;
        let of_a_third = row(("0001", "0002"), (10, "ANSWERED"), "north-1795166376.3");
        let file = [
            linked(&of_a_third, "north-1795166376.1", 3),
            linked(&of_a_third, "tollgate-flow_01J-0", 4),
            linked(&another_row(), "north-1795166377.10", 5),
        ];
        let (summary, _) = import(&world, &by_source("north"), file.concat().as_bytes()).await.unwrap();
        assert_eq!(figures(&summary), (1, 2, 0, Some("0.06")));
    })
    .await;
}

#[tokio::test]
async fn calls_of_another_system_or_tenant_are_other_calls() {
    on_both(async |world| {
        with_live_calls(&world).await;
        let file = rows_of_live_calls().concat();
        let (other, _) = import(&world, &by_source("south"), file.as_bytes()).await.unwrap();
        assert_eq!(figures(&other), (6, 0, 0, Some("0.40")));
        let (nameless, _) = import(&world, &by_source(""), file.as_bytes()).await.unwrap();
        assert_eq!(figures(&nameless), (6, 0, 0, Some("0.40")));

        let neighbour = world.neighbour().await;
        let (theirs, _) = import(&neighbour, &by_source("north"), file.as_bytes()).await.unwrap();
        assert_eq!(figures(&theirs), (0, 0, 6, Some("0.00")));
    })
    .await;
}

#[tokio::test]
async fn who_called_by_tollgate_alone_is_no_stranger() {
    on_both(async |world| {
        with_live_calls(&world).await;
        let code = |row: String, code: &str| row.replacen("\"\"", &format!("\"{code}\""), 1);
        let mut file: Vec<String> = rows_of_live_calls().into_iter().map(|row| code(row, "carried")).collect();
        file.push(code(another_row(), "acme"));
        let options = Options {
            time_zone: Some("UTC".to_owned()),
            system: "north".to_owned(),
            ..super::with_customers(asterisk())
        };
        let (summary, _) = import(&world, &options, file.concat().as_bytes()).await.unwrap();
        assert_eq!((figures(&summary).0, summary.duplicates, summary.created_customers), (1, 6, 1));
        assert_eq!(summary.accounts.keys().collect::<Vec<_>>(), ["acme"]);
        assert_eq!(world.faults().await, [""; 0]);
        assert!(summary.amount.is_some_and(|amount_of_acme| amount(&amount_of_acme) > amount("0")));
    })
    .await;
}
