use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::imports::ImportError;
use flate2::read::GzDecoder;

use super::{
    after_the_calls, all_calls, assert_books_are_right, asterisk, balances, data, import, import_from,
    imports_on_record, quoted, with_customers,
};
use crate::world::on_both;

/// The calls of the large file, uncompressed.
fn large_file() -> Vec<u8> {
    let mut file = Vec::new();
    GzDecoder::new(Cursor::new(data("cdr-large.Master.csv.gz"))).read_to_end(&mut file).unwrap();
    file
}

/// A file on a disk that fails after so many bytes.
struct Failing {
    file: Cursor<Vec<u8>>,
    at: u64,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.file.position() >= self.at {
            return Err(io::Error::other("the disk is gone"));
        }
        self.file.read(buffer)
    }
}

#[tokio::test]
async fn an_import_that_was_broken_off_is_run_again() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let file = large_file();
        let options = with_customers(asterisk());
        // The first look through the file succeeds, then the disk fails: after no row, and twice in the midst of it.
        let mut on_record = 0;
        for (fails_at, rows) in [(0, 0..1), (file.len() / 3, 1000..2000), (file.len() * 2 / 3, 2500..4000)] {
            let opened = AtomicUsize::new(0);
            let open = || {
                let whole = Cursor::new(file.clone());
                Ok(match opened.fetch_add(1, Ordering::Relaxed) {
                    0 => Box::new(whole) as Box<dyn Read + Send>,
                    _ => Box::new(Failing { file: whole, at: fails_at as u64 }),
                })
            };
            let broken_off = import_from(&world, &options, &open).await;
            assert!(matches!(broken_off, Err(ImportError::Read(_))), "{broken_off:?}");
            on_record = all_calls(&world).await.len();
            assert!(rows.contains(&on_record), "{on_record} of the rows before the fault are recorded");
            assert_books_are_right(&world).await;
        }
        let (summary, _) = import(&world, &options, &file).await.unwrap();
        let on_record = u64::try_from(on_record).unwrap();
        assert_eq!((summary.duplicates, summary.rated + summary.unrated), (on_record, 4542 - on_record));

        let calls = all_calls(&world).await;
        assert_eq!((calls.len(), calls.iter().filter(|call| call.answered_at.is_some()).count()), (4542, 3128));
        let owed = quoted(&calls).into_iter().map(|(code, total)| (code, total.negated().unwrap())).collect();
        assert_eq!(balances(&world).await, owed);
        assert_books_are_right(&world).await;
        let states: Vec<_> = imports_on_record(&world).await.into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, ["finished", "running", "running"]);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_given_in_parts_that_overlap() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let file = large_file();
        let text = String::from_utf8(file.clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let options = with_customers(asterisk());
        // The newest calls first: their payers' lines are opened as of these.
        let mut newest = lines[..3000].to_vec();
        newest.extend(&lines[2900..3000]);
        let (first, _) = import(&world, &options, (newest.join("\n") + "\n").as_bytes()).await.unwrap();
        assert_eq!((first.rows, first.duplicates), (3100, 100), "rows that stand in the file twice are one call");
        let (whole, _) = import(&world, &options, &file).await.unwrap();
        assert_eq!((whole.rows, whole.duplicates), (4542, 3000));
        assert_books_are_right(&world).await;
    })
    .await;
}
