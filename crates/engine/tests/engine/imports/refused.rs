use engine::imports::{Format, ImportError, Mapping, MappingError, Options};
use serde_json::json;

use super::{after_the_calls, all_calls, asterisk, data, import, imports_on_record, with_customers};
use crate::world::on_both;

#[tokio::test]
async fn a_fault_in_the_options_leaves_no_trace() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let file = data("cdr-settings/unanswered-no_congestion-no.Master.csv");
        let named = Mapping::parse(["to=called", "from=caller", "ended_at=end"]).unwrap();
        type Case = (Options, fn(&ImportError) -> bool);
        let refusals: [Case; 6] = [
            (Options { time_zone: Some("Mars/Olympus".to_owned()), ..asterisk() }, |error| {
                matches!(error, ImportError::Zone(_))
            }),
            (Options { plan: Some("None".to_owned()), create_missing: true, ..asterisk() }, |error| {
                matches!(error, ImportError::Plan(_))
            }),
            (Options { plan: Some("Switch".to_owned()), ..asterisk() }, |error| {
                matches!(error, ImportError::PlanWithoutUse)
            }),
            (Options { create_missing: true, ..asterisk() }, |error| matches!(error, ImportError::PlanMissing)),
            (Options { system: "a:b".to_owned(), ..asterisk() }, |error| matches!(error, ImportError::SystemName(_))),
            (with_customers(Options::of(Format::Csv { mapping: named })), |error| {
                matches!(error, ImportError::Mapping(MappingError::NoColumn { .. }))
            }),
        ];
        for (options, expected) in refusals {
            let error = import(&world, &options, &file).await.unwrap_err();
            assert!(expected(&error), "{error}");
        }
        assert_eq!(imports_on_record(&world).await, []);
        assert!(all_calls(&world).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn bad_rows_go_to_the_rejects_and_the_rest_goes_on() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let file = data("cdr-settings/unanswered-no_congestion-no.Master.csv");
        let mut lines: Vec<Vec<u8>> = file.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        lines[1].truncate(60);
        lines[3] = b"\"Zo\xeb\",nonsense".to_vec();
        lines[4].splice(0..0, *b"\"\0");
        lines[6].extend_from_slice(b",more");
        let (summary, rejects) = import(&world, &with_customers(asterisk()), &lines.join(&b'\n')).await.unwrap();
        assert_eq!((summary.rejected, summary.rated + summary.unrated), (4, summary.rows - 4));
        let mut reader = csv::Reader::from_reader(rejects.as_bytes());
        assert_eq!(reader.headers().unwrap(), vec!["line", "reason", "row"]);
        let rejects: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rejects.iter().map(|reject| &reject[0]).collect::<Vec<_>>(), ["2", "4", "5", "7"]);
        assert!(rejects[0][2].as_bytes() == lines[1].as_slice() && rejects[1][1].contains("--encoding latin-1"));
    })
    .await;
}

/// A payer who cannot be made a customer costs a price, and not the import.
#[tokio::test]
async fn payers_who_cannot_be_made_customers() {
    on_both(async |world| {
        after_the_calls(&world).await;
        let prepaid = world.plan("Prepaid", json!({"kind": "prepaid"})).await;
        let known = world.customer("Known").await;
        let calls = [("known", "0041"), ("new", "0042"), ("", "0043")].map(|(code, from)| {
            json!({"account_code": code, "from": from, "to": "0001", "answered_at": "2026-11-20T09:00:00Z",
                "duration_seconds": "7.5"})
            .to_string()
        });
        let mut update = engine::customers::CustomerUpdate {
            details: known.details.clone(),
            external_reference: Some("known".to_owned()),
            state: known.state,
        };
        update.details.organisation = Some("Known".to_owned());
        world.run(async |work| engine::customers::update(work, &known.id, update, 1).await).await.unwrap();
        let options =
            Options { create_missing: true, plan: Some(prepaid.id.clone()), ..Options::of(Format::JsonLines) };
        let (summary, _) = import(&world, &options, calls.join("\n").as_bytes()).await.unwrap();
        // The postpaid customer cannot have the plan; a call without a code is its number's, and has become one.
        assert_eq!((summary.created_customers, summary.rated, summary.unrated), (2, 2, 1));
        let refused: Vec<_> = summary.refused_customers.iter().map(|refused| &refused.external_reference).collect();
        assert_eq!(refused, ["known"]);
        assert_eq!(summary.seconds, 24);
    })
    .await;
}
