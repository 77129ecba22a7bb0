//! What agents were told of their shifts, as it is kept.

use storage::reminders::{self, ReminderRecord, Telling};

use crate::databases::on_both;

fn record(date: i64, agent: &str, times: i64) -> ReminderRecord {
    ReminderRecord {
        date,
        agent: agent.to_owned(),
        state: "waiting".to_owned(),
        told: "[]".to_owned(),
        times,
        reason: None,
        told_at: 5 + times,
        sent_at: None,
    }
}

#[tokio::test]
async fn each_agent_is_told_once_of_a_date_and_of_each_change_once() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        reminders::lock(&mut tx, 1).await.unwrap();
        for (tenant, date, agent) in [(1, -1, "agt_1"), (1, 0, "agt_2"), (1, 0, "agt_1"), (2, 0, "agt_1")] {
            assert!(reminders::insert_new(&mut tx, tenant, &record(date, agent, 1)).await.unwrap());
            assert!(!reminders::insert_new(&mut tx, tenant, &record(date, agent, 1)).await.unwrap());
        }
        let mail = |times| Telling { date: 0, agent: "agt_1", times };
        reminders::settle(&mut tx, 1, mail(1), 9, None).await.unwrap();
        let sent = ReminderRecord { state: "sent".to_owned(), sent_at: Some(9), ..record(0, "agt_1", 1) };
        let found = reminders::of_dates(&mut tx, 1, (0, 0)).await.unwrap();
        assert_eq!(found, [sent, record(0, "agt_2", 1)]);

        // What is known otherwise, of a mail that was sent alone.
        for agent in ["agt_1", "agt_2"] {
            reminders::knows(&mut tx, 1, (0, agent), "[1]").await.unwrap();
        }
        let found = reminders::of_dates(&mut tx, 1, (0, 0)).await.unwrap();
        let told: Vec<&str> = found.iter().map(|row| row.told.as_str()).collect();
        assert_eq!(told, ["[1]", "[]"]);

        let changed = record(0, "agt_1", 2);
        for (times, written) in [(3, false), (2, true), (2, false)] {
            assert_eq!(reminders::update(&mut tx, 1, &record(0, "agt_1", times)).await.unwrap(), written, "{times}");
        }
        // What becomes of an earlier mail is no matter any more.
        reminders::settle(&mut tx, 1, mail(1), 9, Some("late")).await.unwrap();
        let all = [record(-1, "agt_1", 1), changed.clone(), record(0, "agt_2", 1)];
        assert_eq!(reminders::of_dates(&mut tx, 1, (-1, 0)).await.unwrap(), all);
        reminders::settle(&mut tx, 1, mail(2), 10, Some("no such user")).await.unwrap();
        let failed = ReminderRecord { state: "failed".to_owned(), reason: Some("no such user".to_owned()), ..changed };
        assert_eq!(reminders::of_dates(&mut tx, 1, (0, 0)).await.unwrap()[0], failed);

        assert_eq!(reminders::forget(&mut tx, 1, 1, 2).await.unwrap(), 2);
        assert_eq!(reminders::of_dates(&mut tx, 1, (-9, 9)).await.unwrap(), [record(0, "agt_2", 1)]);
        assert_eq!(reminders::forget(&mut tx, 1, 0, 2).await.unwrap(), 0);
        assert_eq!(reminders::of_dates(&mut tx, 2, (-9, 9)).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}
