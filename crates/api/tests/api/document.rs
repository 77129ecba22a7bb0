//! The OpenAPI document, the explorer, and what every answer has.

use std::collections::HashSet;
use std::io::Read;

use reqwest::Method;
use serde_json::Value;

use crate::service::{on_both, sent};

#[test]
fn every_operation_declares_its_role_owner_and_default_problem() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut names = HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let told = format!("{method} {path}");
            assert!(operation["x-roles"].as_array().is_some_and(|roles| !roles.is_empty()), "{told}");
            let roles: Vec<&str> = operation["x-roles"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let open = roles == ["anyone"];
            let owner = operation["x-owner"].as_str().unwrap();
            let expected: &[&str] = match () {
                // Who is about to sign in, or to be somebody by a link, reaches itself at most.
                () if open => &["nobody", "self"],
                () if roles == ["signed-in"] => &["self"],
                () if roles.contains(&"customer") && roles.contains(&"agent") => &["customer-or-agent"],
                () if roles.contains(&"customer") => &["customer"],
                () if roles.contains(&"agent") => &["agent"],
                () => &["tenant"],
            };
            assert!(expected.contains(&owner), "{told}: {owner}");
            assert_eq!(operation["security"].as_array().unwrap().is_empty(), open, "{told}");
            let default = &operation["responses"]["default"]["content"]["application/problem+json"];
            assert_eq!(default["schema"]["$ref"], "#/components/schemas/Problem", "{told}");
            assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{told}");
            assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{told}");
            let parameters: Vec<&str> = operation["parameters"]
                .as_array()
                .map(|all| all.iter().filter_map(|parameter| parameter["name"].as_str()).collect())
                .unwrap_or_default();
            // Who adds something to a set, says how it stands, or chooses where to work, overwrites nothing.
            let adds = ["/suspensions/", "/blocks/", "/blocking/"].iter().any(|set| path.contains(set));
            let says = [
                "/session/tenant",
                "/presence",
                "/read",
                "/delivered",
                "/review",
                "/rating",
                "/maintenance",
                "/done",
                "/decision",
            ]
            .iter()
            .any(|end| path.ends_with(end));
            if method == "put" && !adds && !says {
                assert!(parameters.contains(&"If-Match"), "{told}");
            }
            assert_eq!(path.contains("{id}"), parameters.contains(&"id"), "{told}");
            assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{told}");
        }
    }
}

#[test]
fn charging_is_set_beside_the_requests_of_diameter() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let tag = document["tags"].as_array().unwrap().iter().find(|tag| tag["name"] == "charging").unwrap();
    let told = tag["description"].as_str().unwrap();
    for request in ["INITIAL_REQUEST", "UPDATE_REQUEST", "TERMINATION_REQUEST", "EVENT_REQUEST", "4012", "5030", "5031"]
    {
        assert!(told.contains(request), "{request}");
    }
    // Every address and problem that it names is there.
    for path in told.split('`').filter_map(|word| word.split_once(" /charging/")).map(|(_, path)| path) {
        assert!(document["paths"].get(format!("/api/v1/charging/{path}")).is_some(), "{path}");
    }
    let problems = document["info"]["description"].as_str().unwrap();
    for kind in ["insufficient-balance", "unrated", "wrong-state", "invalid", "not-found", "unavailable"] {
        assert!(told.contains(kind) && problems.contains(&format!("/problems/{kind}")), "{kind}");
    }
}

/// Of two records with one name the document would show one for both.
#[test]
fn no_two_schemas_have_one_name() {
    let mut seen = std::collections::BTreeMap::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for derived in source.split("ToSchema)]").skip(1) {
                let is_a_name = |word: &&str| !matches!(*word, "struct" | "enum");
                let name = derived.split_whitespace().skip_while(is_a_name).nth(1).unwrap_or_default();
                let name = name.split(['<', '(', ';']).next().unwrap().to_owned();
                let other = seen.insert(name.clone(), path.clone());
                assert!(other.is_none(), "{name} is in {} and {}", other.unwrap().display(), path.display());
            }
        }
    }
    assert!(seen.len() > 100, "the sources were not read");
}

#[test]
fn every_schema_that_is_named_is_there() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn the_explorer_and_the_document_need_no_key_and_no_internet() {
    on_both(async |service| {
        let document = sent(service.bare(Method::GET, "/api/v1/openapi.json")).await;
        assert_eq!((document.status, document.header("content-type")), (200, "application/json"));
        assert!(document.body["paths"]["/api/v1/test/clock"].is_object(), "this service has a test clock");
        assert!(serde_json::to_value(api::openapi()).unwrap()["paths"]["/api/v1/test/clock"].is_null());
        let short = sent(service.bare(Method::GET, "/docs")).await;
        assert_eq!((short.status, short.header("location")), (303, "/docs/"));
        let page = sent(service.bare(Method::GET, "/docs/")).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html"));
        assert!(!page.text.contains("http://") && !page.text.contains("https://"), "the page loads from elsewhere");
        for source in page.text.split("src=\"./").skip(1).chain(page.text.split("href=\"./").skip(1)) {
            let file = source.split('"').next().unwrap();
            assert_eq!(sent(service.bare(Method::GET, &format!("/docs/{file}"))).await.status, 200, "{file}");
        }
        let script = sent(service.bare(Method::GET, "/docs/swagger-initializer.js")).await;
        assert!(script.text.contains("/api/v1/openapi.json") && !script.text.contains("petstore"));
        assert!(!page.text.contains("<script>"), "the policy allows no scripts in the page");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && !policy.contains("script-src"), "{policy}");
        assert_eq!(sent(service.bare(Method::GET, "/docs/none.js")).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn every_answer_protects_browsers_and_has_its_id() {
    on_both(async |service| {
        for path in ["/health", "/nowhere", "/api/v1/customers", "/docs/"] {
            let reply = sent(service.bare(Method::GET, path)).await;
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
            assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
            let policy = reply.header("content-security-policy");
            assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}");
            assert!(reply.header("x-request-id").len() > 20, "{path}");
        }
        assert_eq!(sent(service.bare(Method::GET, "/health")).await.body["status"], "ok");
        for (given, taken) in [("abc-1_Z", true), ("", false), ("a b", false), (&"x".repeat(65), false), ("a;b", false)]
        {
            let reply = sent(service.bare(Method::GET, "/nowhere").header("x-request-id", given)).await;
            assert_eq!(reply.header("x-request-id") == given, taken, "{given}");
            assert_eq!(reply.body["request_id"], reply.header("x-request-id"));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_large_comes_compressed_to_whoever_takes_it() {
    on_both(async |service| {
        let plain = sent(service.anonymous(Method::GET, "/openapi.json")).await;
        assert_eq!(plain.header("content-encoding"), "");
        for (path, compressed) in [("/openapi.json", true), ("/health", false), ("/live", false)] {
            let reply = sent(service.request(Method::GET, path).header("accept-encoding", "gzip")).await;
            assert_eq!(reply.header("content-encoding") == "gzip", compressed, "{path}");
            if compressed {
                let mut text = String::new();
                flate2::read::GzDecoder::new(&reply.bytes[..]).read_to_string(&mut text).unwrap();
                assert_eq!(text, plain.text);
                assert!(reply.bytes.len() * 5 < text.len(), "{} bytes of {}", reply.bytes.len(), text.len());
            }
        }
    })
    .await;
}
