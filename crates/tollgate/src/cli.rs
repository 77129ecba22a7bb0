//! The command line.

mod backup;
mod bill;
mod media;
mod operating;
mod phone;
#[cfg(test)]
mod reference;
mod reminders;
mod simulate;
mod user;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use engine::Role;

pub(crate) use backup::{BackupArgs, RestoreArgs};
pub(crate) use bill::{BillCommand, BillListArgs};
pub(crate) use media::{MediaArgs, PolicyName};
pub(crate) use operating::OperatingArgs;
pub(crate) use phone::PhoneArgs;
pub(crate) use reminders::RemindersArgs;
pub(crate) use simulate::{SimulateCallArgs, SimulateCommand};
pub(crate) use user::UserCommand;

/// An open telephone exchange that routes calls, charges them while they run, and bills them.
#[derive(Debug, Parser)]
#[command(name = "tollgate", version, about, propagate_version = true, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "Examples:
  tollgate demo                                        a company with three months of calls, on http://localhost:3000
  tollgate tenant create \"Example Ltd\" --currency GBP --time-zone Europe/London
  tollgate key create --name billing --scope clerk
  tollgate serve
  tollgate import asterisk-csv Master.csv --customer-by accountcode --plan Basic --create-missing
  tollgate quote calls.jsonl
  tollgate bill run
  tollgate phone 0001
  tollgate check
  tollgate backup nightly.tollgate.gz";

/// What every command understands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// The configuration file [default: tollgate.toml, if it is there].
    #[arg(long, global = true, value_name = "FILE", env = "TOLLGATE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The database: sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE [default: sqlite://tollgate.db].
    #[arg(long, global = true, value_name = "URL", env = "TOLLGATE_DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// A file with the database's address, for addresses with a password.
    #[arg(long, global = true, value_name = "FILE", env = "TOLLGATE_DATABASE_URL_FILE")]
    pub(crate) database_url_file: Option<PathBuf>,
    /// Where the server listens [default: 127.0.0.1:3000].
    #[arg(long, global = true, value_name = "ADDRESS", env = "TOLLGATE_LISTEN", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// The address that people reach the server under, which links in mails begin with [default: where the server listens].
    #[arg(long, global = true, value_name = "URL", env = "TOLLGATE_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// A proxy in front of the server, as an address or network: it is believed when it says for whom it asks (X-Forwarded-For).
    #[arg(
        long = "trusted-proxy",
        global = true,
        value_name = "NETWORK",
        env = "TOLLGATE_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    pub(crate) trusted_proxies: Vec<String>,
    /// The certificate for HTTPS, and those that it depends on, as PEM [default: HTTP].
    #[arg(long, global = true, value_name = "FILE", env = "TOLLGATE_TLS_CERTIFICATE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's private key, as PEM.
    #[arg(long, global = true, value_name = "FILE", env = "TOLLGATE_TLS_KEY", requires = "tls_certificate")]
    pub(crate) tls_key: Option<PathBuf>,
    /// The server that mails are given to: smtp://USER:PASSWORD@HOST:PORT, or smtps:// [default: nothing is mailed].
    #[arg(long, global = true, value_name = "URL", env = "TOLLGATE_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// A file with the mail server's address, for addresses with a password.
    #[arg(long, global = true, value_name = "FILE", env = "TOLLGATE_SMTP_URL_FILE")]
    pub(crate) smtp_url_file: Option<PathBuf>,
    /// Who mails are from, such as "Example Ltd <billing@example.com>".
    #[arg(long, global = true, value_name = "SENDER", env = "TOLLGATE_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// A folder with templates, fonts and a logo of your own for invoices and other documents [default: the built-in ones].
    #[arg(long, global = true, value_name = "FOLDER", env = "TOLLGATE_TEMPLATES")]
    pub(crate) templates: Option<PathBuf>,
    /// A host that webhooks may lead to, such as hooks.example.org, *.example.org or hooks.example.org:8443 [default: every public one].
    #[arg(
        long = "webhooks-allowed-host",
        global = true,
        value_name = "HOST",
        env = "TOLLGATE_WEBHOOKS_ALLOWED_HOSTS",
        value_delimiter = ','
    )]
    pub(crate) webhooks_allowed_hosts: Vec<String>,
    /// A host with its port on this machine or its network that webhooks may lead to all the same, by HTTP too: for tests.
    #[arg(
        long = "webhooks-allow-private",
        global = true,
        value_name = "HOST:PORT",
        env = "TOLLGATE_WEBHOOKS_ALLOW_PRIVATE",
        value_delimiter = ','
    )]
    pub(crate) webhooks_allow_private: Vec<String>,
    #[command(flatten)]
    pub(crate) media: MediaArgs,
    #[command(flatten)]
    pub(crate) operating: OperatingArgs,
    /// The number of the tenant to work on [default: the only one].
    #[arg(long, global = true, value_name = "NUMBER", env = "TOLLGATE_TENANT")]
    pub(crate) tenant: Option<i64>,
    /// What is logged, such as "info" or "warn,api=debug".
    #[arg(long, global = true, value_name = "FILTER", env = "TOLLGATE_LOG")]
    pub(crate) log: Option<String>,
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "write the IP address and the port, such as 127.0.0.1:3001")
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a demo: a company with plans, customers, agents and three months of calls, in a database of its own.
    Demo(DemoArgs),
    /// Run the server.
    Serve(ServeArgs),
    /// Bring the database's schema up to this version.
    Migrate,
    /// Found tenants and list them.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Make, list and disable the people who sign in, and say what they may do.
    #[command(subcommand)]
    User(UserCommand),
    /// Make, list and revoke API keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Import calls, customers and lines from files.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Answer what calls would cost: JSON lines in, JSON lines out; no server, no database.
    Quote(QuoteArgs),
    /// Rate finished calls again: show the differences, then post them.
    Rerate(RerateArgs),
    /// Issue the invoices that are due, preview and list them, write them as PDF.
    #[command(subcommand)]
    Bill(BillCommand),
    /// Remind agents of their shifts, or show who would be told what.
    Reminders(RemindersArgs),
    /// A telephone in this terminal, for a line of the built-in exchange.
    Phone(PhoneArgs),
    /// Play calls from outside against a running server, without a provider.
    #[command(subcommand)]
    Simulate(SimulateCommand),
    /// Write the built-in templates of documents into a folder, to begin your own from them.
    Templates(TemplatesArgs),
    /// Print the OpenAPI document of the API, from which clients can be made.
    Openapi,
    /// Check the books: every balance, charge and allowance adds up.
    Check(CheckArgs),
    /// Look for what would keep Tollgate from working.
    Doctor(DoctorArgs),
    /// Write everything that the database holds into one file, while the server runs.
    Backup(BackupArgs),
    /// Fill an empty database with what a backup holds, on either engine.
    Restore(RestoreArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Let tests move the demo's clock by the API (only on a loopback address).
    #[arg(long)]
    pub(crate) test_clock: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Let tests move the clock by the API: refused but on a loopback address and a demo database.
    #[arg(long)]
    pub(crate) test_clock: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TenantCommand {
    /// Found a tenant: a company or charity that runs lines.
    #[command(after_help = "Examples:
  tollgate tenant create \"Example Ltd\" --currency GBP --time-zone Europe/London --emergency-target \"020 7946 0999\"
  tollgate tenant create \"Example Ltd\" --currency EUR --time-zone Europe/Berlin --dial-plan germany.json

germany.json:
  {\"country\": \"49\", \"international_prefixes\": [\"00\"], \"trunk_prefix\": \"0\", \"national_lengths\": [7, 8, 9, 10, 11]}")]
    Create(NewTenantArgs),
    /// Say where calls to those emergency numbers go that lead nowhere yet.
    #[command(after_help = "Example:
  tollgate tenant emergency-target \"020 7946 0999\"")]
    EmergencyTarget {
        /// The number that such calls are put through to, as the tenant's people dial it.
        number: String,
    },
    /// List the tenants.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct NewTenantArgs {
    /// Its name.
    pub(crate) name: String,
    /// The currency of new customers and plans (ISO 4217).
    #[arg(long)]
    pub(crate) currency: String,
    /// The zone of windows, days and periods.
    #[arg(long)]
    pub(crate) time_zone: String,
    /// A JSON file that says how its people dial [default: as in Britain, country 44].
    #[arg(long, value_name = "FILE")]
    pub(crate) dial_plan: Option<PathBuf>,
    /// The number that calls to emergency numbers without a target are put through to: to 4911 and 9911, unless the dial plan has others.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) emergency_target: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key; its secret is shown this once.
    #[command(after_help = "Example:
  tollgate key create --name billing --scope clerk --expires-at 2027-12-31T00:00:00Z")]
    Create {
        /// What the key is for.
        #[arg(long)]
        name: String,
        /// What it may do: a role, or several with a comma between.
        #[arg(long = "scope", value_name = "ROLE", value_enum, value_delimiter = ',', required = true)]
        scopes: Vec<ScopeName>,
        /// From when on it opens nothing, such as 2027-12-31T00:00:00Z.
        #[arg(long)]
        expires_at: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the keys, without their secrets.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a key back.
    Revoke {
        /// The key's id.
        id: String,
    },
}

/// The roles that a key may have.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ScopeName {
    Owner,
    Admin,
    Clerk,
    Coordinator,
    Auditor,
    Switch,
}

impl From<ScopeName> for Role {
    fn from(name: ScopeName) -> Role {
        match name {
            ScopeName::Owner => Role::Owner,
            ScopeName::Admin => Role::Admin,
            ScopeName::Clerk => Role::Clerk,
            ScopeName::Coordinator => Role::Coordinator,
            ScopeName::Auditor => Role::Auditor,
            ScopeName::Switch => Role::Switch,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  echo '{\"id\": \"1\", \"kind\": \"call\", \"time_zone\": \"UTC\",
    \"plan\": {\"currency\": \"USD\", \"rate\": {\"price_per_minute\": \"0.05\"}},
    \"call\": {\"to\": \"0002\", \"answered_at\": \"2026-02-03T04:05:06Z\", \"duration_seconds\": 61}}' | tr -d '\\n' | tollgate quote

Exit codes: 0 all answered, 1 the file cannot be read; a request that cannot be answered gives an error object in its place.")]
pub(crate) struct QuoteArgs {
    /// The file with one request a line [default: standard input].
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tollgate rerate --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z --plan-version plv_...
  tollgate rerate --confirm rer_...")]
pub(crate) struct RerateArgs {
    /// Only calls that ended at or after this instant.
    #[arg(long, required_unless_present = "confirm")]
    pub(crate) from: Option<String>,
    /// Only calls that ended before this instant.
    #[arg(long, required_unless_present = "confirm")]
    pub(crate) to: Option<String>,
    /// Only calls that this customer pays (its id).
    #[arg(long)]
    pub(crate) customer: Option<String>,
    /// Only calls of this line (its id).
    #[arg(long)]
    pub(crate) line: Option<String>,
    /// The plan version that prices them [default: the one that was in force for each].
    #[arg(long)]
    pub(crate) plan_version: Option<String>,
    /// The deck version that prices them [default: the one that was in force for each].
    #[arg(long)]
    pub(crate) deck_version: Option<String>,
    /// Post the differences of this re-rating, shown before.
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "to", "customer", "line", "plan_version", "deck_version"])]
    pub(crate) confirm: Option<String>,
    /// Take what prepaid customers owe more from their balance, as far as it goes.
    #[arg(long, requires = "confirm")]
    pub(crate) debit_prepaid: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  tollgate templates my-templates
  (change my-templates/paper.typ, put a logo.svg or logo.png beside it)
  tollgate serve --templates my-templates

paper.json shows what the template can use. Nothing that is there is written over.")]
pub(crate) struct TemplatesArgs {
    /// The folder; it is made where there is none.
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Look at each Asterisk of the configuration, too: what it and Tollgate need of each other.
    #[arg(long)]
    pub(crate) asterisk: bool,
    /// Look at the account at Twilio, too: its token, its numbers, and whether its webhooks would come here.
    #[arg(long)]
    pub(crate) twilio: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// The CDR file of an Asterisk (cdr_csv: 16, 17, 18 or 21 columns), plain or gzip.
    #[command(after_help = "Exit codes: 0 imported, 1 not one row can be used, or the import could not run.

Examples:
  tollgate import asterisk-csv Master.csv --customer-by accountcode
  tollgate import asterisk-csv Master.csv.gz --customer-by accountcode --plan Basic --create-missing --time-zone UTC
  tollgate import asterisk-csv Master.csv --customer-by src --json")]
    AsteriskCsv {
        /// How the payer is known: by the account code (a customer's external reference, or a line's number), or by the caller.
        #[arg(long, value_enum)]
        customer_by: CustomerByName,
        #[command(flatten)]
        common: CallFileArgs,
    },
    /// A CSV file of another make.
    #[command(
        after_help = "Fields: origin, from, to, account, line, started_at, answered_at, ended_at, duration_seconds, disposition.
Needed are to, a payer (account, line or from), and an end (ended_at or duration_seconds).

Exit codes: 0 imported, 1 not one row can be used, or the import could not run.

Example:
  tollgate import csv calls.csv --map from=Caller --map to=Callee --map started_at=Begin --map duration_seconds=Secs"
    )]
    Csv {
        /// Which column (its name in the header line, or its number from 1) holds what, as FIELD=COLUMN; once a field.
        #[arg(long = "map", value_name = "FIELD=COLUMN", required = true)]
        map: Vec<String>,
        #[command(flatten)]
        common: CallFileArgs,
    },
    /// JSON lines: one call a line, with the field names of the API.
    #[command(after_help = "Exit codes: 0 imported, 1 not one row can be used, or the import could not run.

Example:
  tollgate import jsonl calls.jsonl

calls.jsonl:
  {\"origin\": \"pbx:17\", \"line\": \"0001\", \"to\": \"0002\", \"ended_at\": \"2026-02-03T04:05:06Z\", \"duration_seconds\": 61}")]
    Jsonl {
        #[command(flatten)]
        common: CallFileArgs,
    },
    /// Customers, their lines and opening balances from CSV with a header line.
    #[command(after_help = "Columns, named by the header line, in any order:
  external_reference, organisation, first_name, last_name, email, phone, street, postal_code, city, country, country_code,
  mode, currency, credit_limit, number (or ####), plan, opened_at, opening_balance

Example:
  tollgate import customers customers.csv --dry-run

Exit codes: 0 all rows can be used, 1 some cannot (then nothing is written).")]
    Customers {
        /// The file.
        file: PathBuf,
        /// Check every row, and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What all files of calls have in common.
#[derive(Debug, Args)]
pub(crate) struct CallFileArgs {
    /// The file.
    pub(crate) file: PathBuf,
    /// The plan of the lines that are made.
    #[arg(long, value_name = "NAME", requires = "create_missing")]
    pub(crate) plan: Option<String>,
    /// Make a customer with a line for every payer who is not known.
    #[arg(long, requires = "plan")]
    pub(crate) create_missing: bool,
    /// The zone of the file's local times [default: the tenant's].
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Where rows go that cannot be used, with line number and reason [default: FILE.rejects.csv, if there are any].
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// The switch's name, where several switches count their calls alike. It must be the same each time.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) system: String,
    /// How the file's characters are written.
    #[arg(long, value_enum, default_value_t = EncodingName::Utf8)]
    pub(crate) encoding: EncodingName,
    /// The summary as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How the payer of a row is known.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CustomerByName {
    /// By the account code.
    Accountcode,
    /// By the caller's number.
    Src,
}

/// How a file's characters are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum EncodingName {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "latin-1")]
    Latin1,
}
