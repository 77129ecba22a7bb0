//! People: who signs in, and what they may do where.

use std::net::IpAddr;
use std::time::Duration;

use domain::time::Instant;
use engine::people::memberships::{self, Grants, MembershipError};
use engine::people::sessions::{self, SignedIn};
use engine::people::sign_in::{Credentials, SignInError, sign_in};
use engine::people::users::{self, NewUser, User};
use engine::people::{Client, NO_TENANT, Password, Secret};
use engine::{Actor, Role};

use crate::world::World;

mod invitations;
mod memberships_rules;
mod passwords;
pub(crate) mod post;
mod resets;
mod second_factor;
mod session_limits;
mod set_up;
mod signing_in;

/// A password that is good enough for anybody.
pub(crate) const PASSWORD: &str = "lantern orbit 41 mosaic";
pub(crate) const OTHER: &str = "velvet quarry 88 thistle";

pub(crate) fn client(address: &str) -> Client {
    Client { address: address.parse::<IpAddr>().unwrap(), browser: "Test/1.0".to_owned() }
}

pub(crate) fn home() -> Client {
    client("192.0.2.10")
}

pub(crate) fn password(text: &str) -> Password {
    Password::new(text)
}

/// The program above all tenants.
pub(crate) fn program() -> Actor {
    Actor::program(NO_TENANT, "cli")
}

pub(crate) fn roles(role: Role) -> Grants {
    Grants { roles: role.into(), ..Grants::default() }
}

pub(crate) fn credentials(name: &str, text: &str, code: Option<&str>) -> Credentials {
    Credentials { sign_in: name.to_owned(), password: password(text), code: code.map(str::to_owned) }
}

impl World {
    /// A user who is a member nowhere.
    pub(crate) async fn user(&self, name: &str) -> User {
        let email = if name.contains('@') { name.to_owned() } else { format!("{name}@mail.example.org") };
        let new = NewUser {
            sign_in: name.to_owned(),
            email: Some(email),
            name: "Robin Example".to_owned(),
            language: None,
            password: Some(password(PASSWORD)),
        };
        users::create(&self.engine, &program(), new).await.unwrap()
    }

    /// A member of the tenant in this role.
    pub(crate) async fn member(&self, name: &str, role: Role) -> User {
        let user = self.user(name).await;
        self.give(&user, roles(role)).await.unwrap();
        user
    }

    pub(crate) async fn give(&self, user: &User, grants: Grants) -> Result<(), MembershipError> {
        self.run(async |work| memberships::give(work, &user.id, grants).await).await.map(|_| ())
    }

    pub(crate) async fn enter(&self, name: &str, text: &str, from: &Client) -> Result<Secret, SignInError> {
        self.enter_with(name, text, None, from).await
    }

    pub(crate) async fn enter_with(
        &self,
        name: &str,
        text: &str,
        code: Option<&str>,
        from: &Client,
    ) -> Result<Secret, SignInError> {
        sign_in(&self.engine, credentials(name, text, code), from, None).await.map(|(_, secret)| secret)
    }

    /// The secret of a new session from home.
    pub(crate) async fn signed_in(&self, name: &str) -> Secret {
        self.enter(name, PASSWORD, &home()).await.unwrap()
    }

    pub(crate) async fn who(&self, secret: &Secret) -> Option<SignedIn> {
        sessions::authenticate(&self.engine, secret).await.unwrap()
    }

    pub(crate) fn pass(&self, time: Duration) {
        let now = self.engine.clock().now().millis();
        self.clock.move_to(Instant::clamped(now + i64::try_from(time.as_millis()).unwrap()));
    }

    /// As another who acts in the tenant.
    pub(crate) fn acting(&self, actor: Actor) -> World {
        World { engine: self.engine.clone(), clock: self.clock.clone(), actor }
    }

    /// As somebody of these roles who is nobody's user.
    pub(crate) fn as_role(&self, role: Role) -> World {
        self.acting(Actor { roles: role.into(), ..self.actor.clone() })
    }
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
