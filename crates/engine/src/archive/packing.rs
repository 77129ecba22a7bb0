//! The text of an archive, hashed and packed. Packing is done by a thread of its own, while the database is asked for more.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Bytes that are handed to the thread at once, and how many such pieces wait for it at most.
const PIECE: usize = 256 * 1024;
const WAITING: usize = 8;
/// How hard is packed: more takes twice the time for some hundredths of the size.
const LEVEL: u32 = 3;

/// An archive that is being written.
pub(super) struct Packer<W> {
    pieces: Option<SyncSender<Vec<u8>>>,
    thread: Option<JoinHandle<io::Result<W>>>,
    piece: Vec<u8>,
    hash: Sha256,
}

impl<W: Write + Send + 'static> Packer<W> {
    pub(super) fn onto(out: W) -> Self {
        let (pieces, taken) = sync_channel(WAITING);
        let thread = std::thread::spawn(move || pack(&taken, out));
        Packer { pieces: Some(pieces), thread: Some(thread), piece: Vec::with_capacity(PIECE), hash: Sha256::new() }
    }

    /// Writes a row, line feed included.
    pub(super) fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.hash.update(line);
        self.piece.extend_from_slice(line);
        if self.piece.len() >= PIECE { self.hand_over() } else { Ok(()) }
    }

    /// Writes a line that is no row.
    pub(super) fn mark(&mut self, mark: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(mark)?;
        line.push(b'\n');
        self.line(&line)
    }

    /// The hash of all lines so far.
    pub(super) fn hash(&self) -> String {
        hex(&self.hash)
    }

    /// Writes what is left, and answers where all was written to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.hand_over()?;
        self.pieces = None;
        self.outcome()
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let handed = self.pieces.as_ref().is_some_and(|pieces| pieces.send(piece).is_ok());
        // The thread ends early only when it cannot write.
        if handed { Ok(()) } else { self.outcome().map(|_| ()) }
    }

    fn outcome(&mut self) -> io::Result<W> {
        let ended = self.thread.take().map(JoinHandle::join);
        match ended {
            Some(Ok(outcome)) => outcome,
            _ => Err(io::Error::other("what packs the archive has stopped")),
        }
    }
}

fn pack<W: Write>(pieces: &Receiver<Vec<u8>>, out: W) -> io::Result<W> {
    let mut packed = GzEncoder::new(out, Compression::new(LEVEL));
    for piece in pieces {
        packed.write_all(&piece)?;
    }
    let mut out = packed.finish()?;
    out.flush()?;
    Ok(out)
}

/// An archive that is being read, line by line.
pub(super) struct Unpacker<R: Read> {
    text: BufReader<MultiGzDecoder<R>>,
    hash: Sha256,
    line: Vec<u8>,
}

impl<R: Read> Unpacker<R> {
    pub(super) fn of(packed: R) -> Self {
        let text = BufReader::with_capacity(PIECE, MultiGzDecoder::new(packed));
        Unpacker { text, hash: Sha256::new(), line: Vec::new() }
    }

    /// The next line with its line feed; `None` at the end, or where the text ends within a line.
    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        self.text.read_until(b'\n', &mut self.line)?;
        Ok(self.line.ends_with(b"\n").then_some(&self.line[..]))
    }

    /// Adds the line that was read last to the hash.
    pub(super) fn count(&mut self) {
        self.hash.update(&self.line);
    }

    /// The hash of all lines that were counted.
    pub(super) fn hash(&self) -> String {
        hex(&self.hash)
    }

    /// Whether nothing follows.
    pub(super) fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.text.fill_buf()?.is_empty())
    }
}

fn hex(hash: &Sha256) -> String {
    hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
