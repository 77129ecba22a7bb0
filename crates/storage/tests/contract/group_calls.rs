//! Calls to groups, the numbers of groups, and transcripts, as they are kept.

use storage::group_calls::{self, GroupCallRecord};
use storage::groups::{self, GroupRecord};
use storage::recordings::{self, RecordingFilter};
use storage::{Error, transcripts};

use crate::databases::on_both;
use crate::recordings::message;

fn call(origin: &str, called_at: i64, version: i64) -> GroupCallRecord {
    GroupCallRecord {
        origin: origin.to_owned(),
        agent_group: "grp_1".to_owned(),
        caller: "caller-1".to_owned(),
        called_at,
        answered_at: None,
        ended_at: None,
        result: "running".to_owned(),
        agent: None,
        attempts: "[]".to_owned(),
        language: None,
        answers: None,
        placed_by: None,
        version,
    }
}

fn of(agent: &str, called_at: i64, ended_at: Option<i64>) -> GroupCallRecord {
    GroupCallRecord {
        answered_at: Some(called_at + 5),
        ended_at,
        agent: Some(agent.to_owned()),
        ..call(&format!("switch/{called_at}"), called_at, 1)
    }
}

#[tokio::test]
async fn a_call_is_written_again_by_what_is_later_and_keeps_its_note() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        let first = call("switch/1", 100, 1);
        group_calls::save(&mut tx, 1, std::slice::from_ref(&first)).await.unwrap();
        assert!(group_calls::note(&mut tx, (1, "switch/1"), (Some("note"), None), "user:1", 0).await.unwrap());
        assert!(!group_calls::note(&mut tx, (1, "switch/1"), (Some("other"), None), "user:2", 0).await.unwrap());
        assert!(!group_calls::note(&mut tx, (2, "switch/1"), (Some("note"), None), "user:1", 0).await.unwrap());
        let later = GroupCallRecord { result: "missed".to_owned(), ended_at: Some(130), ..call("switch/1", 100, 3) };
        group_calls::save(&mut tx, 1, &[later.clone(), call("switch/2", 100, 1)]).await.unwrap();
        // What is older changes nothing, nor does what a call began with.
        let older = GroupCallRecord { result: "answered".to_owned(), ..call("switch/1", 7, 2) };
        group_calls::save(&mut tx, 1, &[older]).await.unwrap();
        let found = group_calls::get(&mut tx, 1, "switch/1").await.unwrap().unwrap();
        assert_eq!(
            (found.call, found.note.as_deref(), found.noted_by.as_deref()),
            (later, Some("note"), Some("user:1"))
        );
        assert_eq!(group_calls::get(&mut tx, 2, "switch/1").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn pages_of_calls_go_back_in_time_and_lose_none_of_one_instant() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        let calls: Vec<_> = (0..7).map(|n| call(&format!("switch/{n}"), 100 + n / 3, 1)).collect();
        group_calls::save(&mut tx, 1, &calls).await.unwrap();
        let other = GroupCallRecord { agent_group: "grp_2".to_owned(), ..call("switch/9", 101, 1) };
        group_calls::save(&mut tx, 1, &[other]).await.unwrap();
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let last = before.as_ref().map(|(at, origin): &(i64, String)| (*at, origin.as_str()));
            let page = group_calls::page(&mut tx, (1, "grp_1"), (100, 102), last, 2).await.unwrap();
            let Some(row) = page.last() else { break };
            before = Some((row.call.called_at, row.call.origin.clone()));
            found.extend(page.into_iter().map(|row| row.call.origin));
        }
        let expected = ["5", "4", "3", "2", "1", "0"].map(|n| format!("switch/{n}"));
        assert_eq!(found, expected);
    })
    .await;
}

#[tokio::test]
async fn who_is_busy_and_who_was_idle_for_the_longest_time() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        let calls = [
            of("agt_1", 100, Some(150)),
            of("agt_1", 200, Some(250)),
            of("agt_2", 300, None),
            of("agt_3", 50, Some(60)),
        ];
        group_calls::save(&mut tx, 1, &calls).await.unwrap();
        let all = ["agt_1", "agt_2", "agt_4"];
        assert_eq!(group_calls::busy_among(&mut tx, 1, &all).await.unwrap(), ["agt_2"]);
        let mut last = group_calls::last_answered(&mut tx, 1, &all).await.unwrap();
        last.sort();
        assert_eq!(last, [("agt_1".to_owned(), 205), ("agt_2".to_owned(), 305)]);
        assert_eq!(group_calls::count_of_caller(&mut tx, (1, "grp_1"), "caller-1", 100).await.unwrap(), 3);
        assert_eq!(group_calls::count_of_caller(&mut tx, (1, "grp_1"), "caller-2", 100).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn calls_back_are_found_by_what_they_answer_and_are_none_that_came() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        let back = |origin: &str, answers: &str, called_at: i64, ended_at: Option<i64>| GroupCallRecord {
            answers: Some(answers.to_owned()),
            placed_by: Some("user:usr_1".to_owned()),
            answered_at: ended_at,
            result: "answered".to_owned(),
            ended_at,
            ..call(origin, called_at, 1)
        };
        let calls = [
            call("switch/1", 100, 1),
            call("switch/2", 100, 1),
            back("switch/3", "switch/1", 200, Some(210)),
            back("switch/4", "switch/1", 300, None),
            back("switch/5", "switch/9", 300, None),
        ];
        group_calls::save(&mut tx, 1, &calls).await.unwrap();
        group_calls::save(&mut tx, 2, &calls[..4]).await.unwrap();
        let found = group_calls::that_answer(&mut tx, 1, &["switch/1", "switch/2"]).await.unwrap();
        let found: Vec<&str> = found.iter().map(|back| back.call.origin.as_str()).collect();
        assert_eq!(found, ["switch/4", "switch/3"], "the last first, and nobody else's");
        assert_eq!(group_calls::count_calling_back(&mut tx, 1).await.unwrap(), 2);
        assert_eq!(group_calls::count_of_caller(&mut tx, (1, "grp_1"), "caller-1", 0).await.unwrap(), 2);
        let quarters = group_calls::quarters(&mut tx, (1, "grp_1"), (0, 1000)).await.unwrap();
        assert_eq!(quarters.iter().map(|each| each.calls).sum::<i64>(), 2);
        assert_eq!(group_calls::times_to_answer(&mut tx, (1, "grp_1"), (0, 1000)).await.unwrap(), []);
        // What is forgotten leaves that it was a call back.
        group_calls::forget(&mut tx, (1, "grp_1"), (1000, 1000), 9).await.unwrap();
        let forgotten = group_calls::get(&mut tx, 1, "switch/3").await.unwrap().unwrap().call;
        assert_eq!((forgotten.answers.as_deref(), forgotten.placed_by), (Some("switch/1"), None));
    })
    .await;
}

#[tokio::test]
async fn calls_are_counted_by_quarters_of_hours_and_by_how_soon_they_were_answered() {
    const QUARTER: i64 = 900_000;
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        let waited = |origin: &str, called_at: i64, millis: i64| GroupCallRecord {
            answered_at: Some(called_at + millis),
            result: "answered".to_owned(),
            ..call(origin, called_at, 1)
        };
        let calls = [
            call("switch/0", 2 * QUARTER - 1, 1),
            call("switch/1", 2 * QUARTER, 1),
            waited("switch/2", 2 * QUARTER, 1_001),
            waited("switch/3", 3 * QUARTER - 1, 2_000),
            waited("switch/4", 3 * QUARTER, 900),
            waited("switch/5", 4 * QUARTER, 9_000),
            GroupCallRecord { agent_group: "grp_2".to_owned(), ..waited("switch/6", 2 * QUARTER, 5) },
        ];
        group_calls::save(&mut tx, 1, &calls).await.unwrap();
        group_calls::save(&mut tx, 2, &calls[..3]).await.unwrap();
        let within = (2 * QUARTER, 4 * QUARTER);
        let found = group_calls::quarters(&mut tx, (1, "grp_1"), within).await.unwrap();
        let found: Vec<_> = found.iter().map(|each| (each.quarter, each.result.as_str(), each.calls)).collect();
        assert_eq!(found, [(2, "answered", 2), (2, "running", 1), (3, "answered", 1)]);
        let waited = group_calls::times_to_answer(&mut tx, (1, "grp_1"), within).await.unwrap();
        assert_eq!(waited, [(1, 1), (2, 2)]);
    })
    .await;
}

#[tokio::test]
async fn a_number_is_of_one_group_and_goes_with_it() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        for id in ["grp_1", "grp_2"] {
            let record = GroupRecord {
                tenant: 1,
                id: id.to_owned(),
                name: "Night line".to_owned(),
                zone: String::new(),
                settings: "{}".to_owned(),
                created_at: 5,
                version: 1,
            };
            groups::insert(&mut tx, &record).await.unwrap();
        }
        let numbers = ["0700".to_owned(), "+441632960000".to_owned()];
        groups::set_numbers(&mut tx, 1, "grp_1", &numbers).await.unwrap();
        groups::set_numbers(&mut tx, 2, "grp_1", &numbers).await.unwrap();
        assert_eq!(groups::with_number(&mut tx, 1, "0700").await.unwrap().as_deref(), Some("grp_1"));
        assert_eq!(groups::all_numbers(&mut tx, 1).await.unwrap(), ["+441632960000", "0700"]);
        groups::set_numbers(&mut tx, 1, "grp_1", &numbers[1..]).await.unwrap();
        assert_eq!(groups::with_number(&mut tx, 1, "0700").await.unwrap(), None);
        assert!(groups::delete(&mut tx, 1, "grp_1").await.unwrap());
        assert_eq!(groups::all_numbers(&mut tx, 1).await.unwrap(), Vec::<String>::new());
        assert_eq!(groups::all_numbers(&mut tx, 2).await.unwrap().len(), 2);
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        groups::set_numbers(&mut tx, 1, "grp_2", &numbers).await.unwrap();
        let taken = groups::set_numbers(&mut tx, 1, "grp_3", &numbers).await;
        assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn messages_for_a_group_stand_apart_and_their_transcripts_go_with_them() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        for (id, group) in
            [("rec_1", None), ("rec_2", Some("grp_1")), ("rec_3", Some("grp_2")), ("rec_4", Some("grp_1"))]
        {
            recordings::insert(&mut tx, 1, &message(id, group)).await.unwrap();
            assert!(transcripts::insert(&mut tx, 1, (id, "message"), "hello", 9).await.unwrap());
        }
        assert!(!transcripts::insert(&mut tx, 1, ("rec_2", "message"), "again", 9).await.unwrap());
        let all = RecordingFilter::default();
        for (filter, expected) in
            [(all, vec!["rec_1"]), (RecordingFilter { group: Some("grp_1"), ..all }, vec!["rec_4", "rec_2"])]
        {
            let found = recordings::page(&mut tx, 1, &filter, 9).await.unwrap();
            assert_eq!(found.into_iter().map(|record| record.id).collect::<Vec<_>>(), expected);
        }
        transcripts::forget(&mut tx, 1, "rec_2").await.unwrap();
        let said = async |tx: &mut storage::WriteTx, id| transcripts::get(tx, 1, (id, "message")).await.unwrap();
        assert_eq!(said(&mut tx, "rec_2").await, None);
        assert_eq!(said(&mut tx, "rec_4").await.as_deref(), Some("hello"));
    })
    .await;
}

#[tokio::test]
async fn what_is_known_of_calls_is_forgotten_bit_by_bit_and_what_is_counted_stays() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        let mut calls: Vec<GroupCallRecord> = (0..5).map(|n| of("agt_1", 100 + n, Some(200))).collect();
        // The last has never ended, as far as anybody has said.
        calls[4].ended_at = None;
        group_calls::save(&mut tx, 1, &calls).await.unwrap();
        let other = GroupCallRecord { agent_group: "grp_2".to_owned(), ..call("switch/other", 100, 1) };
        group_calls::save(&mut tx, 1, &[other]).await.unwrap();
        group_calls::save(&mut tx, 2, &calls).await.unwrap();
        let counted = group_calls::quarters(&mut tx, (1, "grp_1"), (0, 1000)).await.unwrap();
        let waited = group_calls::times_to_answer(&mut tx, (1, "grp_1"), (0, 1000)).await.unwrap();
        for (over, never_over, limit, forgotten) in
            [(100, 0, 9, 0), (103, 0, 2, 2), (103, 0, 2, 1), (103, 0, 2, 0), (1000, 104, 9, 1), (1000, 105, 9, 1)]
        {
            let done = group_calls::forget(&mut tx, (1, "grp_1"), (over, never_over), limit).await.unwrap();
            assert_eq!(done, forgotten, "before {over} or {never_over}, {limit} at most");
        }
        assert_eq!(group_calls::known_groups(&mut tx, 1).await.unwrap(), ["grp_2"]);
        assert_eq!(group_calls::known_groups(&mut tx, 2).await.unwrap(), ["grp_1"]);
        let left = group_calls::get(&mut tx, 1, "switch/100").await.unwrap().unwrap().call;
        let nothing = GroupCallRecord { caller: String::new(), agent: None, ..calls[0].clone() };
        assert_eq!(left, nothing);
        assert_eq!(group_calls::quarters(&mut tx, (1, "grp_1"), (0, 1000)).await.unwrap(), counted);
        assert_eq!(group_calls::times_to_answer(&mut tx, (1, "grp_1"), (0, 1000)).await.unwrap(), waited);
        assert_eq!(group_calls::busy_among(&mut tx, 1, &["agt_1"]).await.unwrap(), [""; 0]);
        // What is noted of one afterwards is known again.
        assert!(group_calls::note(&mut tx, (1, "switch/100"), (Some("late"), None), "user:1", 0).await.unwrap());
        assert_eq!(group_calls::forget(&mut tx, (1, "grp_1"), (1000, 0), 9).await.unwrap(), 1);
    })
    .await;
}
