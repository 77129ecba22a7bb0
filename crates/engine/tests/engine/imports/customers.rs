use std::io::{Cursor, Read};

use domain::money::Amount;
use engine::accounts;
use engine::imports::customers::{Summary, TableError, run};
use engine::imports::{ImportError, Source};
use serde_json::json;

use super::{assert_books_are_right, balances, imports_on_record};
use crate::world::{World, amount, at, on_both};

const HEADER: &str = "external_reference,organisation,mode,credit_limit,number,plan,opened_at,opening_balance\n";

async fn import(world: &World, file: &str, dry_run: bool) -> Result<Summary, ImportError> {
    let open = || Ok(Box::new(Cursor::new(file.as_bytes().to_vec())) as Box<dyn Read + Send>);
    run(&world.engine, &world.actor, &Source { name: "customers.csv", open: &open }, dry_run).await
}

async fn plans(world: &World) {
    world.plan("Basic", json!({})).await;
    world.plan("Top-up", json!({"kind": "prepaid"})).await;
}

fn counts(summary: &Summary) -> [u64; 5] {
    let Summary { rows, customers_created, lines_created, opening_balances, duplicates, .. } = summary;
    [*rows, *customers_created, *lines_created, *opening_balances, *duplicates]
}

#[tokio::test]
async fn customers_with_lines_and_balances() {
    on_both(async |world| {
        plans(&world).await;
        let file = format!(
            "\u{feff}{HEADER}c1,\"Acme, Ltd\",postpaid,100.00,0001,Basic,2026-01-05,-12.50\r\n\
             c2,Birch,prepaid,,####,Top-up,,20\r\n\
             c1,,,,+44 1632 960001,Basic,2026-01-06 08:00:00,-12.50\r\n\
             c3,Cedar,,,,,,\r\n"
        );
        let dry = import(&world, &file, true).await.unwrap();
        assert_eq!((counts(&dry), dry.written), ([4, 3, 3, 2, 0], false));
        assert!(balances(&world).await.is_empty() && imports_on_record(&world).await.is_empty());

        let done = import(&world, &file, false).await.unwrap();
        assert_eq!((counts(&done), done.written), ([4, 3, 3, 2, 0], true));
        let expected = [("c1", "-12.50"), ("c2", "20"), ("c3", "0")];
        let expected = expected.map(|(reference, balance)| (reference.to_owned(), amount(balance)));
        assert_eq!(balances(&world).await, expected.into_iter().collect());

        let mut view = world.view().await;
        let acme = &engine::customers::page(&mut view, Some("acme"), None, 10).await.unwrap()[0];
        let account = accounts::get(&mut view, &acme.id, acme.currency).await.unwrap();
        assert_eq!(account.credit_limit, Some(amount("100")));
        let lines = engine::lines::of_customer(&mut view, &acme.id).await.unwrap();
        let lines: Vec<_> = lines.iter().map(|line| (line.number.as_str(), line.opened_at)).collect();
        assert_eq!(lines, [("0001", at("2026-01-05T00:00:00Z")), ("+441632960001", at("2026-01-06T08:00:00Z"))]);

        let again = import(&world, &file, false).await.unwrap();
        assert_eq!((counts(&again), again.written), ([4, 0, 0, 0, 4], true));
        let more = format!("{file}c1,,,,0077,Basic,,\r\n");
        assert_eq!(counts(&import(&world, &more, false).await.unwrap()), [5, 0, 1, 0, 4]);
        assert_eq!(balances(&world).await.values().copied().sum::<Option<Amount>>(), Some(amount("7.50")));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn one_bad_row_and_nothing_is_written() {
    on_both(async |world| {
        plans(&world).await;
        for (row, reason) in [
            (",Acme,,,0001,Basic,,", "external_reference: must not be empty"),
            ("c1,,,,0001,Basic,,", "/organisation: give an organisation, or a first or last name"),
            ("c1,Acme,,,0001,,,", "plan: a line needs a plan"),
            ("c1,Acme,,,,Basic,,", "number: a line needs a number, or #### for a free extension"),
            ("c1,Acme,,,0001,None,,", "there is no plan None"),
            ("c1,Acme,,,0001,Top-up,,", "the plan \"Top-up\" is prepaid, the customer is postpaid"),
            ("c1,Acme,gold,,0001,Basic,,", "mode: \"gold\" is neither prepaid nor postpaid"),
            ("c1,Acme,prepaid,5,0001,Top-up,,", "/credit_limit: a prepaid customer has no credit"),
            ("c1,Acme,,-5,0001,Basic,,", "/credit_limit: must not be below zero"),
            ("c1,Acme,,,x,Basic,,", "/number: 'x' is no part of a number"),
            ("c1,Acme,,,0900,Basic,,", "the number 0900 is taken: another line has it, or had it in the last 90 days"),
            ("c1,Acme,,,0001,Basic,2026-13-01,", "opened_at: \"2026-13-01\" is not a time such as"),
            ("c1,Acme,,,0001,Basic,2027-01-01,", "/opened_at: must not be in the future"),
            ("c1,Acme,,,0001,Basic,,1.0000001", "opening_balance: \"1.0000001\" has more than 6 decimals"),
            ("c1,Acme,,,0001,Basic,,1e3", "opening_balance: \"1e3\" is not an amount"),
            ("c0,Other,,,0001,Basic,,", "organisation: differs from line 2, of the same customer"),
            ("c1,Acme,,,0001,Basic,", "the row has 7 columns in place of 8"),
            ("c1,\"Acme,,,0001,Basic,,", "a quotation mark is opened and not closed"),
        ] {
            let file = format!("{HEADER}c0,Good,,,0900,Basic,,5.00\n{row}\n");
            for dry_run in [true, false] {
                let summary = import(&world, &file, dry_run).await.unwrap();
                assert_eq!((summary.rejected, summary.written, summary.rows), (1, false, 2), "{row}");
                let reject = &summary.rejects[0];
                assert!(reject.line == 3 && reject.row == row, "{row}: {reject:?}");
                assert!(reject.reason.starts_with(reason), "{row}: {}", reject.reason);
            }
        }
        assert!(balances(&world).await.is_empty() && imports_on_record(&world).await.is_empty());
        let changed = engine::audit::page(&mut world.view().await, None, None, 100).await.unwrap();
        assert!(changed.iter().all(|change| !change.action.starts_with("customer.")));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_table_of_customers() {
    on_both(async |world| {
        for (file, expected) in [
            ("", "the first line is no header line: the file is empty"),
            ("organisation\nAcme\n", "the column \"external_reference\" is missing"),
            ("external_reference,minutes\n", "the column \"minutes\" is not known"),
            ("external_reference,plan,Plan\n", "the column \"plan\" stands there twice"),
        ] {
            let error = import(&world, file, false).await.unwrap_err();
            assert!(error.to_string().starts_with(expected), "{error}");
            assert!(matches!(error, ImportError::Table(_)));
        }
        let many = format!("{HEADER}{}", "c1,Acme,,,,,,\n".repeat(20_001));
        let refused = import(&world, &many, false).await;
        assert!(matches!(refused, Err(ImportError::Table(TableError::TooManyRows))));
    })
    .await;
}
