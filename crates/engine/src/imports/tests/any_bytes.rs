use proptest::prelude::*;

use super::{Options, asterisk, csv, rows};
use crate::imports::{Encoding, Format};

const ROW: &[u8] = b"\"acme\",\"0017\",\"0018\",\"out\",\"\"\"J\"\" <0017>\",\"A\",\"B\",\"Dial\",\"x,30\",\"2026-11-20 09:19:36\",\"2026-11-20 09:19:37\",\"2026-11-20 09:19:40\",4,2,\"ANSWERED\",\"DOCUMENTATION\",\"pbx-1.55\",\"L\"\n";

fn formats() -> Vec<Options> {
    let latin_1 = Options { encoding: Encoding::Latin1, ..asterisk() };
    vec![asterisk(), latin_1, csv("from=1 to=2 ended_at=3 duration_seconds=4"), Options::of(Format::JsonLines)]
}

proptest! {
    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for options in formats() {
            let _ = rows(&options, &bytes);
        }
    }

    #[test]
    fn no_texts_do_harm(text in "[\",;\\n\\r0-9a-c:.T +{}\u{feff}é-]{0,300}") {
        for options in formats() {
            let _ = rows(&options, text.as_bytes());
        }
    }

    /// Whatever becomes of the middle one of three rows, the others stay what they were.
    #[test]
    fn a_spoilt_row_spoils_no_other(
        place in 0..ROW.len() - 1,
        byte in any::<u8>().prop_filter("a line break makes two rows", |byte| *byte != b'\n'),
    ) {
        let mut spoilt = ROW.to_vec();
        spoilt[place] = byte;
        let file = [ROW, &spoilt, ROW].concat();
        let read = rows(&asterisk(), &file).unwrap();
        prop_assert_eq!(read.len(), 3);
        prop_assert!(read[0].as_ref().is_ok_and(|row| row.line == 1));
        prop_assert!(read[2].as_ref().is_ok_and(|row| row.line == 3));
    }
}
