//! Recordings and the parts of their audio.

use storage::recordings::{self, PartRecord, RecordingFilter, RecordingRecord};
use storage::{Error, Store, Tx, WriteTx};

use crate::databases::on_both;
use crate::records::ids;

fn recording(id: &str, origin: &str) -> RecordingRecord {
    RecordingRecord {
        id: id.to_owned(),
        kind: "voicemail".to_owned(),
        line: Some("lin_1".to_owned()),
        customer: Some("cus_1".to_owned()),
        agent_group: None,
        origin: origin.to_owned(),
        leg: String::new(),
        from_number: "0001".to_owned(),
        to_number: "0002".to_owned(),
        started_at: 3,
        seconds: 7,
        media_type: "audio/wav".to_owned(),
        size_bytes: 6,
        kept_at: 5,
        delete_at: 1000,
        done_at: None,
    }
}

/// A message for a group, or for a line where none is named.
pub(crate) fn message(id: &str, group: Option<&str>) -> RecordingRecord {
    let line = recording(id, id);
    let leg = "message".to_owned();
    match group {
        None => RecordingRecord { leg, ..line },
        Some(group) => RecordingRecord { leg, line: None, customer: None, agent_group: Some(group.to_owned()), ..line },
    }
}

fn part<'a>(recording: &'a str, first_byte: i64, audio: &'a [u8]) -> PartRecord<'a> {
    PartRecord { recording, first_byte, audio, written_at: 5 }
}

/// A tenant with so many recordings, for the planners.
pub(crate) async fn fill(tx: &mut WriteTx, many: usize) -> Result<(), Error> {
    for n in 0..many {
        let (id, at) = (format!("rec_{n:05}"), i64::try_from(n).unwrap_or_default());
        recordings::put_part(tx, 1, &PartRecord { written_at: at, ..part(&id, 0, b"audio") }).await?;
        recordings::put_part(tx, 1, &PartRecord { written_at: at, ..part(&id, 5, b"more") }).await?;
        let (line, customer) = (Some(format!("lin_{n:05}")), Some(format!("cus_{n:05}")));
        let record = RecordingRecord { line, customer, delete_at: at, ..recording(&id, &format!("test:call_{n:05}")) };
        recordings::insert(tx, 1, &record).await?;
    }
    Ok(())
}

/// What is asked for each call, by who hears a recording, and each day.
pub(crate) async fn questions(tx: &mut Tx, some: &[String]) -> Result<(), Error> {
    recordings::by_origin(tx, 1, "test:call_00100", "").await?;
    recordings::of_origins(tx, 1, &["test:call_00100", "test:call_00101"]).await?;
    recordings::part(tx, 1, "rec_00100", 7).await?;
    recordings::page(tx, 1, &RecordingFilter::default(), 50).await?;
    recordings::page(tx, 1, &RecordingFilter { line: Some("lin_00100"), ..RecordingFilter::default() }, 50).await?;
    recordings::page(tx, 1, &RecordingFilter { among: Some(some), ..RecordingFilter::default() }, 50).await?;
    recordings::due(tx, 1, 50, 100).await?;
    recordings::left_over(tx, 1, 50, 100).await.map(|_| ())
}

#[tokio::test]
async fn of_an_origin_and_a_leg_there_is_one_recording() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let other_leg = RecordingRecord { leg: "2".to_owned(), kind: "call".to_owned(), ..recording("rec_3", "pbx:1") };
        for (tenant, record, inserted) in [
            (1, recording("rec_1", "pbx:1"), true),
            (1, recording("rec_1", "pbx:1"), false),
            (1, recording("rec_2", "pbx:1"), false),
            (1, other_leg.clone(), true),
            (2, recording("rec_4", "pbx:1"), true),
        ] {
            assert_eq!(recordings::insert(&mut tx, tenant, &record).await.unwrap(), inserted, "{record:?}");
        }
        let first = recording("rec_1", "pbx:1");
        assert_eq!(recordings::get(&mut tx, 1, "rec_1").await.unwrap(), Some(first.clone()));
        assert_eq!(recordings::get(&mut tx, 2, "rec_1").await.unwrap(), None);
        assert_eq!(recordings::by_origin(&mut tx, 1, "pbx:1", "2").await.unwrap(), Some(other_leg));
        assert_eq!(recordings::by_origin(&mut tx, 1, "pbx:1", "3").await.unwrap(), None);
        let mut both = recordings::of_origins(&mut tx, 1, &["pbx:1", "pbx:2"]).await.unwrap();
        both.sort_by(|one, other| one.id.cmp(&other.id));
        assert_eq!(ids(&both, |record| &record.id), ["rec_1", "rec_3"]);
        assert!(recordings::set_done(&mut tx, 1, "rec_1", Some(9)).await.unwrap());
        assert_eq!(recordings::get(&mut tx, 1, "rec_1").await.unwrap().unwrap().done_at, Some(9));
        assert!(recordings::delete(&mut tx, 1, "rec_1").await.unwrap());
        assert!(!recordings::delete(&mut tx, 1, "rec_1").await.unwrap());
        assert!(!recordings::set_done(&mut tx, 1, "rec_1", None).await.unwrap());
        assert_eq!(recordings::get(&mut tx, 2, "rec_4").await.unwrap().unwrap().done_at, None);
    })
    .await;
}

#[tokio::test]
async fn lists_of_recordings() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (id, line, customer, kind, done_at) in [
            ("rec_1", "lin_1", "cus_1", "voicemail", None),
            ("rec_2", "lin_1", "cus_1", "call", Some(9)),
            ("rec_3", "lin_2", "cus_2", "voicemail", Some(9)),
            ("rec_4", "lin_3", "cus_1", "voicemail", None),
        ] {
            let (line, customer, kind) = (Some(line.to_owned()), Some(customer.to_owned()), kind.to_owned());
            let record = RecordingRecord { line, customer, kind, done_at, ..recording(id, id) };
            recordings::insert(&mut tx, 1, &record).await.unwrap();
        }
        recordings::insert(&mut tx, 2, &recording("rec_5", "rec_5")).await.unwrap();
        let all = RecordingFilter::default();
        let some = ["cus_1".to_owned(), "cus_none".to_owned(), "cus_1".to_owned()];
        let own = RecordingFilter { among: Some(&some), ..all };
        for (filter, found) in [
            (all, vec!["rec_4", "rec_3", "rec_2", "rec_1"]),
            (RecordingFilter { before: Some("rec_3"), ..all }, vec!["rec_2", "rec_1"]),
            (RecordingFilter { line: Some("lin_1"), ..all }, vec!["rec_2", "rec_1"]),
            (RecordingFilter { kind: Some("call"), ..all }, vec!["rec_2"]),
            (RecordingFilter { done: Some(true), ..all }, vec!["rec_3", "rec_2"]),
            (RecordingFilter { done: Some(false), ..all }, vec!["rec_4", "rec_1"]),
            (own, vec!["rec_4", "rec_2", "rec_1"]),
            (RecordingFilter { line: Some("lin_2"), ..own }, vec![]),
            (RecordingFilter { line: Some("lin_1"), kind: Some("voicemail"), done: Some(false), ..own }, vec!["rec_1"]),
            (RecordingFilter { before: Some("rec_4"), ..own }, vec!["rec_2", "rec_1"]),
            (RecordingFilter { among: Some(&[]), ..all }, vec![]),
        ] {
            let page = recordings::page(&mut tx, 1, &filter, 9).await.unwrap();
            assert_eq!(ids(&page, |record| &record.id), found, "{filter:?}");
        }
        assert_eq!(recordings::page(&mut tx, 1, &all, 2).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn audio_is_found_by_its_bytes_and_deleted_from_its_end() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (tenant, recording, first_byte, audio) in [
            (1, "rec_1", 0, &b"abcd"[..]),
            (1, "rec_1", 0, b"xxxx"),
            (1, "rec_1", 4, b"ef"),
            (2, "rec_1", 0, b"\0\xff"),
        ] {
            recordings::put_part(&mut tx, tenant, &part(recording, first_byte, audio)).await.unwrap();
        }
        for (tenant, byte, found) in [
            (1, 0, Some((0, &b"abcd"[..]))),
            (1, 3, Some((0, b"abcd"))),
            (1, 4, Some((4, b"ef"))),
            (1, 9, Some((4, b"ef"))),
            (2, 1, Some((0, b"\0\xff"))),
            (3, 0, None),
        ] {
            let part = recordings::part(&mut tx, tenant, "rec_1", byte).await.unwrap();
            assert_eq!(part.as_ref().map(|(at, audio)| (*at, &audio[..])), found, "{tenant} {byte}");
        }
        assert_eq!(recordings::forget_parts(&mut tx, 1, "rec_1", 1).await.unwrap(), 1);
        assert_eq!(recordings::part(&mut tx, 1, "rec_1", 9).await.unwrap(), Some((0, b"abcd".to_vec())));
        assert_eq!(recordings::forget_parts(&mut tx, 1, "rec_1", 5).await.unwrap(), 1);
        assert_eq!(recordings::part(&mut tx, 1, "rec_1", 0).await.unwrap(), None);
        assert!(recordings::part(&mut tx, 2, "rec_1", 0).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn what_is_due_and_what_is_left_over() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        for (id, delete_at) in [("rec_1", 30), ("rec_2", 20), ("rec_3", 40)] {
            let record = RecordingRecord { delete_at, ..recording(id, id) };
            recordings::insert(&mut tx, 1, &record).await.unwrap();
            recordings::put_part(&mut tx, 1, &part(id, 0, b"a")).await.unwrap();
        }
        assert_eq!(recordings::due(&mut tx, 1, 30, 9).await.unwrap(), ["rec_2", "rec_1"]);
        assert_eq!(recordings::due(&mut tx, 1, 30, 1).await.unwrap(), ["rec_2"]);
        assert_eq!(recordings::due(&mut tx, 2, 99, 9).await.unwrap(), [""; 0]);
        for (id, first_byte, written_at) in [("rec_8", 0, 6), ("rec_8", 1, 6), ("rec_9", 0, 7)] {
            recordings::put_part(&mut tx, 1, &PartRecord { written_at, ..part(id, first_byte, b"a") }).await.unwrap();
        }
        assert_eq!(recordings::left_over(&mut tx, 1, 7, 9).await.unwrap(), ["rec_8"]);
        recordings::delete(&mut tx, 1, "rec_2").await.unwrap();
        let mut left = recordings::left_over(&mut tx, 1, 8, 9).await.unwrap();
        left.sort();
        assert_eq!(left, ["rec_2", "rec_8", "rec_9"]);
        assert_eq!(recordings::left_over(&mut tx, 1, 8, 1).await.unwrap().len(), 1);
        assert_eq!(recordings::left_over(&mut tx, 2, 8, 9).await.unwrap(), [""; 0]);
    })
    .await;
}
