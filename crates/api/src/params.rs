//! Reading the parameters of a path and of a query.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use domain::period::Period;
use domain::time::{Date, Instant};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::problem::{NOT_FOUND, Problem, UNREADABLE};

/// The id in the path.
pub(crate) struct Id(pub(crate) String);

/// Two ids in the path.
pub(crate) struct Ids(pub(crate) String, pub(crate) String);

/// The query: a struct of optional texts, one field a parameter. A parameter that it does not know is refused, and so is one that
/// is given twice.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let id = Path::<String>::from_request_parts(parts, state).await.map(|Path(id)| id);
        id.map(Id).map_err(|_| Problem::new(NOT_FOUND, "the address has no readable id"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let ids = Path::<(String, String)>::from_request_parts(parts, state).await;
        let ids = ids.map(|Path((id, other))| Ids(id, other));
        ids.map_err(|_| Problem::new(NOT_FOUND, "the address has no readable ids"))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let unreadable = |detail: String| Problem::new(UNREADABLE, format!("the query cannot be read: {detail}"));
        let pairs: Query<Vec<(String, String)>> =
            Query::try_from_uri(&parts.uri).map_err(|error| unreadable(error.to_string()))?;
        let mut given = Map::new();
        for (name, value) in pairs.0 {
            if given.insert(name.clone(), Value::String(value)).is_some() {
                return Err(unreadable(format!("{name:.40} is given twice")));
            }
        }
        let read = serde_json::from_value(Value::Object(given));
        read.map(Params).map_err(|error| unreadable(error.to_string()))
    }
}

/// The instant of a parameter.
pub(crate) fn instant(name: &'static str, given: Option<&String>) -> Result<Option<Instant>, Problem> {
    given.map(|text| Instant::parse(text).map_err(|error| Problem::parameter(name, error.to_string()))).transpose()
}

/// The date of a parameter.
pub(crate) fn date(name: &'static str, given: Option<&String>) -> Result<Option<Date>, Problem> {
    let wrong = || Problem::parameter(name, "is no date such as 2026-12-24".to_owned());
    given.map(|text| text.parse().map_err(|_| wrong())).transpose()
}

/// The calendar month of a parameter.
pub(crate) fn month(name: &'static str, given: Option<&String>) -> Result<Option<Period>, Problem> {
    given.map(|text| Period::month(text).map_err(|error| Problem::parameter(name, error.to_string()))).transpose()
}

/// The word of a parameter, as the type that it names.
pub(crate) fn word<T: DeserializeOwned>(name: &'static str, given: Option<&String>) -> Result<Option<T>, Problem> {
    let read = |text: &String| serde_json::from_value(Value::String(text.clone()));
    given.map(|text| read(text).map_err(|error| Problem::parameter(name, error.to_string()))).transpose()
}

/// A parameter that is yes or no; no, where it is not given.
pub(crate) fn flag(name: &'static str, given: Option<&String>) -> Result<bool, Problem> {
    match given.map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::parameter(name, "must be true or false")),
    }
}
