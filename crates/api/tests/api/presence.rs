//! Whether agents take calls, over HTTP.

use engine::Role;
use reqwest::Method;
use serde_json::json;

use crate::service::{on_both, sent};

#[tokio::test]
async fn an_agent_says_whether_it_takes_calls_and_is_busy_while_it_talks() {
    on_both(async |service| {
        let (_, line) = service.talker("5.00", "0001").await;
        let prices = json!({"USD": {"rate": {"price_per_minute": "0.60"}}});
        let agent = service.made("/agents", json!({"name": "Iris", "prices": prices})).await;
        let (own, path) = (format!("/agents/{agent}"), format!("/agents/{agent}/presence"));
        let adviser = service.person(&[Role::Agent], &[], Some(&agent)).await;
        let coordinator = service.key(Role::Coordinator).to_owned();
        assert_eq!(adviser.get(&own).await.body["presence"], "offline");
        let said = sent(adviser.request(Method::PUT, &path).json(&json!({"presence": "online"}))).await;
        assert_eq!((said.status, &said.body), (200, &json!({"agent": agent, "presence": "online"})), "{}", said.text);
        for (body, status) in
            [(json!({"presence": "busy"}), 422), (json!({"presence": "asleep"}), 400), (json!({}), 400)]
        {
            let reply = sent(adviser.request(Method::PUT, &path).json(&body)).await;
            assert_eq!(reply.status, status, "{body}: {}", reply.text);
        }
        let call = json!({"origin": "pbx:1", "line": line, "agent": agent});
        let session = service.switch(Method::POST, "/sessions", None, call).await;
        let session = session.body["id"].as_str().unwrap();
        service.switch(Method::POST, &format!("/sessions/{session}/answer"), None, json!({})).await;
        let listed = service.get("/agents").await;
        assert_eq!(listed.body["items"][0]["presence"], "busy", "{}", listed.text);
        // Who leads may say it, too; what is said counts when the call is over.
        let request = service.anonymous(Method::PUT, &path).bearer_auth(&coordinator);
        assert_eq!(sent(request.json(&json!({"presence": "away"}))).await.body["presence"], "busy");
        service.switch(Method::POST, &format!("/sessions/{session}/settle"), None, json!({})).await;
        assert_eq!(adviser.get(&own).await.body["presence"], "away");
        // It is no edit of the agent.
        assert_eq!(service.get(&own).await.header("etag"), "\"1\"");
    })
    .await;
}
