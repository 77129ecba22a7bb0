//! What is held of whom, and where. A test compares it with the tables that there are.

use super::Table;

/// What of a table is of whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) table: Table,
    /// The columns by which its rows are told apart.
    pub(super) order: &'static str,
    pub(super) rows: Rows,
}

/// The conditions for the rows that are of somebody: $1 is the tenant, $2 the id; of a caller $2 is the group, $3 its name there and $4 its
/// number. Empty, where nothing is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    pub(super) customer: &'static str,
    pub(super) agent: &'static str,
    pub(super) user: &'static str,
    pub(super) caller: &'static str,
}

const NOBODYS: Rows = Rows { customer: "", agent: "", user: "", caller: "" };
const PLAIN: Table = Table { name: "", amounts: &[], documents: &[], hidden: &[] };

/// Tables that hold something of people.
pub(super) const HELD: &[Held] = &[
    Held {
        table: Table { name: "customers", documents: &["details"], hidden: &["search"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND id = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "agents", documents: &["details", "bank"], ..PLAIN },
        order: "id",
        rows: Rows { agent: "tenant = $1 AND id = $2", ..NOBODYS },
    },
    Held {
        table: Table {
            name: "users",
            hidden: &["password_hash", "totp_secret", "totp_step", "totp_pending", "recovery_codes", "last_tenant"],
            ..PLAIN
        },
        order: "id",
        rows: Rows {
            user: "id = $2 AND EXISTS (SELECT 1 FROM memberships m WHERE m.tenant = $1 AND m.member = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "memberships", documents: &["roles"], ..PLAIN },
        order: "member",
        rows: Rows { agent: "tenant = $1 AND agent = $2", user: "tenant = $1 AND member = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "membership_customers", ..PLAIN },
        order: "member, customer",
        rows: Rows { customer: "tenant = $1 AND customer = $2", user: "tenant = $1 AND member = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "sessions", hidden: &["secret_hash"], ..PLAIN },
        order: "id",
        rows: Rows { user: "(tenant = $1 OR tenant IS NULL) AND member = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "tickets", documents: &["document"], hidden: &["secret_hash"], ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND document LIKE '%' || $2 || '%'",
            agent: "tenant = $1 AND document LIKE '%' || $2 || '%'",
            user: "tenant = $1 AND (member = $2 OR address = (SELECT lower(email) FROM users WHERE id = $2))",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "api_keys", documents: &["scopes"], hidden: &["secret_hash"], ..PLAIN },
        order: "id",
        rows: Rows { user: "tenant = $1 AND made_by = 'user:' || $2", ..NOBODYS },
    },
    Held {
        table: Table {
            name: "accounts",
            amounts: &["balance", "held", "credit_limit", "promotional", "low"],
            documents: &["traffic"],
            ..PLAIN
        },
        order: "account, currency",
        rows: Rows { customer: "tenant = $1 AND account = $2", agent: "tenant = $1 AND account = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "entries", amounts: &["amount", "promotional"], ..PLAIN },
        order: "key",
        rows: Rows { customer: "tenant = $1 AND customer = $2", agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "lines", documents: &["details"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "line_plans", ..PLAIN },
        order: "line, from_at",
        rows: Rows {
            customer: "tenant = $1 AND line IN (SELECT id FROM lines WHERE tenant = $1 AND customer = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "phones", hidden: &["secret_hash"], ..PLAIN },
        order: "line",
        rows: Rows {
            customer: "tenant = $1 AND line IN (SELECT id FROM lines WHERE tenant = $1 AND customer = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "blocked_numbers", ..PLAIN },
        order: "line, number",
        rows: Rows {
            customer: "tenant = $1 AND line IN (SELECT id FROM lines WHERE tenant = $1 AND customer = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "sip_accounts", hidden: &["digest"], ..PLAIN },
        order: "line",
        rows: Rows {
            customer: "tenant = $1 AND line IN (SELECT id FROM lines WHERE tenant = $1 AND customer = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "inbound_numbers", ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND line IN (SELECT id FROM lines WHERE tenant = $1 AND customer = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "suspensions", ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND line IN (SELECT id FROM lines WHERE tenant = $1 AND customer = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "included_seconds", ..PLAIN },
        order: "line, period_from",
        rows: Rows {
            customer: "tenant = $1 AND line IN (SELECT id FROM lines WHERE tenant = $1 AND customer = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table {
            name: "calls",
            amounts: &["total", "tax", "agent_part", "held"],
            documents: &["charge", "session", "payer"],
            ..PLAIN
        },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "rerated_calls", documents: &["before", "after"], ..PLAIN },
        order: "rerating, call",
        rows: Rows {
            customer: "tenant = $1 AND call IN (SELECT id FROM calls WHERE tenant = $1 AND customer = $2)",
            agent: "tenant = $1 AND call IN (SELECT id FROM calls WHERE tenant = $1 AND agent = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "carried_legs", amounts: &["cost"], documents: &["charge"], ..PLAIN },
        order: "call, leg",
        rows: Rows {
            customer: "tenant = $1 AND call IN (SELECT id FROM calls WHERE tenant = $1 AND customer = $2)",
            agent: "tenant = $1 AND call IN (SELECT id FROM calls WHERE tenant = $1 AND agent = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "flows", documents: &["flow"], ..PLAIN },
        order: "origin",
        rows: Rows {
            customer: "tenant = $1 AND origin IN (SELECT origin FROM calls WHERE tenant = $1 AND customer = $2)",
            agent: "tenant = $1 AND origin IN (SELECT origin FROM calls WHERE tenant = $1 AND agent = $2 UNION SELECT origin FROM group_calls WHERE tenant = $1 AND agent = $2)",
            caller: "tenant = $1 AND origin IN (SELECT origin FROM group_calls WHERE tenant = $1 AND agent_group = $2 AND caller IN ($3, $4))",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "recordings", ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND customer = $2",
            agent: "tenant = $1 AND origin IN (SELECT origin FROM calls WHERE tenant = $1 AND agent = $2)",
            caller: "tenant = $1 AND agent_group = $2 AND from_number IN ($3, $4)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "transcripts", ..PLAIN },
        order: "origin, leg",
        rows: Rows {
            customer: "tenant = $1 AND (origin, leg) IN (SELECT origin, leg FROM recordings WHERE tenant = $1 AND customer = $2)",
            caller: "tenant = $1 AND (origin, leg) IN (SELECT origin, leg FROM recordings WHERE tenant = $1 AND agent_group = $2 AND from_number IN ($3, $4))",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "allowances", ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND customer = $2",
            agent: "tenant = $1 AND agent = $2",
            user: "tenant = $1 AND granted_by = 'user:' || $2",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "payments", amounts: &["amount", "unspent"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "reversals", amounts: &["amount"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "checkouts", amounts: &["amount"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "saved_cards", ..PLAIN },
        order: "customer",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "automatic_top_ups", amounts: &["below", "amount"], ..PLAIN },
        order: "customer",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "bank_files", documents: &["rejects"], ..PLAIN },
        order: "id",
        rows: Rows { user: "tenant = $1 AND imported_by = 'user:' || $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "bank_rows", amounts: &["amount"], hidden: &["origin"], ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND customer = $2",
            user: "tenant = $1 AND decided_by = 'user:' || $2",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "voucher_batches", amounts: &["amount"], ..PLAIN },
        order: "id",
        rows: Rows { user: "tenant = $1 AND created_by = 'user:' || $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "vouchers", hidden: &["digest"], ..PLAIN },
        order: "batch, position",
        rows: Rows { customer: "tenant = $1 AND redeemed_by = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "voucher_tries", documents: &["wrong_at"], ..PLAIN },
        order: "customer",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "credits", amounts: &["amount", "unspent"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "top_up_requests", amounts: &["amount"], ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND customer = $2",
            user: "tenant = $1 AND decided_by = 'user:' || $2",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "charged_events", amounts: &["amount", "tax"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "items", amounts: &["amount"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "billing", amounts: &["fee_taken", "fee_tax"], ..PLAIN },
        order: "line",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "unbilled", amounts: &["amount", "tax"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table {
            name: "documents",
            amounts: &["net", "tax", "total", "usage", "settled"],
            documents: &["paper"],
            ..PLAIN
        },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", agent: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "drawings", ..PLAIN },
        order: "document",
        rows: Rows {
            customer: "tenant = $1 AND document IN (SELECT id FROM documents WHERE tenant = $1 AND customer = $2)",
            agent: "tenant = $1 AND document IN (SELECT id FROM documents WHERE tenant = $1 AND customer = $2)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "allocations", amounts: &["amount"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "fraud_alerts", ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND customer = $2",
            user: "tenant = $1 AND reviewed_by = 'user:' || $2",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "conversations", ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "conversation_numbers", ..PLAIN },
        order: "number",
        rows: Rows { customer: "tenant = $1 AND customer = $2", agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "messages", amounts: &["missing", "price", "tax", "agent_part"], ..PLAIN },
        order: "id",
        rows: Rows { customer: "tenant = $1 AND customer = $2", agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "blocks", ..PLAIN },
        order: "customer, agent, blocked_by",
        rows: Rows { customer: "tenant = $1 AND customer = $2", agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "phone_checks", ..PLAIN },
        order: "agent, number",
        rows: Rows { agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "presences", ..PLAIN },
        order: "agent",
        rows: Rows { agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "ratings", ..PLAIN },
        order: "call",
        rows: Rows { customer: "tenant = $1 AND customer = $2", agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "payouts", amounts: &["amount"], ..PLAIN },
        order: "id",
        rows: Rows { agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "payout_files", amounts: &["amount"], hidden: &["payer", "left_out"], ..PLAIN },
        order: "id",
        rows: Rows { user: "tenant = $1 AND (made_by = 'user:' || $2 OR withdrawn_by = 'user:' || $2)", ..NOBODYS },
    },
    Held {
        table: Table { name: "payout_file_items", amounts: &["amount"], ..PLAIN },
        order: "file, payout",
        rows: Rows { agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "settlements", amounts: &["payable"], ..PLAIN },
        order: "currency, due_on",
        rows: Rows { agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "shifts", ..PLAIN },
        order: "id",
        rows: Rows { agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "overrides", documents: &["change"], ..PLAIN },
        order: "id",
        rows: Rows { agent: "tenant = $1 AND change LIKE '%' || $2 || '%'", ..NOBODYS },
    },
    Held {
        table: Table { name: "group_calls", documents: &["attempts"], ..PLAIN },
        order: "origin",
        rows: Rows {
            agent: "tenant = $1 AND (agent = $2 OR attempts LIKE '%' || $2 || '%')",
            user: "tenant = $1 AND (noted_by = 'user:' || $2 OR placed_by = 'user:' || $2)",
            caller: "tenant = $1 AND agent_group = $2 AND caller IN ($3, $4)",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "reminders", documents: &["told"], ..PLAIN },
        order: "date, agent",
        rows: Rows { agent: "tenant = $1 AND agent = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "sms", documents: &["about"], ..PLAIN },
        order: "id",
        // Of a conversation's those that went to somebody: the others have the number of the other one.
        rows: Rows {
            customer: "tenant = $1 AND about LIKE '%' || $2 || '%' AND about LIKE '%\"to\":\"customer\"%'",
            agent: "tenant = $1 AND about LIKE '%' || $2 || '%' AND about NOT LIKE '%\"to\":\"customer\"%'",
            caller: "tenant = $1 AND other_number = $4 AND $2 <> $3",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "sms_stops", ..PLAIN },
        order: "own_number, other_number",
        rows: Rows {
            customer: "tenant = $1 AND EXISTS (SELECT 1 FROM customers c WHERE c.tenant = $1 AND c.id = $2 AND c.details LIKE '%\"' || other_number || '\"%')",
            caller: "tenant = $1 AND other_number = $4 AND $2 <> $3",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "incoming_sms", ..PLAIN },
        order: "id",
        rows: Rows {
            // Of what a customer writes into a conversation it is the sender by its id.
            customer: "tenant = $1 AND sender = $2",
            agent: "tenant = $1 AND agent = $2",
            caller: "tenant = $1 AND sender IN ($3, $4) AND $2 <> $3",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "swaps", documents: &["acts"], ..PLAIN },
        order: "id",
        rows: Rows {
            agent: "tenant = $1 AND (agent = $2 OR taken_by = $2 OR only_for = $2 OR acts LIKE '%' || $2 || '%')",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "calendars", hidden: &["secret_hash"], ..PLAIN },
        order: "owner",
        rows: Rows { agent: "tenant = $1 AND owner = $2", ..NOBODYS },
    },
    Held {
        table: Table { name: "jobs", documents: &["payload"], ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND (key LIKE '%' || $2 || '%' OR payload LIKE '%' || $2 || '%')",
            agent: "tenant = $1 AND (key LIKE '%' || $2 || '%' OR payload LIKE '%' || $2 || '%')",
            user: "tenant = $1 AND (key LIKE '%' || $2 || '%' OR payload LIKE '%' || $2 || '%')",
            caller: "tenant = $1 AND payload LIKE '%' || $2 || '%' AND (payload LIKE '%' || $3 || '%' OR payload LIKE '%' || $4 || '%')",
        },
    },
    Held {
        table: Table { name: "hook_events", documents: &["body"], ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND body LIKE '%' || $2 || '%'",
            agent: "tenant = $1 AND body LIKE '%' || $2 || '%'",
            ..NOBODYS
        },
    },
    Held {
        table: Table { name: "audit", documents: &["before", "after"], ..PLAIN },
        order: "id",
        rows: Rows {
            customer: "tenant = $1 AND (subject = $2 OR subject IN (SELECT id FROM lines WHERE tenant = $1 AND customer = $2))",
            agent: "tenant = $1 AND subject = $2",
            user: "tenant = $1 AND (subject = $2 OR actor = 'user:' || $2)",
            caller: "tenant = $1 AND subject = $3 AND $2 <> $4",
        },
    },
];

/// All other tables, and why nothing of them is any person's.
pub(super) const OTHERS: &[(&str, &str)] = &[
    ("tenants", "the company itself, with the addresses that it has set for its mails and documents"),
    ("agent_groups", "groups, with the addresses that they have set for their mails and the callers whom they refuse"),
    ("group_numbers", "numbers of groups"),
    ("plans", "prices"),
    ("plan_versions", "prices"),
    ("decks", "prices"),
    ("deck_versions", "prices"),
    ("imports", "which files were read, with what could not be"),
    ("reratings", "which calls were to be priced anew: the calls themselves are there"),
    ("idempotency", "answers that are given again for two days, of what is there"),
    ("series", "the next numbers of documents"),
    ("bill_runs", "when invoices were made, and how many"),
    ("months", "when months were closed, with their sums"),
    ("webhooks", "addresses that are told what happens"),
    ("hook_deliveries", "when webhooks were told: what they were is there"),
    ("hook_attempts", "how webhooks answered"),
    ("switch_roles", "which program carries calls"),
    ("phone_tokens", "secrets with which a phone registers for a few minutes"),
    ("maintenance", "whether calls are taken"),
    ("trunks", "ways to other networks"),
    ("trunk_routes", "ways to other networks"),
    ("recording_parts", "the audio of what is in recordings"),
    ("sounds", "what everybody hears who calls"),
    ("imported_events", "digests of the names of events"),
    ("_sqlx_migrations", "the steps that have made the tables"),
];
