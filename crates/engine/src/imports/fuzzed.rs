//! What fuzzing feeds with files of calls.

use std::io::Cursor;

use domain::money::Currency;
use domain::time::Zone;

use super::rows::Rows;
use super::{CustomerBy, Encoding, Format, Mapping, Most, Options, Source, fits};
use crate::tenants::Settings;

/// Reads a file in each format: a row stands behind the one before, has an origin, and ends no earlier than it was answered.
pub fn call_files(data: &[u8]) {
    let (Ok(currency), Ok(zone)) = (Currency::parse("EUR"), Zone::named("Europe/Berlin")) else { return };
    let settings = Settings::new(currency, zone);
    let asterisk = Options::of(Format::AsteriskCsv { customer_by: CustomerBy::AccountCode });
    let mapping = Mapping::parse(["from=1", "to=2", "ended_at=3", "duration_seconds=4"]);
    let csv = mapping.map(|mapping| Options::of(Format::Csv { mapping }));
    let latin_1 = Options { encoding: Encoding::Latin1, ..asterisk.clone() };
    for options in [asterisk, latin_1, Options::of(Format::JsonLines)].into_iter().chain(csv) {
        let Ok(mut rows) = Rows::of(Cursor::new(data.to_vec()), &options, &settings) else { continue };
        let mut last = 0;
        while let Ok(Some(row)) = rows.next() {
            let line = match &row {
                Ok(row) => row.line,
                Err(reject) => reject.line,
            };
            assert!(line > last, "{line} comes after {last}");
            last = line;
            let Ok(row) = row else { continue };
            assert!(!row.call.origin.is_empty());
            assert!(row.call.answered_at.is_none_or(|answered_at| answered_at <= row.call.ended_at));
        }
    }
    let whole = data.to_vec();
    let open = move || Ok(Box::new(Cursor::new(whole.clone())) as Box<dyn std::io::Read + Send>);
    // It ends, whatever the file is packed into.
    let _ = fits(&Source { name: "fuzzed", open: &open }, Most { rows: 1000, bytes: 1 << 20 });
}
