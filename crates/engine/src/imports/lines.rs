use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::ImportError;
use super::run::Source;

/// The most bytes of a line that are read; no record of a call comes near.
pub(super) const LONGEST_LINE: usize = 64 * 1024;

const BYTE_ORDER_MARK: [u8; 3] = *b"\xef\xbb\xbf";

/// The physical lines of a file, which may be compressed by gzip.
pub(super) struct Lines {
    input: Box<dyn BufRead + Send>,
    read: Arc<AtomicU64>,
    /// The number of the last line.
    number: u64,
    over: bool,
}

/// A physical line, without its end (LF or CR LF).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The first line is 1.
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) end: LineEnd,
}

/// How a line ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// As a line should.
    Ended,
    /// The file ended in the midst of it, or without a line end.
    FileEnded,
    /// It is longer than [`LONGEST_LINE`]: the rest was passed over.
    TooLong,
    /// The file is damaged from here on.
    Damaged(String),
}

impl Lines {
    /// The lines of a file, from its first byte on. A byte order mark is passed over.
    ///
    /// # Errors
    /// The file cannot be read, or is in UTF-16.
    pub(super) fn of(file: impl Read + Send + 'static) -> io::Result<Lines> {
        let read = Arc::new(AtomicU64::new(0));
        let mut file = Counted { file, read: read.clone() };
        let head = first_bytes(&mut file, 2)?;
        let whole = BufReader::new(Cursor::new(head.clone()).chain(file));
        let mut input: Box<dyn BufRead + Send> = match head.as_slice() {
            [0x1f, 0x8b] => Box::new(BufReader::new(MultiGzDecoder::new(whole))),
            _ => Box::new(whole),
        };
        // What is wrong with a damaged file is told by its first line.
        let head = first_bytes(&mut input, BYTE_ORDER_MARK.len() as u64).unwrap_or_default();
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(io::Error::new(ErrorKind::Unsupported, "the file is in UTF-16: save it as UTF-8"));
        }
        let kept = if head == BYTE_ORDER_MARK { Vec::new() } else { head };
        Ok(Lines { input: Box::new(Cursor::new(kept).chain(input)), read, number: 0, over: false })
    }

    /// How many bytes of the file have been read (as they lie there: compressed ones, if it is compressed).
    pub(super) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The next line.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        if self.over {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let end = match self.read_line(&mut bytes) {
            Ok(end) => end,
            Err(error) if is_damage(&error) => LineEnd::Damaged(error.to_string()),
            Err(error) => return Err(error),
        };
        self.over = matches!(end, LineEnd::FileEnded | LineEnd::Damaged(_));
        if bytes.is_empty() && end == LineEnd::FileEnded {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, bytes, end }))
    }

    fn read_line(&mut self, bytes: &mut Vec<u8>) -> io::Result<LineEnd> {
        let limit = LONGEST_LINE as u64 + 1;
        (&mut self.input).take(limit).read_until(b'\n', bytes)?;
        if bytes.pop_if(|last| *last == b'\n').is_some() {
            bytes.pop_if(|last| *last == b'\r');
            return Ok(LineEnd::Ended);
        }
        if bytes.len() > LONGEST_LINE {
            self.input.skip_until(b'\n')?;
            return Ok(LineEnd::TooLong);
        }
        Ok(LineEnd::FileEnded)
    }
}

/// The most of a file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// Its physical lines.
    pub rows: u64,
    /// Its bytes once it is unpacked.
    pub bytes: u64,
}

/// Looks whether a file is within limits, whatever it is packed into. No more of it is read than that takes, and none is kept.
///
/// # Errors
/// It has too many lines or bytes, or cannot be read. What of it is damaged is not told here.
pub fn fits(source: &Source<'_>, most: Most) -> Result<(), ImportError> {
    let mut input = Lines::of((source.open)()?)?.input;
    let (mut rows, mut bytes) = (0, 0);
    loop {
        let part = match input.fill_buf() {
            Ok([]) => return Ok(()),
            Ok(part) => part,
            Err(error) if is_damage(&error) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let length = part.len();
        bytes += length as u64;
        rows += part.iter().filter(|byte| **byte == b'\n').count() as u64;
        if rows > most.rows {
            return Err(ImportError::TooManyRows(most.rows));
        }
        if bytes > most.bytes {
            return Err(ImportError::TooManyBytes(most.bytes));
        }
        input.consume(length);
    }
}

/// Whether the error lies in the file's content (broken or cut off compression) and not in its reading.
fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput)
}

fn first_bytes(file: &mut impl Read, count: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(count).read_to_end(&mut head)?;
    Ok(head)
}

/// Counts what is read of a file.
struct Counted<R> {
    file: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn lines(file: &[u8]) -> Vec<(u64, String, LineEnd)> {
        let mut lines = Lines::of(Cursor::new(file.to_vec())).unwrap();
        let mut all = Vec::new();
        while let Some(Line { number, bytes, end }) = lines.next().unwrap() {
            all.push((number, String::from_utf8(bytes).unwrap(), end));
        }
        assert_eq!(lines.bytes_read(), file.len() as u64);
        all
    }

    #[test]
    fn line_ends_and_marks() {
        use LineEnd::{Ended, FileEnded};
        for (file, expected) in [
            ("", vec![]),
            ("a", vec![("a", FileEnded)]),
            ("a\n", vec![("a", Ended)]),
            ("a\r\nb\n", vec![("a", Ended), ("b", Ended)]),
            ("\n\n", vec![("", Ended), ("", Ended)]),
            ("\u{feff}a\nb", vec![("a", Ended), ("b", FileEnded)]),
            ("\u{feff}", vec![]),
            ("a\rb\n", vec![("a\rb", Ended)]),
        ] {
            let expected: Vec<_> =
                expected.into_iter().zip(1..).map(|((text, end), number)| (number, text.to_owned(), end)).collect();
            assert_eq!(lines(file.as_bytes()), expected, "{file:?}");
            assert_eq!(lines(&gzip(file.as_bytes())), expected, "compressed: {file:?}");
        }
    }

    #[test]
    fn limits_are_of_what_is_unpacked() {
        let fitting = |file: Vec<u8>, rows, bytes| {
            let open = move || Ok(Box::new(Cursor::new(file.clone())) as Box<dyn Read + Send>);
            match fits(&Source { name: "file", open: &open }, Most { rows, bytes }) {
                Ok(()) => "fits",
                Err(ImportError::TooManyRows(_)) => "rows",
                Err(ImportError::TooManyBytes(_)) => "bytes",
                Err(error) => panic!("{error}"),
            }
        };
        let bomb = gzip(&vec![b'x'; 1 << 20]);
        assert!(bomb.len() < 64 << 10);
        let cut = gzip(b"a\nb\n");
        for (file, rows, bytes, expected) in [
            (b"a\nb\n".to_vec(), 2, 4, "fits"),
            (b"a\nb\n".to_vec(), 1, 4, "rows"),
            (b"a\nb\n".to_vec(), 2, 3, "bytes"),
            (gzip(b"a\nb\n"), 2, 4, "fits"),
            (gzip(b"a\nb\n"), 1, 4, "rows"),
            (bomb.clone(), 1, 1 << 20, "fits"),
            (bomb, 1, (1 << 20) - 1, "bytes"),
            (cut[..cut.len() - 4].to_vec(), 2, 4, "fits"),
            (Vec::new(), 0, 0, "fits"),
        ] {
            assert_eq!(fitting(file, rows, bytes), expected, "{rows} {bytes}");
        }
    }

    #[test]
    fn two_compressed_files_one_after_the_other_are_one() {
        assert_eq!(lines(&[gzip(b"a\n"), gzip(b"b\n")].concat()).len(), 2);
    }

    #[test]
    fn a_line_too_long_is_passed_over_and_the_next_is_read() {
        let file = format!("{}\n{}\nb\n", "x".repeat(LONGEST_LINE), "y".repeat(3 * LONGEST_LINE));
        let read = lines(file.as_bytes());
        assert_eq!(read[0].2, LineEnd::Ended);
        assert_eq!((read[1].2.clone(), read[1].1.len()), (LineEnd::TooLong, LONGEST_LINE + 1));
        assert_eq!(read[2], (3, "b".to_owned(), LineEnd::Ended));
    }

    #[test]
    fn a_compressed_file_that_is_cut_off_is_damaged_from_there() {
        let text: String = (0..20_000).map(|number| format!("line {number}\n")).collect();
        let file = gzip(text.as_bytes());
        let mut lines = Lines::of(Cursor::new(file[..file.len() / 2].to_vec())).unwrap();
        let mut last = None;
        while let Some(line) = lines.next().unwrap() {
            last = Some(line);
        }
        let last = last.unwrap();
        assert!(last.number > 1000 && matches!(last.end, LineEnd::Damaged(_)), "{last:?}");
    }

    #[test]
    fn utf_16_is_refused() {
        for mark in [b"\xff\xfea\0", b"\xfe\xff\0a"] {
            assert_eq!(Lines::of(Cursor::new(mark)).err().unwrap().kind(), ErrorKind::Unsupported);
        }
    }
}
