use domain::money::Amount;
use engine::calls::{self, Filter, Span};
use engine::imports::{Mapping, Summary};
use serde_json::Value;

use super::{
    Options, after_the_calls, all_calls, assert_books_are_right, asterisk, balances, data, data_json, import,
    imports_on_record, quoted, with_customers,
};
use crate::world::{amount, on_both};

/// The figures of an import are those of the file's expected ones, by account code and in sum.
fn assert_as_expected(summary: &Summary, expected: &Value) {
    let master = &expected["master"];
    let answered = master["dispositions"]["ANSWERED"].as_u64().unwrap();
    let figures = (summary.rows, summary.answered, summary.seconds);
    assert_eq!(figures, (master["lines"].as_u64().unwrap(), answered, master["billsec"].as_i64().unwrap()));
    let accounts = master["by_accountcode"].as_object().unwrap();
    assert_eq!(summary.accounts.keys().collect::<Vec<_>>(), accounts.keys().collect::<Vec<_>>());
    for (code, account) in accounts {
        let ours = &summary.accounts[code];
        let theirs = ["lines", "answered", "billsec"].map(|figure| account[figure].as_i64().unwrap());
        assert_eq!([ours.rows.cast_signed(), ours.answered.cast_signed(), ours.seconds], theirs, "{code}");
    }
}

#[tokio::test]
async fn the_calls_of_a_real_asterisk() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let file = data("cdr-large.Master.csv.gz");
        let options = with_customers(asterisk());
        let (summary, rejects) = import(&world, &options, &file).await.unwrap();
        assert_as_expected(&summary, &data_json("cdr-large.expected.json"));
        let counts = (summary.rated, summary.unrated, summary.duplicates, summary.rejected, summary.created_customers);
        assert_eq!(counts, (4198, 344, 0, 0, 8));
        assert_eq!(summary.unrated_reasons.iter().collect::<Vec<_>>(), [(&"unknown_payer".to_owned(), &344)]);
        assert_eq!(rejects, "");

        let calls = all_calls(&world).await;
        let quoted = quoted(&calls);
        for (code, total) in &quoted {
            assert_eq!(summary.accounts[code].amount.as_deref(), Some(total.to_string().as_str()), "{code}");
        }
        let sum: Option<Amount> = quoted.values().copied().sum();
        assert_eq!(summary.amount, Some(sum.unwrap().to_string()));
        let owed = quoted.into_iter().map(|(code, total)| (code, total.negated().unwrap())).collect();
        assert_eq!(balances(&world).await, owed, "the balances are the sums of the quotes");
        assert_books_are_right(&world).await;

        let (again, _) = import(&world, &options, &file).await.unwrap();
        assert_eq!((again.rows, again.duplicates, again.rated, again.created_customers), (4542, 4542, 0, 0));
        assert_eq!((again.answered, again.seconds, again.amount.as_deref()), (0, 0, Some("0.00")));
        assert_eq!(balances(&world).await, owed);
        let finished = ("asterisk_csv".to_owned(), "finished".to_owned());
        assert_eq!(imports_on_record(&world).await, [finished.clone(), finished]);
    })
    .await;
}

#[tokio::test]
async fn the_month_of_a_customer_is_the_sum_of_its_calls() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let file = data("cdr-settings/unanswered-no_congestion-no.Master.csv");
        let (summary, _) = import(&world, &with_customers(asterisk()), &file).await.unwrap();
        let mut view = world.view().await;
        let november = Span::month("2026-11", &domain::time::Zone::utc()).unwrap();
        for customer in engine::customers::page(&mut view, None, None, 100).await.unwrap() {
            let account = &summary.accounts[customer.external_reference.as_ref().unwrap()];
            let filter = Filter { customer: Some(customer.id), ..Filter::default() };
            let totals = calls::totals(&mut view, &filter, std::slice::from_ref(&november)).await.unwrap();
            let [month] = totals.as_slice() else { panic!("{totals:?}") };
            let figures = (month.calls, month.answered, month.seconds, month.amounts[0].1.to_string());
            let (rows, answered) = (account.rows.cast_signed(), account.answered.cast_signed());
            assert_eq!(figures, (rows, answered, account.seconds, account.amount.clone().unwrap()));
        }
    })
    .await;
}

#[tokio::test]
async fn one_traffic_under_each_setting_of_asterisk() {
    for name in
        ["unanswered-no_congestion-no", "unanswered-yes_congestion-yes", "asterisk16_unanswered-no_congestion-yes"]
    {
        on_both(async |world| {
            after_the_calls(&world).await;
            let file = data(&format!("cdr-settings/{name}.Master.csv"));
            let (summary, _) = import(&world, &asterisk(), &file).await.unwrap();
            assert_as_expected(&summary, &data_json(&format!("cdr-settings/{name}.expected.json")));
            assert_eq!((summary.rated, summary.unrated), (0, summary.rows), "{name}: nobody is known yet");
        })
        .await;
    }
}

/// The custom records of Asterisk have fractions of seconds: they are read by a mapping.
#[tokio::test]
async fn records_with_fractions_by_a_mapping() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let name = "cdr-settings/unanswered-yes_congestion-yes";
        let expected = data_json(&format!("{name}.expected.json"));
        let parts = "account=3 from=4 to=5 started_at=8 answered_at=9 ended_at=10 duration_seconds=12 disposition=13";
        let mapping = Mapping::parse(parts.split(' ')).unwrap();
        let options = with_customers(Options::of(engine::imports::Format::Csv { mapping }));
        let file = data(&format!("{name}.Billing.csv"));
        let (summary, rejects) = import(&world, &options, &file).await.unwrap();
        assert_eq!((summary.rows, summary.rejected, rejects.as_str()), (259, 0, ""));
        assert_eq!(summary.answered, expected["master"]["dispositions"]["ANSWERED"].as_u64().unwrap());
        let text = String::from_utf8(file).unwrap();
        let talk = text.lines().map(|line| line.split(',').nth(11).unwrap().trim_matches('"').to_owned());
        let rounded_up = talk.map(|talk| {
            domain::rating::parse_duration(&talk).unwrap().div_euclid(1000) + i64::from(!talk.ends_with(".000000"))
        });
        assert_eq!(summary.seconds, rounded_up.sum::<i64>());
        quoted(&all_calls(&world).await);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn the_callers_number_pays_where_the_numbers_are_the_customers() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let options =
            Options::of(engine::imports::Format::AsteriskCsv { customer_by: engine::imports::CustomerBy::Source });
        let file = data("cdr-settings/unanswered-no_congestion-no.Master.csv");
        let (summary, _) = import(&world, &with_customers(options.clone()), &file).await.unwrap();
        assert_eq!((summary.unrated, summary.rejected, summary.refused_customers.len()), (0, 0, 0));
        let mut view = world.view().await;
        for customer in engine::customers::page(&mut view, None, None, 1000).await.unwrap() {
            let lines = engine::lines::of_customer(&mut view, &customer.id).await.unwrap();
            let numbers: Vec<_> = lines.iter().map(|line| Some(line.number.clone())).collect();
            assert_eq!(numbers, [customer.external_reference]);
        }
        let owed: Option<Amount> = balances(&world).await.into_values().sum();
        let owed = owed.unwrap().negated().unwrap();
        assert!(owed > amount("0"));
        assert_eq!(Some(owed.to_string()), summary.amount);
        let (again, _) = import(&world, &with_customers(options), &file).await.unwrap();
        assert_eq!((again.duplicates, again.created_customers), (again.rows, 0));
    })
    .await;
}
