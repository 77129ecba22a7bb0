//! Agents from a file.

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::links::Mails;
use crate::service::{Reply, Service, on_both, on_both_behind, sent};

const FILE: &str = "\u{feff}Name,Email,Phone,Languages,Groups\r\n\
    Ann,ann@example.org,+442079460001,en;de,Night line\r\n\
    \"Bob, the second\",BOB@example.org,not a number,en,\r\n\
    Cy,cy,+442079460003,,\r\n\
    ,dora@example.org,,,\r\n\
    Eve,Ann@Example.org,,,\r\n\
    Flo,,+442079460006,fr,\r\n\
    Gil,gil@example.org,,,\r\n";

async fn imported(service: &Service, query: &str, file: &str) -> Reply {
    let request = service.request(Method::POST, &format!("/agents/import{query}"));
    sent(request.header("content-type", "text/csv").body(file.to_owned())).await
}

fn outcomes(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let items = reply.body["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let reason = item["reason"].as_str().map(|reason| format!(" {}", reason.split(':').next().unwrap()));
            format!(
                "{} {} {}{}",
                item["line"],
                item["name"],
                item["outcome"].as_str().unwrap(),
                reason.unwrap_or_default()
            )
        })
        .collect()
}

#[tokio::test]
async fn a_row_becomes_an_agent_once_and_a_bad_one_is_refused_alone() {
    on_both(async |service| {
        service.made("/agents", json!({"name": "Gilbert", "email": "gil@example.org"})).await;
        let expected = [
            "2 \"Ann\" created",
            "3 \"Bob, the second\" refused /phone",
            "4 \"Cy\" refused /email",
            "5 \"\" refused /name",
            "6 \"Eve\" exists",
            "7 \"Flo\" created",
            "8 \"Gil\" exists",
        ];
        let dry = imported(service, "?dry_run=true", FILE).await;
        assert_eq!(outcomes(&dry), expected);
        assert_eq!((&dry.body["dry_run"], &dry.body["items"][0]["agent"]), (&json!(true), &Value::Null));
        assert_eq!(service.get("/agents").await.body["items"].as_array().unwrap().len(), 1);
        let done = imported(service, "", FILE).await;
        assert_eq!(outcomes(&done), expected);
        let counts = ["created", "exists", "refused"].map(|count| done.body[count].as_u64().unwrap());
        assert_eq!((counts, &done.body["ignored_columns"]), ([2, 2, 3], &json!(["groups"])));
        let ann = done.body["items"][0]["agent"].as_str().unwrap();
        let shown = service.get(&format!("/agents/{ann}")).await;
        let fields = ["name", "email", "phones", "languages"].map(|field| shown.body[field].clone());
        assert_eq!(fields, [json!("Ann"), json!("ann@example.org"), json!(["+442079460001"]), json!(["en", "de"])]);
        assert_eq!(done.body["items"][4]["agent"], json!(ann));
        let again = imported(service, "", FILE).await;
        assert_eq!((&again.body["created"], &again.body["exists"]), (&json!(0), &json!(4)), "{}", again.text);
        for (query, file, status) in [("", "email\nann@example.org\n", 422), ("", "", 422), ("?invite=yes", FILE, 422)]
        {
            let refused = imported(service, query, file).await;
            assert_eq!(refused.status, status, "{}", refused.text);
        }
        let clerk = service.anonymous(Method::POST, "/agents/import").bearer_auth(service.key(Role::Clerk));
        assert_eq!(sent(clerk.body(FILE)).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn those_who_are_made_are_invited_where_that_is_asked_for() {
    on_both_behind(crate::links::ALONE, async |service| {
        let mails = Mails::of(service);
        let file = "name,email\nAnn,ann@example.org\nFlo,\n";
        let dry = imported(service, "?invite=true&dry_run=true", file).await;
        assert_eq!((dry.status, &dry.body["items"][0]["invited"]), (200, &json!(true)), "{}", dry.text);
        let done = imported(service, "?invite=true", file).await;
        let [ann, flo] = [0, 1].map(|row| done.body["items"][row].clone());
        assert_eq!((&ann["invited"], &flo["invited"]), (&json!(true), &json!(false)), "{}", done.text);
        assert_eq!(flo["not_invited"], "there is no e-mail address");
        let token = mails.token("ann@example.org", "join").await;
        let accept = json!({"token": token, "name": "Ann", "password": "sardines above a parasol 3"});
        let accepted = sent(service.anonymous(Method::POST, "/invitations/accept").json(&accept)).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text);
        let members = service.get("/members").await;
        let own = members.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|member| member["roles"] == json!(["agent"]))
            .unwrap();
        assert_eq!((&own["roles"], &own["agent"]), (&json!(["agent"]), &ann["agent"]), "{}", members.text);
    })
    .await;
}
