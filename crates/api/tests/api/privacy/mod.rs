//! What is held of people: for how long, and who asks for it.

mod accesses;
mod erasure;
mod export;
mod retention;

use domain::time::Instant;
use storage::group_calls::GroupCallRecord;

use crate::service::Service;

/// A call to a group that an agent took after five seconds, under an origin of its own.
pub(crate) fn answered(group: &str, origin: &str, caller: &str, at: &str) -> GroupCallRecord {
    let called_at = Instant::parse(at).unwrap().millis();
    GroupCallRecord {
        origin: origin.to_owned(),
        agent_group: group.to_owned(),
        caller: caller.to_owned(),
        called_at,
        answered_at: Some(called_at + 5_000),
        ended_at: Some(called_at + 65_000),
        result: "answered".to_owned(),
        agent: Some("agt_1".to_owned()),
        attempts: r#"[{"agent": "agt_1", "at": "2026-10-15T12:00:05Z", "result": "accepted"}]"#.to_owned(),
        language: Some("en".to_owned()),
        answers: None,
        placed_by: None,
        version: 1,
    }
}

/// Writes calls to groups down, as the exchange does.
pub(crate) async fn called(service: &Service, calls: &[GroupCallRecord]) {
    let mut tx = service.engine.store().write().await.unwrap();
    storage::group_calls::save(&mut tx, service.owner.tenant, calls).await.unwrap();
    tx.commit().await.unwrap();
}
