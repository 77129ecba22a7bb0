use std::io::{self, BufWriter, Write};

use super::Random;
use super::calls::talk_millis;
use super::prefixes::Prefixes;

/// What a file of call records says, to be found again after its import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RecordSums {
    pub(crate) rows: u64,
    pub(crate) answered: u64,
    /// The seconds of the answered calls.
    pub(crate) seconds: i64,
}

/// Which records a file has: so many, from a number on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) first: usize,
    pub(crate) count: usize,
}

/// Who calls: so many payers, known by what the switch calls each, and the number of a line of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payers {
    pub(crate) count: usize,
    pub(crate) code: fn(usize) -> String,
    pub(crate) number: fn(usize) -> String,
}

/// 2026-10-01T00:00:00 on the clocks of the tenant's zone, as though it were UTC: no clock is put back or forward in that month.
const MONTH_BEGINS: i64 = 1_790_812_800;
const MONTH_SECONDS: usize = 30 * 86_400;

/// Writes a file as Asterisk's `cdr_csv` does with its newer columns: 21 columns, no header.
pub(crate) fn cdr_csv(file: impl Write, range: Range, payers: Payers, prefixes: &Prefixes) -> io::Result<RecordSums> {
    let mut file = BufWriter::new(file);
    let mut random = Random::seeded(range.first as u64);
    let mut sums = RecordSums::default();
    for number in range.first..range.first + range.count {
        let payer = usize::try_from(random.below(payers.count as u64)).unwrap_or(0);
        let begun = (number * 3) % MONTH_SECONDS;
        let start = MONTH_BEGINS + i64::try_from(begun).unwrap_or(0);
        let ringing = i64::try_from(random.below(20)).unwrap_or(0);
        let is_answered = random.below(100) < 85;
        let talk = if is_answered { i64::try_from(talk_millis(&mut random) / 1000).unwrap_or(0) } else { 0 };
        let other = *random.pick(&["NO ANSWER", "NO ANSWER", "BUSY", "FAILED"]);
        let disposition = if is_answered { "ANSWERED" } else { other };
        let answer = if is_answered { format!("\"{}\"", clock(start + ringing)) } else { String::new() };
        let (code, from, to) = ((payers.code)(payer), (payers.number)(payer), prefixes.number(&mut random));
        let unique = format!("pbx-1-{start}.{number}");
        writeln!(
            file,
            "\"{code}\",\"{from}\",\"00{to}\",\"outbound\",\"\"\"{code}\"\" <{from}>\",\"PJSIP/{code}-{number:08x}\",\
             \"PJSIP/carrier-{number:08x}\",\"Dial\",\"PJSIP/00{to}@carrier,30\",\"{}\",{answer},\"{}\",{},{talk},\
             \"{disposition}\",\"DOCUMENTATION\",\"{unique}\",\"\",\"\",\"{unique}\",{number}",
            clock(start),
            clock(start + ringing + talk),
            ringing + talk,
        )?;
        sums.rows += 1;
        sums.answered += u64::from(is_answered);
        sums.seconds += talk;
    }
    file.flush()?;
    Ok(sums)
}

/// What the switch calls a payer, and the customer's external reference.
pub(crate) fn account_code(payer: usize) -> String {
    format!("acc{payer:05}")
}

/// The number of a payer's line.
pub(crate) fn line_number(payer: usize) -> String {
    format!("+1416555{payer:04}")
}

/// `2026-10-01 08:30:00`.
fn clock(second: i64) -> String {
    jiff::Timestamp::from_second(second).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S").to_string()
}
