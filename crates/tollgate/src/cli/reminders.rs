//! `tollgate reminders` on the command line.

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tollgate reminders --date 2026-12-24 --dry-run
  tollgate reminders --date 2026-12-24 --group grp_... --dry-run --json
  tollgate reminders --date 2026-12-24

`serve` does this each evening by itself, group by group; whoever was told is not told again, but of what has changed.

Exit codes: 0 everybody is told or wants no reminders, 1 somebody cannot be told (who and why is shown), or the command could not go on.")]
pub(crate) struct RemindersArgs {
    /// The date on which the shifts begin, such as 2026-12-24.
    #[arg(long)]
    pub(crate) date: String,
    /// Only those who have a shift of this group (its id); they are told of all their shifts.
    #[arg(long, value_name = "ID")]
    pub(crate) group: Option<String>,
    /// Show who would be told what, and tell nobody.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
