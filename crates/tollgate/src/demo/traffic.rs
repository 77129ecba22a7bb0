//! Three months of calls, the same on every machine for the same days.

use domain::money::Amount;
use domain::time::{Instant, Zone};
use engine::calls::{Direction, Directory, Disposition, FinishedCall, Payer, record_batch};
use engine::{Clock, Engine, TestClock};

use super::people::{JONAS, pay};
use super::{DAY_MILLIS, DemoLine, TIME_ZONE, World, actor, bills};

const MINUTE_MILLIS: i64 = 60_000;
/// Prepaid customers top up so often.
const DAYS_BETWEEN_TOP_UPS: i64 = 30;

/// Records the calls day by day, each day's at its end, and bills them when a month has ended.
pub(super) async fn run(engine: &Engine, clock: &TestClock, world: &mut World, now: Instant) -> anyhow::Result<()> {
    let zone = Zone::named(TIME_ZONE)?;
    let last = zone.date(now);
    let mut dice = Dice(0x7011_6a7e);
    let mut day = 0;
    loop {
        let begin = clock.now();
        let end = zone.start_of_day(zone.date(begin).tomorrow()?).min(now);
        let mut calls: Vec<FinishedCall> = Vec::new();
        for line in world.lines.iter().filter(|line| !line.suspended) {
            for number in 0..dice.below(2 * line.calls_a_day + 1) {
                calls.extend(call(&mut dice, world, line, (begin, end), number));
            }
        }
        calls.sort_by_key(|call| call.ended_at);
        // Not at midnight itself, where the next period's account begins.
        clock.move_to(end.plus_millis(-1)?);
        let mut work = engine.begin(&actor()).await?;
        let directory = Directory::whole(&mut work).await?;
        record_batch(&mut work, &directory, &calls, None).await?;
        day += 1;
        if day % DAYS_BETWEEN_TOP_UPS == 0 {
            for line in world.lines.iter().filter(|line| line.prepaid && line.reference != JONAS) {
                pay(&mut work, &line.customer, Amount::parse("120.00")?, None).await?;
            }
        }
        work.commit().await?;
        clock.move_to(end);
        if end >= now {
            return Ok(());
        }
        bills::of_day(engine, world, &zone, last).await?;
    }
}

/// A call of the line in the course of the day; none, where it would reach beyond the day.
fn call(
    dice: &mut Dice,
    world: &World,
    line: &DemoLine,
    (begin, end): (Instant, Instant),
    number: u64,
) -> Option<FinishedCall> {
    let origin = format!("demo:{}:{}:{number}", line.number, begin.millis() / DAY_MILLIS);
    let started_at = begin.plus_millis(dice.millis(DAY_MILLIS - MINUTE_MILLIS)).ok()?;
    let ringing = 2_000 + dice.millis(18_000);
    let to_agent = line.prepaid && dice.below(4) == 0;
    let disposition = match dice.below(10) {
        0 => Disposition::NoAnswer,
        1 => Disposition::Busy,
        _ => Disposition::Answered,
    };
    let talk = if to_agent { 6 * MINUTE_MILLIS } else { 9 * MINUTE_MILLIS };
    let talk = if disposition == Disposition::Answered { 5_000 + dice.millis(talk) } else { 0 };
    let answered_at = started_at.plus_millis(ringing).ok()?;
    let ended_at = answered_at.plus_millis(talk).ok()?;
    let to = if to_agent { "+14165550120".to_owned() } else { destination(dice, world, line) };
    let call = FinishedCall {
        origin,
        payer: Payer::Line(line.id.clone()),
        direction: if to.len() == 4 { Direction::Internal } else { Direction::Outbound },
        from: line.number.clone(),
        to,
        agent: to_agent.then(|| world.agents[usize::from(dice.below(2) == 1)].clone()),
        account_code: None,
        link: None,
        started_at: Some(started_at),
        answered_at: (talk > 0).then_some(answered_at),
        ended_at,
        disposition,
        cause: Some(match disposition {
            Disposition::Busy => 17,
            Disposition::NoAnswer => 19,
            _ => 16,
        }),
    };
    (ended_at < end).then_some(call)
}

/// Another extension, or a number in the ranges that are kept free for fiction.
fn destination(dice: &mut Dice, world: &World, line: &DemoLine) -> String {
    match dice.below(3) {
        0 => {
            let other = &world.lines[dice.index(world.lines.len())];
            if other.number == line.number { "0001".to_owned() } else { other.number.clone() }
        }
        1 => format!("+1416555{:04}", 100 + dice.below(100)),
        _ => format!("+441632960{:03}", dice.below(1000)),
    }
}

/// Numbers that look random and are the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap_or(1))).unwrap_or(0)
    }

    fn millis(&mut self, bound: i64) -> i64 {
        i64::try_from(self.below(u64::try_from(bound).unwrap_or(1))).unwrap_or(0)
    }
}
