//! People for a test, with roles in its tenant, who are signed in.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};

use engine::people::memberships::{self, Grants};
use engine::people::sign_in::{Credentials, sign_in};
use engine::people::users::{self, NewUser, User};
use engine::people::{Client, Password};
use engine::{Actor, Role};
use reqwest::{Client as Http, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::service::{Reply, Service, sent};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "herring under umbrella 7";

/// Somebody who is signed in, in a browser with a page of the service.
#[derive(Clone)]
pub(crate) struct Session {
    /// The user's id.
    pub(crate) user: String,
    /// The name that the user signs in with.
    pub(crate) sign_in: String,
    /// The header `Cookie`.
    pub(crate) cookie: String,
    base: String,
    http: Http,
}

/// What gives these roles, these customers' records and this agent's.
pub(crate) fn grants(roles: &[Role], customers: &[&str], agent: Option<&str>) -> Grants {
    let customers = customers.iter().map(|&id| id.to_owned()).collect();
    Grants { roles: roles.iter().copied().collect(), customers, agent: agent.map(str::to_owned) }
}

/// The cookie that an answer sets, as a browser sends it back.
pub(crate) fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

/// A request that a form sends.
pub(crate) fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let encoded = reqwest::Url::parse_with_params("http://form", fields).unwrap();
    let body = encoded.query().unwrap_or_default().to_owned();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

impl Service {
    /// Somebody who is a member nowhere, with the password of everybody; the name to sign in with is an address that no other test has.
    pub(crate) async fn user(&self, name: &str) -> User {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let sign_in = format!("{}.{number}.{}@example.org", name.to_lowercase(), self.owner.tenant);
        let new = NewUser {
            email: Some(sign_in.clone()),
            sign_in,
            name: name.to_owned(),
            language: None,
            password: Some(Password::new(PASSWORD)),
        };
        users::create(&self.engine, &self.owner, new).await.unwrap()
    }

    /// Makes a user a member of the tenant that `by` acts in.
    pub(crate) async fn member(&self, by: &Actor, user: &User, grants: Grants) {
        let mut work = self.engine.begin(by).await.unwrap();
        memberships::give(&mut work, &user.id, grants).await.unwrap();
        work.commit().await.unwrap();
    }

    /// Signs a user in.
    pub(crate) async fn session(&self, user: &User) -> Session {
        let credentials = Credentials { sign_in: user.sign_in.clone(), password: Password::new(PASSWORD), code: None };
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), browser: "test".to_owned() };
        let (_, secret) = sign_in(&self.engine, credentials, &client, None).await.unwrap();
        self.with_cookie(user, format!("{}={}", self.cookie_name(), secret.reveal()))
    }

    /// The user in the browser that has this cookie.
    pub(crate) fn with_cookie(&self, user: &User, cookie: String) -> Session {
        let (base, http) = (self.base.clone(), self.http.clone());
        Session { user: user.id.clone(), sign_in: user.sign_in.clone(), cookie, base, http }
    }

    /// A new member of the tenant with these roles, signed in.
    pub(crate) async fn person(&self, roles: &[Role], customers: &[&str], agent: Option<&str>) -> Session {
        let user = self.user("Ada").await;
        self.member(&self.owner, &user, grants(roles, customers, agent)).await;
        self.session(&user).await
    }

    /// What comes of signing in over HTTP.
    pub(crate) async fn signs_in(&self, sign_in: &str, password: &str) -> Reply {
        sent(self.anonymous(Method::POST, "/session").json(&json!({"sign_in": sign_in, "password": password}))).await
    }
}

impl Session {
    /// The same user in a browser that has this cookie.
    pub(crate) fn with_cookie(&self, cookie: String) -> Session {
        Session { cookie, ..self.clone() }
    }

    /// A request to a path of the service.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.with(self.http.request(method, format!("{}{path}", self.base)))
    }

    /// The request, sent by this browser.
    pub(crate) fn with(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin")
    }

    /// A request to a path below `/api/v1`.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, &format!("/api/v1{path}"))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        sent(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        sent(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, version: i64, body: Value) -> Reply {
        sent(self.request(Method::PUT, path).header("if-match", format!("\"{version}\"")).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        sent(self.request(Method::DELETE, path)).await
    }
}
