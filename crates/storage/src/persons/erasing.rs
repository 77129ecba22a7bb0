//! What becomes of what is held of somebody who is erased, table by table, in the order in which it is done. A test compares it with the
//! catalogue.

use super::Fate::{self, Deleted, Kept, Nothing, Overwritten};
use crate::forgotten_calls;

/// What becomes of the rows of a table that are of somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Erasing {
    pub(super) table: &'static str,
    pub(super) customer: Fate,
    pub(super) agent: Fate,
    pub(super) user: Fate,
    pub(super) caller: Fate,
}

const NONE: Erasing = Erasing { table: "", customer: Nothing, agent: Nothing, user: Nothing, caller: Nothing };

const BOOKS: Fate = Kept("books are kept as the law of bookkeeping says");
const ISSUED: Fate = Kept("what was issued is never changed");
const NAMELESS: Fate = Kept("it names nobody but by an id that stands for nobody any more");
const STOPPED: Fate = Kept("nothing is sent to who has said STOP, and nothing would say so any more");
const COUNTED: Fate = Kept("it is counted, and names nobody");

/// What names a person goes; what only adds up stays.
pub(super) const ERASING: &[Erasing] = &[
    Erasing {
        table: "flows",
        customer: Deleted,
        agent: Kept("the ways of calls end by themselves soon, and name the agent by its id"),
        caller: Deleted,
        ..NONE
    },
    Erasing { table: "transcripts", customer: Deleted, caller: Deleted, ..NONE },
    Erasing { table: "recordings", customer: Deleted, agent: Deleted, caller: Deleted, ..NONE },
    Erasing {
        table: "group_calls",
        agent: NAMELESS,
        user: NAMELESS,
        caller: Overwritten {
            set: "caller = '', attempts = '[]', agent = NULL, language = NULL, note = NULL, outcome = NULL, noted_by = NULL, placed_by = NULL",
            where_named: "caller <> ''",
        },
        ..NONE
    },
    Erasing { table: "tickets", customer: Deleted, agent: Deleted, user: Deleted, ..NONE },
    Erasing { table: "jobs", customer: Deleted, agent: Deleted, user: Deleted, caller: Deleted },
    Erasing { table: "hook_events", customer: Deleted, agent: Deleted, ..NONE },
    Erasing { table: "conversation_numbers", customer: Deleted, agent: Deleted, ..NONE },
    Erasing { table: "sms", customer: Deleted, agent: Deleted, caller: Deleted, ..NONE },
    Erasing { table: "sms_stops", customer: STOPPED, caller: STOPPED, ..NONE },
    Erasing { table: "incoming_sms", customer: Deleted, agent: Deleted, caller: Deleted, ..NONE },
    Erasing { table: "sessions", user: Deleted, ..NONE },
    Erasing { table: "membership_customers", customer: Deleted, user: Deleted, ..NONE },
    Erasing { table: "phones", customer: Deleted, ..NONE },
    Erasing { table: "sip_accounts", customer: Deleted, ..NONE },
    Erasing { table: "blocked_numbers", customer: Deleted, ..NONE },
    Erasing {
        table: "inbound_numbers",
        customer: Kept("numbers are the company's, and lead to a closed line"),
        ..NONE
    },
    Erasing {
        table: "suspensions",
        customer: Overwritten { set: "note = NULL", where_named: "note IS NOT NULL" },
        ..NONE
    },
    Erasing { table: "line_plans", customer: NAMELESS, ..NONE },
    Erasing { table: "included_seconds", customer: BOOKS, ..NONE },
    Erasing {
        table: "calls",
        customer: Overwritten {
            set: forgotten_calls::numbers!(without),
            where_named: forgotten_calls::numbers!(named),
        },
        agent: Kept("books are kept; the agent is named by an id that stands for nobody any more"),
        ..NONE
    },
    Erasing { table: "rerated_calls", customer: BOOKS, agent: BOOKS, ..NONE },
    Erasing { table: "carried_legs", customer: BOOKS, agent: BOOKS, ..NONE },
    Erasing {
        table: "allowances",
        customer: Overwritten { set: "reason = ''", where_named: "reason <> ''" },
        agent: NAMELESS,
        user: NAMELESS,
        ..NONE
    },
    Erasing { table: "payments", customer: BOOKS, ..NONE },
    Erasing { table: "reversals", customer: BOOKS, ..NONE },
    Erasing { table: "checkouts", customer: Overwritten { set: "url = NULL", where_named: "url IS NOT NULL" }, ..NONE },
    Erasing { table: "saved_cards", customer: Deleted, ..NONE },
    Erasing { table: "automatic_top_ups", customer: Deleted, ..NONE },
    Erasing { table: "credits", customer: BOOKS, ..NONE },
    Erasing { table: "bank_files", user: NAMELESS, ..NONE },
    Erasing {
        table: "bank_rows",
        customer: Overwritten {
            set: "payer = NULL, account = NULL, text = '', note = NULL",
            where_named: "(payer IS NOT NULL OR account IS NOT NULL OR text <> '' OR note IS NOT NULL)",
        },
        user: NAMELESS,
        ..NONE
    },
    Erasing { table: "voucher_batches", user: NAMELESS, ..NONE },
    Erasing { table: "vouchers", customer: BOOKS, ..NONE },
    Erasing { table: "voucher_tries", customer: Deleted, ..NONE },
    Erasing {
        table: "top_up_requests",
        customer: Overwritten { set: "note = NULL", where_named: "note IS NOT NULL" },
        user: NAMELESS,
        ..NONE
    },
    Erasing { table: "charged_events", customer: BOOKS, ..NONE },
    Erasing { table: "items", customer: BOOKS, ..NONE },
    Erasing { table: "billing", customer: BOOKS, ..NONE },
    Erasing { table: "unbilled", customer: BOOKS, ..NONE },
    Erasing { table: "documents", customer: ISSUED, agent: ISSUED, ..NONE },
    Erasing { table: "drawings", customer: ISSUED, agent: ISSUED, ..NONE },
    Erasing { table: "allocations", customer: BOOKS, ..NONE },
    Erasing { table: "entries", customer: BOOKS, agent: BOOKS, ..NONE },
    Erasing {
        table: "accounts",
        customer: Overwritten { set: "traffic = NULL", where_named: "traffic IS NOT NULL" },
        agent: BOOKS,
        ..NONE
    },
    Erasing {
        table: "fraud_alerts",
        customer: Overwritten {
            set: "to_number = '', detail = '', note = NULL",
            where_named: "(to_number <> '' OR detail <> '' OR note IS NOT NULL)",
        },
        user: NAMELESS,
        ..NONE
    },
    Erasing { table: "conversations", customer: COUNTED, agent: COUNTED, ..NONE },
    Erasing {
        table: "messages",
        customer: Overwritten { set: "text = ''", where_named: "text <> ''" },
        agent: Overwritten { set: "text = ''", where_named: "sender = 'agent' AND text <> ''" },
        ..NONE
    },
    Erasing { table: "blocks", customer: Deleted, agent: Deleted, ..NONE },
    Erasing { table: "phone_checks", agent: Deleted, ..NONE },
    Erasing { table: "presences", agent: Deleted, ..NONE },
    Erasing {
        table: "ratings",
        customer: Overwritten { set: "comment = NULL", where_named: "comment IS NOT NULL" },
        agent: Overwritten { set: "comment = NULL", where_named: "comment IS NOT NULL" },
        ..NONE
    },
    Erasing { table: "payouts", agent: BOOKS, ..NONE },
    Erasing { table: "payout_files", user: NAMELESS, ..NONE },
    Erasing { table: "payout_file_items", agent: BOOKS, ..NONE },
    Erasing { table: "settlements", agent: BOOKS, ..NONE },
    Erasing { table: "shifts", agent: Kept("who was on duty is counted, and names nobody"), ..NONE },
    Erasing { table: "overrides", agent: NAMELESS, ..NONE },
    Erasing { table: "reminders", agent: Deleted, ..NONE },
    Erasing { table: "swaps", agent: Kept("it ends by itself, and names nobody but by an id"), ..NONE },
    Erasing { table: "calendars", agent: Deleted, ..NONE },
    Erasing { table: "api_keys", user: NAMELESS, ..NONE },
    Erasing {
        table: "audit",
        customer: Overwritten {
            set: "before = NULL, after = NULL",
            where_named: "(before IS NOT NULL OR after IS NOT NULL)",
        },
        agent: Overwritten {
            set: "before = NULL, after = NULL",
            where_named: "(before IS NOT NULL OR after IS NOT NULL)",
        },
        user: Overwritten {
            set: "before = NULL, after = NULL",
            // What it has done is told without it: who did it is the company's to answer for.
            where_named: "subject = $2 AND (before IS NOT NULL OR after IS NOT NULL)",
        },
        caller: Kept("that somebody has asked for it is kept, under a name that stands nowhere else"),
    },
    Erasing { table: "lines", customer: Overwritten { set: "details = '{}'", where_named: "details <> '{}'" }, ..NONE },
    Erasing {
        table: "users",
        user: Overwritten {
            set: "sign_in = id, email = NULL, name = 'Erased', language = NULL, password_hash = NULL, totp_secret = NULL, totp_pending = NULL, recovery_codes = '[]', state = 'disabled', version = version + 1",
            where_named: "name <> 'Erased' AND NOT EXISTS (SELECT 1 FROM memberships other WHERE other.member = $2 AND other.tenant <> $1)",
        },
        ..NONE
    },
    Erasing {
        table: "memberships",
        agent: Overwritten { set: "agent = NULL", where_named: "agent IS NOT NULL" },
        user: Deleted,
        ..NONE
    },
    Erasing {
        table: "agents",
        agent: Overwritten {
            set: "name = 'Erased', details = '{\"reminders\":false}', number = NULL, bank = NULL, version = version + 1",
            where_named: "name <> 'Erased'",
        },
        ..NONE
    },
    Erasing {
        table: "customers",
        customer: Overwritten {
            set: "name = 'Erased', external_reference = NULL, search = 'erased', state = 'closed', details = '{\"organisation\":\"Erased\"}', version = version + 1",
            where_named: "name <> 'Erased'",
        },
        ..NONE
    },
];
