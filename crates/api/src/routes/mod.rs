//! The routes, one file a group. A handler reads the request, calls one use case and writes the answer.

mod accesses;
mod agent_imports;
mod agents;
mod alerts;
mod allowances;
mod audio;
mod audit;
mod automatic_top_ups;
mod balances;
mod bank;
mod bank_accounts;
mod bill_runs;
mod blocking;
mod blocks;
mod books;
mod calendars;
mod call_backs;
mod call_events;
mod callable;
mod calls;
mod calls_export;
mod carried;
mod charging;
mod checkouts;
mod conversations;
mod corrections;
mod customers;
mod deck_entries;
mod decks;
mod duties;
mod earnings;
mod erasures;
pub(crate) mod explorer;
mod figures;
mod finished_calls;
mod group_calls;
mod group_messages;
mod group_statistics;
mod groups;
mod hang_up;
mod health;
#[cfg(test)]
mod hidden;
mod imports;
mod inbound_numbers;
mod invitations;
mod invoices;
mod issued;
mod items;
mod jobs;
mod keys;
mod ledger;
mod limits;
mod lines;
mod live;
mod maintenance;
mod me;
mod members;
mod messages;
mod months;
mod names;
mod overview;
mod own_group_calls;
mod own_shifts;
mod paper_lines;
mod papers;
mod password_resets;
mod paying;
mod payments;
mod payout_files;
mod payouts;
mod personal_data;
mod phone_checks;
mod phone_rules;
mod phones;
mod placed_calls;
mod plan_changes;
mod plans;
mod presence;
mod quotes;
mod ratings;
mod recordings;
mod refunds;
mod reminders;
mod reports;
mod reratings;
mod reversals;
mod rosters;
mod session;
mod sessions;
mod set_up;
mod sip_accounts;
mod sms;
mod sounds;
mod suspensions;
mod swaps;
mod talk_time;
mod tenant;
mod test_clock;
mod top_ups;
mod transfers;
mod trunk_routes;
mod trunks;
mod unrated;
mod usage;
mod vouchers;
mod ways;
mod webhook_deliveries;
mod webhooks;

pub(crate) use set_up::NewTenantDocument;

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;

use crate::body::{LARGEST_FILE, LARGEST_FORM, LARGEST_JSON};
use crate::{App, BULK, QUICK, envelope, pages};

/// Every route, with its operation.
pub(crate) fn all(with_test_clock: bool) -> OpenApiRouter<App> {
    let quick = [
        accesses::routes(),
        agent_imports::routes(),
        agents::routes(),
        allowances::routes(),
        audit::routes(),
        balances::routes(),
        bill_runs::routes(),
        blocks::routes(),
        conversations::routes(),
        corrections::routes(),
        customers::routes(),
        invoices::routes(),
        issued::routes(),
        items::routes(),
        jobs::routes(),
        decks::routes(),
        earnings::routes(),
        figures::routes(),
        keys::routes(),
        ledger::routes(),
        lines::routes(),
        members::routes(),
        messages::routes(),
        names::routes(),
        overview::routes(),
        payments::routes(),
        payouts::routes(),
        payout_files::routes(),
        bank_accounts::routes(),
        plans::routes(),
        presence::routes(),
        sessions::routes(),
        suspensions::routes(),
        alerts::routes(),
        tenant::routes(),
        top_ups::routes(),
        transfers::routes(),
        vouchers::routes(),
        bank::routes(),
        webhook_deliveries::routes(),
        webhooks::routes(),
        explorer::document_route(),
    ];
    let people = [invitations::routes(), me::routes(), password_resets::routes(), session::routes(), set_up::routes()];
    let bulk = [
        bill_runs::bulk_routes(),
        books::routes(),
        deck_entries::routes(),
        erasures::routes(),
        imports::routes(),
        months::bulk_routes(),
        personal_data::routes(),
        reratings::bulk_routes(),
    ];
    let people = merged(people).layer(DefaultBodyLimit::max(LARGEST_FORM));
    let quick = merged(quick)
        .merge(of_calls())
        .merge(of_telephony())
        .layer(DefaultBodyLimit::max(LARGEST_JSON))
        .merge(people)
        .layer(from_fn(|request, next| envelope::within(QUICK, request, next)));
    let bulk = merged(bulk)
        .layer(DefaultBodyLimit::max(LARGEST_FILE))
        .layer(from_fn(|request, next| envelope::within(BULK, request, next)));
    let mut api = quick.merge(bulk);
    if with_test_clock {
        api = api.merge(test_clock::routes());
    }
    OpenApiRouter::new().nest("/api/v1", api).merge(health::routes()).merge(explorer::routes()).merge(pages::routes())
}

fn of_calls() -> OpenApiRouter<App> {
    merged([
        call_events::routes(),
        callable::routes(),
        checkouts::routes(),
        automatic_top_ups::routes(),
        calls::routes(),
        calls_export::routes(),
        placed_calls::routes(),
        charging::routes(),
        hang_up::routes(),
        limits::routes(),
        live::routes(),
        maintenance::routes(),
        quotes::routes(),
        ratings::routes(),
        recordings::routes(),
        reminders::routes(),
        refunds::routes(),
        months::routes(),
        reports::routes(),
        reratings::routes(),
        reversals::routes(),
        talk_time::routes(),
        unrated::routes(),
        usage::routes(),
    ])
}

fn of_telephony() -> OpenApiRouter<App> {
    merged([
        groups::routes(),
        call_backs::routes(),
        group_calls::routes(),
        own_group_calls::routes(),
        group_messages::routes(),
        group_statistics::routes(),
        rosters::routes(),
        duties::routes(),
        own_shifts::routes(),
        phone_checks::routes(),
        swaps::routes(),
        calendars::routes(),
        sounds::routes(),
        inbound_numbers::routes(),
        sip_accounts::routes(),
        sms::routes(),
        trunk_routes::routes(),
        trunks::routes(),
        ways::routes(),
    ])
}

fn merged(groups: impl IntoIterator<Item = OpenApiRouter<App>>) -> OpenApiRouter<App> {
    groups.into_iter().fold(OpenApiRouter::new(), OpenApiRouter::merge)
}
