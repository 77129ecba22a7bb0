//! Jobs: listed, looked at, tried again.

use std::sync::Arc;

use engine::jobs::{Handler, Job, JobFailure, NewJob, Runner, enqueue};
use engine::{Engine, Scope};
use futures::future::BoxFuture;
use serde_json::json;

use crate::service::on_both;

/// A kind of jobs that nobody else has.
const KIND: &str = "api_test_refused";

/// Gives every job up.
struct Refuses;

impl Handler for Refuses {
    fn run<'a>(&'a self, _: &'a Engine, _: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async { Err(JobFailure::GiveUp("the mailbox is unknown".to_owned())) })
    }
}

#[tokio::test]
async fn an_invoice_is_mailed_by_a_job_and_again_on_demand() {
    on_both(async |service| {
        let (customer, _) = service.subscriber("Harbour Radio", "0001").await;
        service.comes("2026-11-01T00:00:00Z").await;
        let invoice = service.invoiced(&customer).await;
        let pending = service.get("/jobs?state=waiting").await;
        let job = &pending.body["items"][0];
        assert_eq!((&job["kind"], &job["state"], &job["attempts"]), (&json!("deliver"), &json!("waiting"), &json!(0)));
        assert_eq!(job["key"], format!("deliver/{invoice}"));
        let shown = service.get(&format!("/jobs/{}", job["id"].as_str().unwrap())).await;
        assert_eq!(&shown.body, job);
        for (path, count) in
            [("/jobs", 1), ("/jobs?state=done", 0), ("/jobs?state=failed", 0), ("/jobs?state=running", 0)]
        {
            assert_eq!(service.get(path).await.body["items"].as_array().unwrap().len(), count, "{path}");
        }
        let wrong = service.get("/jobs?state=lost").await;
        assert_eq!((wrong.status, wrong.places()), (422, vec!["state"]));
        assert_eq!(service.get("/jobs?state=pending").await.status, 422);
        assert_eq!(service.get("/jobs/job_none").await.status, 404);

        let send = format!("/invoices/{invoice}/send");
        let nowhere = service.post(&send, json!({})).await;
        assert_eq!((nowhere.status, nowhere.problem()), (409, "wrong-state"), "{}", nowhere.text);
        let edit = json!({"organisation": "Harbour Radio", "email": "bills@example.org", "state": "active"});
        let edited = service.request(reqwest::Method::PUT, &format!("/customers/{customer}"));
        assert_eq!(crate::service::sent(edited.header("if-match", "\"1\"").json(&edit)).await.status, 200);
        let sent = service.post(&send, json!({})).await;
        assert_eq!((sent.status, &sent.body["id"]), (202, &json!(invoice)), "{}", sent.text);
        assert_eq!(service.get("/jobs?state=waiting").await.body["items"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_is_shown_with_its_reason_and_tried_again() {
    on_both(async |service| {
        let actor = engine::keys::actor(&service.engine, service.key(engine::Role::Owner)).await.unwrap();
        let mut work = service.engine.begin(&actor).await.unwrap();
        let run_at = work.now();
        let job = NewJob { kind: KIND, key: format!("{KIND}/1"), payload: "{}".to_owned(), run_at };
        enqueue(&mut work, &[job]).await.unwrap();
        work.commit().await.unwrap();
        let runner = Runner::new(service.engine.clone(), "test").handle(KIND, Arc::new(Refuses), 1);
        runner.run_due().await.unwrap();

        let failed = service.get("/jobs?state=failed").await;
        let job = &failed.body["items"][0];
        assert_eq!((&job["state"], &job["attempts"]), (&json!("failed"), &json!(1)), "{}", failed.text);
        assert_eq!(job["last_error"], "the mailbox is unknown");
        assert!(job["finished_at"].is_string() && job["due_at"].is_null(), "{}", failed.text);
        let again = service.post(&format!("/jobs/{}/run-again", job["id"].as_str().unwrap()), json!({})).await;
        assert_eq!(
            (again.status, &again.body["state"], &again.body["attempts"]),
            (200, &json!("waiting"), &json!(0)),
            "{}",
            again.text
        );
        assert_eq!(service.get("/jobs?state=failed").await.body["items"], json!([]));
        assert_eq!(service.post("/jobs/job_none/run-again", json!({})).await.status, 404);
    })
    .await;
}
