use std::collections::{BTreeMap, BTreeSet};

use engine::calls::Call;
use engine::imports::{CustomerBy, Format, Options};
use serde_json::json;

use super::{after_the_calls, all_calls, assert_books_are_right, asterisk, data, import, quoted, with_customers};
use crate::world::on_both;

const NAME: &str = "cdr-settings/unanswered-yes_congestion-yes";

/// A file of 21 columns, of what a real Asterisk wrote in two: 18 columns, and the rest in another file.
fn rows_of_21_columns() -> Vec<String> {
    let master = String::from_utf8(data(&format!("{NAME}.Master.csv"))).unwrap();
    let billing = String::from_utf8(data(&format!("{NAME}.Billing.csv"))).unwrap();
    let rows = master.lines().zip(billing.lines()).map(|(row, more)| {
        let more: Vec<&str> = more.split(',').map(|field| field.trim_matches('"')).collect();
        assert!(row.contains(more[0]), "both files have the same order");
        format!("{row},\"{}\",\"{}\",{}", more[14], more[1], more[13])
    });
    rows.collect()
}

/// Of the answered rows of each conversation and payer, the sequence of the first.
fn charged_sequences() -> BTreeSet<u64> {
    let billing = String::from_utf8(data(&format!("{NAME}.Billing.csv"))).unwrap();
    let mut first: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in billing.lines() {
        let row: Vec<&str> = row.split(',').map(|field| field.trim_matches('"')).collect();
        if row[12] == "ANSWERED" && !row[2].is_empty() {
            let sequence = row[13].parse().unwrap();
            let first = first.entry((row[1].to_owned(), row[2].to_owned())).or_insert(sequence);
            *first = sequence.min(*first);
        }
    }
    first.into_values().collect()
}

fn sequences(calls: &[Call], charged: bool) -> BTreeSet<u64> {
    let of_kind = calls.iter().filter(|call| {
        let price = call.price.as_ref().filter(|_| call.answered_at.is_some());
        price.is_some_and(|price| (price.source != "same_conversation") == charged)
    });
    of_kind.map(|call| call.origin.rsplit_once(':').unwrap().1.parse().unwrap()).collect()
}

#[tokio::test]
async fn each_payer_is_charged_once_a_conversation_by_its_first_record() {
    let rows = rows_of_21_columns();
    let backwards: Vec<String> = rows.iter().rev().cloned().collect();
    let twice = [rows.clone(), backwards.clone()].concat();
    for (file, duplicates) in [(&rows, 0), (&backwards, 0), (&twice, 259)] {
        on_both(async |world| {
            after_the_calls(&world).await;
            let file = file.join("\n") + "\n";
            let (summary, _) = import(&world, &with_customers(asterisk()), file.as_bytes()).await.unwrap();
            assert_eq!((summary.rejected, summary.duplicates), (0, duplicates));
            let mut calls = all_calls(&world).await;
            assert_eq!(calls.len(), 259);
            let charged = charged_sequences();
            assert_eq!(sequences(&calls, true), charged);
            assert!(!sequences(&calls, false).is_empty() && sequences(&calls, false).is_disjoint(&charged));

            calls.retain(|call| call.price.as_ref().is_none_or(|price| price.source != "same_conversation"));
            for (code, total) in quoted(&calls) {
                assert_eq!(summary.accounts[&code].amount, Some(total.to_string()), "{code}");
            }
            assert_books_are_right(&world).await;
        })
        .await;
    }
}

/// What was charged before stays charged: a later file with an earlier record of the conversation changes nothing.
#[tokio::test]
async fn a_conversation_on_record_is_not_charged_again() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let row = |sequence: u64| {
            format!(
                "\"acme\",\"0017\",\"0018\",\"c\",\"\",\"A\",\"B\",\"Dial\",\"\",\"2026-11-20 09:19:36\",\"2026-11-20 09:19:37\",\"2026-11-20 09:19:40\",4,3,\"ANSWERED\",\"D\",\"pbx-1.{sequence}\",\"\",\"\",\"pbx-1.1\",{sequence}\n"
            )
        };
        let options = with_customers(asterisk());
        let (first, _) = import(&world, &options, row(7).as_bytes()).await.unwrap();
        assert_eq!(first.amount.as_deref(), Some("0.021"));
        let (second, _) = import(&world, &options, (row(6) + &row(7)).as_bytes()).await.unwrap();
        assert_eq!((second.rated, second.duplicates, second.amount.as_deref()), (1, 1, Some("0.00")));
    })
    .await;
}

/// One customer may pay for a conversation through two of its lines: then too the earliest record is the one that is charged.
#[tokio::test]
async fn of_two_lines_of_one_customer_the_earlier_record_is_charged() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let customer = world.customer("Acme").await;
        let plan = world.plan("Two lines", json!({})).await;
        for number in ["0017", "0018"] {
            world.line(&customer, number, &plan).await;
        }
        let row = |line: &str, sequence: u64| {
            format!(
                "\"\",\"{line}\",\"0019\",\"c\",\"\",\"A\",\"B\",\"Dial\",\"\",\"2026-11-20 09:19:36\",\"2026-11-20 09:19:37\",\"2026-11-20 09:19:40\",4,3,\"ANSWERED\",\"D\",\"pbx-1.{sequence}\",\"\",\"\",\"pbx-1.1\",{sequence}\n"
            )
        };
        let options = Options::of(Format::AsteriskCsv { customer_by: CustomerBy::Source });
        let file = row("0017", 6) + &row("0018", 5);
        import(&world, &options, file.as_bytes()).await.unwrap();
        let calls = all_calls(&world).await;
        assert_eq!((sequences(&calls, true), sequences(&calls, false)), (BTreeSet::from([5]), BTreeSet::from([6])));
    })
    .await;
}
