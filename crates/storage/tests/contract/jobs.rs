use std::collections::HashSet;
use std::time::{Duration, Instant};

use storage::jobs::{self, JobRecord, Lease, WaitingJobs, Wanted};
use storage::{Store, WriteTx};

use crate::databases::{drop_postgres, execute, fresh_postgres, on_both};
use crate::recorder::{explaining, postgres_plans, sqlite_plans};
use crate::records::ids;

/// When a lease that is taken here ends.
const LEASED_UNTIL: i64 = 1000;

fn job(id: &str, due_at: i64) -> JobRecord {
    JobRecord {
        tenant: 1,
        id: id.into(),
        kind: "deliver".into(),
        key: format!("deliver/{id}"),
        payload: r#"{"invoice":"inv_1"}"#.into(),
        state: "pending".into(),
        due_at,
        attempts: 0,
        leased_by: None,
        last_error: None,
        outcome: None,
        created_at: 3,
        finished_at: None,
    }
}

const ANY: Wanted<'static> = Wanted { kind: "deliver", except: &[], limit: 100 };

async fn written(store: &Store, jobs: &[JobRecord]) {
    let mut tx = store.write().await.unwrap();
    jobs::insert_new(&mut tx, 1, jobs).await.unwrap();
    tx.commit().await.unwrap();
}

/// Takes what is due at an instant: the ids, in their order.
async fn claimed(tx: &mut WriteTx, wanted: Wanted<'_>, worker: &str, now: i64) -> Vec<String> {
    let mut claimed = jobs::claim(tx, wanted, worker, now, LEASED_UNTIL).await.unwrap();
    claimed.sort_by(|a, b| a.id.cmp(&b.id));
    claimed.into_iter().map(|job| job.id).collect()
}

fn lease<'a>(id: &'a str, worker: &'a str, attempt: i64) -> Lease<'a> {
    Lease { tenant: 1, id, worker, attempt }
}

#[tokio::test]
async fn a_cause_makes_one_job_in_each_tenant() {
    on_both(async |store: Store| {
        let mut tx = store.write().await.unwrap();
        let many: Vec<_> = (0..10_000).map(|n| job(&format!("job_{n:05}"), n)).collect();
        assert_eq!(jobs::insert_new(&mut tx, 1, &many).await.unwrap().len(), 10_000);
        let again = JobRecord { key: "deliver/job_00007".into(), ..job("job_other", 5) };
        assert_eq!(
            jobs::insert_new(&mut tx, 1, &[again.clone(), job("job_new", 5)]).await.unwrap(),
            ["deliver/job_new"]
        );
        assert_eq!(jobs::insert_new(&mut tx, 2, &[again]).await.unwrap(), ["deliver/job_00007"]);
        assert_eq!(jobs::get(&mut tx, 1, "job_00007").await.unwrap(), Some(job("job_00007", 7)));
        assert_eq!(jobs::get(&mut tx, 1, "job_other").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_waits_for_a_change_is_not_taken_before_the_change_is_there() {
    on_both(async |store: Store| {
        written(&store, &[job("job_1", 10), job("job_2", 51)]).await;
        let mut change = store.write().await.unwrap();
        assert!(!jobs::is_waiting(&mut change, 1, "deliver", 9).await.unwrap(), "none is due yet");
        assert!(!jobs::is_waiting(&mut change, 2, "deliver", 50).await.unwrap(), "another tenant's");
        assert!(!jobs::is_waiting(&mut change, 1, "bill_run", 50).await.unwrap(), "of another kind");
        assert!(jobs::is_waiting(&mut change, 1, "deliver", 50).await.unwrap());
        // Whoever wants it gets nothing, or waits for the change.
        let take = async || {
            let mut tx = store.write().await.unwrap();
            let taken = claimed(&mut tx, ANY, "a", 50).await;
            tx.commit().await.unwrap();
            taken
        };
        let end = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            change.commit().await.unwrap();
            Instant::now()
        };
        let early = async { (take().await, Instant::now()) };
        let ((early, taken_at), changed_at) = tokio::join!(early, end);
        assert!(early.is_empty() || taken_at >= changed_at, "{early:?}");
        assert_eq!([early, take().await].concat(), ["job_1"]);
        let mut tx = store.write().await.unwrap();
        assert!(!jobs::is_waiting(&mut tx, 1, "deliver", 50).await.unwrap(), "somebody works on it");
    })
    .await;
}

#[tokio::test]
async fn what_is_due_is_taken_by_its_kind_the_longest_due_first_in_all_tenants() {
    on_both(async |store: Store| {
        let bill_run = JobRecord { kind: "bill_run".into(), ..job("job_6", 0) };
        let others = [job("job_1", 30), job("job_2", 10), job("job_3", 20), job("job_4", 51), bill_run];
        written(&store, &others).await;
        let mut tx = store.write().await.unwrap();
        jobs::insert_new(&mut tx, 2, &[job("job_5", 15)]).await.unwrap();
        assert_eq!(jobs::next_due(&mut tx, ANY).await.unwrap(), Some(10));
        assert_eq!(claimed(&mut tx, Wanted { limit: 2, ..ANY }, "a", 50).await, ["job_2", "job_5"]);
        assert_eq!(claimed(&mut tx, ANY, "b", 50).await, ["job_1", "job_3"]);
        assert_eq!(claimed(&mut tx, ANY, "b", 50).await, [""; 0], "the rest is not due yet");
        assert_eq!(jobs::next_due(&mut tx, ANY).await.unwrap(), Some(51));
        let waiting = |kind: &str, count, first_due_at| WaitingJobs { kind: kind.into(), count, first_due_at };
        let waits = jobs::waiting_by_kind(&mut tx).await.unwrap();
        assert_eq!(
            waits,
            [waiting("bill_run", 1, 0), waiting("deliver", 5, 51)],
            "of all tenants, with what is leased"
        );
        let taken = jobs::get(&mut tx, 1, "job_2").await.unwrap().unwrap();
        let expected = JobRecord { attempts: 1, leased_by: Some("a".into()), due_at: LEASED_UNTIL, ..job("job_2", 10) };
        assert_eq!(taken, expected);
    })
    .await;
}

#[tokio::test]
async fn two_workers_at_once_never_take_the_same_job() {
    on_both(async |store: Store| {
        written(&store, &(0..200).map(|n| job(&format!("job_{n:03}"), n)).collect::<Vec<_>>()).await;
        let workers = ["a", "b", "c", "d"].map(|worker| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut all = Vec::new();
                loop {
                    let mut tx = store.write().await.unwrap();
                    let some = claimed(&mut tx, Wanted { limit: 7, ..ANY }, worker, 500).await;
                    tokio::task::yield_now().await;
                    tx.commit().await.unwrap();
                    if some.is_empty() {
                        return all;
                    }
                    all.extend(some);
                }
            })
        });
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        // A worker may find nothing but what others are just taking, and leave; nothing is left over all the same.
        assert_eq!((all.len(), all.iter().collect::<HashSet<_>>().len()), (200, 200));
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_has_ended_is_anothers_and_whoever_had_it_changes_nothing() {
    on_both(async |store: Store| {
        written(&store, &[job("job_1", 0)]).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(claimed(&mut tx, ANY, "a", 0).await, ["job_1"]);
        assert_eq!(claimed(&mut tx, ANY, "b", LEASED_UNTIL - 1).await, [""; 0]);
        let mine = Wanted { except: &["job_1"], ..ANY };
        assert_eq!(claimed(&mut tx, mine, "a", LEASED_UNTIL).await, [""; 0], "it works on it still");
        assert_eq!(jobs::next_due(&mut tx, mine).await.unwrap(), None);
        assert!(jobs::renew(&mut tx, lease("job_1", "a", 1), 2 * LEASED_UNTIL).await.unwrap());
        assert_eq!(claimed(&mut tx, ANY, "b", LEASED_UNTIL).await, [""; 0]);
        assert_eq!(claimed(&mut tx, ANY, "b", 2 * LEASED_UNTIL).await, ["job_1"]);
        let now = jobs::get(&mut tx, 1, "job_1").await.unwrap();
        for lost in [
            lease("job_1", "a", 1),
            lease("job_1", "b", 1),
            lease("job_2", "b", 2),
            Lease { tenant: 2, ..lease("job_1", "b", 2) },
        ] {
            assert!(!jobs::renew(&mut tx, lost, 9).await.unwrap(), "{lost:?}");
            assert!(!jobs::finish(&mut tx, lost, 9, None).await.unwrap(), "{lost:?}");
            assert!(!jobs::retry(&mut tx, lost, 9, "no").await.unwrap(), "{lost:?}");
            assert!(!jobs::fail(&mut tx, lost, 9, "no").await.unwrap(), "{lost:?}");
            assert!(!jobs::give_back(&mut tx, lost, 9).await.unwrap(), "{lost:?}");
        }
        assert_eq!(jobs::get(&mut tx, 1, "job_1").await.unwrap(), now);
        assert!(jobs::finish(&mut tx, lease("job_1", "b", 2), 9, None).await.unwrap());
        assert!(!jobs::finish(&mut tx, lease("job_1", "b", 2), 10, None).await.unwrap(), "it is done");
    })
    .await;
}

#[tokio::test]
async fn what_becomes_of_a_job() {
    on_both(async |store: Store| {
        written(&store, &["job_1", "job_2", "job_3", "job_4", "job_5"].map(|id| job(id, 0))).await;
        let mut tx = store.write().await.unwrap();
        claimed(&mut tx, ANY, "a", 0).await;
        assert!(!jobs::run_again(&mut tx, 1, "job_1", 9).await.unwrap(), "somebody works on it");
        jobs::finish(&mut tx, lease("job_1", "a", 1), 7, Some("sent")).await.unwrap();
        jobs::retry(&mut tx, lease("job_2", "a", 1), 60, "the server is away").await.unwrap();
        jobs::fail(&mut tx, lease("job_3", "a", 1), 8, "no such address").await.unwrap();
        jobs::give_back(&mut tx, lease("job_4", "a", 1), 5).await.unwrap();
        let (retried, failed) = (Some("the server is away".to_owned()), Some("no such address".to_owned()));
        let one = JobRecord { attempts: 1, ..job("job_1", LEASED_UNTIL) };
        let expected = [
            JobRecord { attempts: 1, leased_by: Some("a".into()), ..job("job_5", LEASED_UNTIL) },
            job("job_4", 5),
            JobRecord {
                state: "failed".into(),
                finished_at: Some(8),
                last_error: failed.clone(),
                id: "job_3".into(),
                key: "deliver/job_3".into(),
                ..one.clone()
            },
            JobRecord { attempts: 1, last_error: retried.clone(), ..job("job_2", 60) },
            JobRecord {
                state: "done".into(),
                payload: String::new(),
                finished_at: Some(7),
                outcome: Some("sent".into()),
                ..one
            },
        ];
        assert_eq!(jobs::page(&mut tx, 1, None, None, 9).await.unwrap(), expected);
        for (state, before, limit, found) in [
            (None, Some("job_3"), 1, &["job_2"][..]),
            (Some("waiting"), None, 9, &["job_4", "job_2"]),
            (Some("waiting"), Some("job_4"), 9, &["job_2"]),
            (Some("running"), None, 9, &["job_5"]),
            (Some("failed"), None, 9, &["job_3"]),
            (Some("done"), None, 9, &["job_1"]),
        ] {
            let page = jobs::page(&mut tx, 1, state, before, limit).await.unwrap();
            assert_eq!(ids(&page, |job| &job.id), found, "{state:?} {before:?}");
        }
        assert_eq!(jobs::page(&mut tx, 2, None, None, 9).await.unwrap(), []);

        for (tenant, id, again) in [(1, "job_1", false), (2, "job_3", false), (1, "job_3", true), (1, "job_2", true)] {
            assert_eq!(jobs::run_again(&mut tx, tenant, id, 9).await.unwrap(), again, "{id}");
        }
        let again = jobs::get(&mut tx, 1, "job_3").await.unwrap();
        assert_eq!(again, Some(JobRecord { last_error: failed, ..job("job_3", 9) }));
        assert_eq!(
            jobs::get(&mut tx, 1, "job_2").await.unwrap(),
            Some(JobRecord { last_error: retried, ..job("job_2", 9) })
        );
    })
    .await;
}

#[tokio::test]
async fn what_was_done_long_ago_is_forgotten_a_few_at_a_time() {
    on_both(async |store: Store| {
        let done = |id: &str, at| JobRecord { state: "done".into(), finished_at: Some(at), ..job(id, 0) };
        let failed = JobRecord { state: "failed".into(), finished_at: Some(1), ..job("job_4", 0) };
        written(&store, &[done("job_1", 10), done("job_2", 20), done("job_3", 21), failed, job("job_5", 0)]).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(jobs::forget_done(&mut tx, 2, 21, 9).await.unwrap(), 0);
        assert_eq!(jobs::forget_done(&mut tx, 1, 21, 1).await.unwrap(), 1);
        assert_eq!(jobs::get(&mut tx, 1, "job_1").await.unwrap(), None, "the oldest first");
        assert_eq!(jobs::forget_done(&mut tx, 1, 21, 9).await.unwrap(), 1);
        let left = jobs::page(&mut tx, 1, None, None, 9).await.unwrap();
        assert_eq!(ids(&left, |job| &job.id), ["job_5", "job_4", "job_3"]);
    })
    .await;
}

/// Asks each question of a worker once: the answers' plans, and what each has to go by.
async fn questions(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let wanted = Wanted { except: &["job_00001"], limit: 5, ..ANY };
    jobs::next_due(&mut tx, wanted).await.unwrap();
    jobs::claim(&mut tx, wanted, "a", 100, LEASED_UNTIL).await.unwrap();
    jobs::page(&mut tx, 1, Some("waiting"), None, 5).await.unwrap();
    jobs::forget_done(&mut tx, 1, 10, 5).await.unwrap();
    jobs::waiting_by_kind(&mut tx).await.unwrap();
}

const SEARCHED: [(&str, &str); 5] = [
    ("USING INDEX jobs_due (kind=?)", "jobs_due"),
    ("USING INDEX jobs_due (kind=? AND due_at<?)", "jobs_due"),
    ("USING INDEX jobs_by_state (tenant=? AND state=? AND id<?)", "jobs_by_state"),
    ("USING INDEX jobs_done (tenant=? AND finished_at<?)", "jobs_done"),
    // All that waits, and nothing that is done: the index has no more.
    ("SCAN jobs USING COVERING INDEX jobs_due", "jobs_due"),
];

#[tokio::test]
async fn a_worker_does_not_search_all_jobs_for_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite://{}/tollgate.db", folder.path().display());
    let postgres = fresh_postgres().await;
    for address in [sqlite, explaining(&postgres)] {
        let store = Store::open(&address).await.unwrap();
        store.migrate().await.unwrap();
        let on_postgres = address.starts_with("postgres");
        if on_postgres {
            execute(&postgres, "ALTER TABLE jobs SET (autovacuum_enabled = false)").await;
        }
        let done = |n: i64| JobRecord { state: "done".into(), finished_at: Some(n), ..job(&format!("job_{n:05}"), n) };
        let all = (0..20_000).map(|n| if n % 10 == 0 { job(&format!("job_{n:05}"), n) } else { done(n) });
        written(&store, &all.collect::<Vec<_>>()).await;
        for analysed in [false, true] {
            let plans = if on_postgres {
                postgres_plans(questions(&store)).await
            } else {
                sqlite_plans(&address, questions(&store)).await
            };
            assert_eq!(plans.len(), SEARCHED.len());
            for (plan, (by_sqlite, by_postgres)) in plans.iter().zip(SEARCHED) {
                let expected = if on_postgres { by_postgres } else { by_sqlite };
                let other = plan.replace(expected, "");
                let detour = other.contains("Seq Scan") || other.contains("SCAN jobs") || other.contains("Sort Key");
                assert!(plan.contains(expected) && !detour, "analysed: {analysed}, not by {expected}, but\n{plan}");
            }
            store.analyze().await.unwrap();
        }
        store.close().await;
    }
    drop_postgres(&postgres).await;
}

#[tokio::test]
async fn jobs_of_one_cause_are_forgotten_together_but_for_those_under_way() {
    on_both(async |store: Store| {
        let keyed = |id: &str, key: &str| JobRecord { key: key.into(), ..job(id, 5) };
        let all = [
            keyed("job_1", "notice/voicemail/rec_1/a@example.org"),
            keyed("job_2", "notice/voicemail/rec_1/transcript/a@example.org"),
            keyed("job_3", "notice/voicemail/rec_10/a@example.org"),
            keyed("job_4", "notice/voicemail/rec_1"),
        ];
        written(&store, &all).await;
        let mut tx = store.write().await.unwrap();
        let wanted = Wanted { except: &["job_2", "job_3", "job_4"], ..ANY };
        assert_eq!(claimed(&mut tx, wanted, "w", 10).await, ["job_1"]);
        assert_eq!(jobs::forget_of(&mut tx, 1, "notice/voicemail/rec_1").await.unwrap(), 1);
        let left = jobs::page(&mut tx, 1, None, None, 9).await.unwrap();
        assert_eq!(ids(&left, |job| &job.id), ["job_4", "job_3", "job_1"]);
        // What is done needs no telling what was to be done.
        let lease = Lease { tenant: 1, id: "job_1", worker: "w", attempt: 1 };
        assert!(jobs::finish(&mut tx, lease, 20, None).await.unwrap());
        assert_eq!(jobs::get(&mut tx, 1, "job_1").await.unwrap().unwrap().payload, "");
    })
    .await;
}
