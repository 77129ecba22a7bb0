//! `tollgate templates`.

use std::process::ExitCode;

use documents::Templates;

use super::say;
use crate::cli::TemplatesArgs;

pub(crate) fn run(args: &TemplatesArgs) -> anyhow::Result<ExitCode> {
    Templates::write_built_in(&args.folder)?;
    let folder = args.folder.display();
    say(&format!("{folder}/paper.typ draws every document; {folder}/paper.json is a sample of what it reads."));
    say(&format!(
        "Change it, put a logo.svg or logo.png beside it, and start with: tollgate serve --templates {folder}"
    ));
    Ok(ExitCode::SUCCESS)
}
