//! The sums of an agent's figures and earnings are found by the agent, in a database that the planner knows nothing about.

use storage::{Store, earnings, figures, payouts};

use crate::recorder::sqlite_plans;

/// Which index finds what is summed, in the order of the questions.
const EXPECTED: [(&str, &str); 10] = [
    ("calls", "calls_by_agent (tenant=? AND agent=? AND ended_at>?)"),
    ("customers who came back", "calls_by_agent (tenant=? AND agent=? AND ended_at>?)"),
    ("earnings", "entries_by_agent (tenant=? AND agent=? AND posted_at>?)"),
    ("messages", "messages_by_agent (tenant=? AND agent=? AND created_at>?)"),
    ("ratings", "ratings_by_agent (tenant=? AND agent=? AND rated_at>?)"),
    ("what is on hold", "entries_by_agent (tenant=? AND agent=? AND posted_at>?)"),
    ("what has moved", "entries_by_agent (tenant=? AND agent=? AND posted_at>?)"),
    (
        "what was charged",
        "entries_by_agent (tenant=? AND agent=? AND posted_at>?), then PRIMARY KEY (tenant=? AND key>? AND key<?)",
    ),
    ("payouts of an account", "payouts_by_agent (tenant=? AND agent=?)"),
    ("a page of payouts", "payouts_by_agent (tenant=? AND agent=? AND id<?)"),
];

#[tokio::test]
async fn sums_are_found_by_the_agent() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite://{}/tollgate.db", folder.path().display());
    let store = Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    let questions = async {
        let tx = &mut store.read().await.unwrap();
        let (agent, account) = ("agt_1", ("agt_1", "USD"));
        figures::calls(tx, 1, agent, &[0, 5]).await.unwrap();
        figures::returning(tx, 1, agent, &[0, 5]).await.unwrap();
        figures::earned(tx, 1, agent, &[0, 5]).await.unwrap();
        figures::messages(tx, 1, agent, &[0, 5]).await.unwrap();
        figures::rated(tx, 1, agent, &[0, 5]).await.unwrap();
        earnings::on_hold(tx, 1, agent, 0, &[(0, 5)]).await.unwrap();
        earnings::moved(tx, 1, account).await.unwrap();
        earnings::gross(tx, 1, account).await.unwrap();
        payouts::of_account(tx, 1, account).await.unwrap();
        payouts::page(tx, 1, Some(agent), None, 50).await.unwrap();
    };
    let plans = sqlite_plans(&address, questions).await;
    assert_eq!(plans.len(), EXPECTED.len());
    for (plan, (question, indexes)) in plans.iter().zip(EXPECTED) {
        for index in indexes.split(", then ") {
            assert!(plan.contains(index), "{question}: not by {index}, but\n{plan}");
        }
    }
    store.close().await;
}
