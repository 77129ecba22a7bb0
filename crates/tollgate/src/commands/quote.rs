//! `tollgate quote`: JSON lines in, JSON lines out.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, ErrorKind, Write, stdin, stdout};
use std::process::ExitCode;

use anyhow::Context;

use crate::cli::QuoteArgs;

/// The longest request that is read. A longer line is answered with an error, and the next goes on.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

pub(crate) fn run(args: &QuoteArgs) -> anyhow::Result<ExitCode> {
    let mut input: Box<dyn BufRead> = match &args.file {
        Some(path) => {
            let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            Box::new(BufReader::with_capacity(1 << 16, file))
        }
        None => Box::new(stdin().lock()),
    };
    match answer_lines(&mut input, &mut BufWriter::new(stdout().lock())) {
        // The reader of our answers has gone away: there is nobody left to tell.
        Err(error) if error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe) => {
            Ok(ExitCode::SUCCESS)
        }
        outcome => outcome.map(|()| ExitCode::SUCCESS),
    }
}

fn answer_lines(input: &mut dyn BufRead, output: &mut impl Write) -> anyhow::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = std::io::Read::take(&mut *input, LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(output.flush()?);
        }
        let request = line.trim_ascii();
        if request.is_empty() {
            continue;
        }
        serde_json::to_writer(&mut *output, &domain::quote::answer(request))?;
        output.write_all(b"\n")?;
    }
}
