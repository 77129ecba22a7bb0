//! Lists, page by page. A cursor is where the page before ended; what it is made of is nobody's business but ours.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

const MOST: i64 = 500;
const USUAL: i64 = 50;

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// How many items at most: 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 500)]
    pub(crate) limit: Option<String>,
    /// Where to go on: the `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub(crate) next_cursor: Option<String>,
}

/// A page that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    limit: i64,
    cursor: Option<String>,
}

/// The form of the cursors, so that those of an older form can be told.
const FORM: &str = "1 ";

impl Wanted {
    pub(crate) fn read(limit: Option<&String>, cursor: Option<&String>) -> Result<Self, Problem> {
        let limit = match limit.map(|limit| limit.parse::<i64>()) {
            None => USUAL,
            Some(Ok(limit)) if (1..=MOST).contains(&limit) => limit,
            Some(_) => return Err(Problem::parameter("limit", format!("must be a whole number from 1 to {MOST}"))),
        };
        Ok(Wanted { limit, cursor: cursor.map(|cursor| decoded(cursor).ok_or_else(no_cursor)).transpose()? })
    }

    /// The key of the last item of the page before.
    pub(crate) fn key(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The instant (in milliseconds) and the id of the last item of the page before, for lists by time.
    pub(crate) fn key_in_time(&self) -> Result<Option<(i64, &str)>, Problem> {
        let Some(key) = &self.cursor else { return Ok(None) };
        let (at, id) = key.split_once(' ').ok_or_else(no_cursor)?;
        Ok(Some((at.parse().map_err(|_| no_cursor())?, id)))
    }

    /// The position of the last item of the page before, for lists in an order of their own; 0 for the first page.
    pub(crate) fn position(&self) -> Result<i64, Problem> {
        self.cursor.as_deref().map_or(Ok(0), |key| key.parse().map_err(|_| no_cursor()))
    }

    /// How many rows to ask for: one more than are shown tells whether there is a next page.
    pub(crate) fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// The page that these rows make; `key` is that of an item.
    pub(crate) fn page<R, T>(&self, mut rows: Vec<R>, key: impl Fn(&R) -> String, show: impl Fn(R) -> T) -> Page<T> {
        let shown = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > shown;
        rows.truncate(shown);
        let next_cursor = rows.last().filter(|_| more).map(|last| cursor(&key(last)));
        Page { items: rows.into_iter().map(show).collect(), next_cursor }
    }
}

impl PageParams {
    pub(crate) fn wanted(&self) -> Result<Wanted, Problem> {
        Wanted::read(self.limit.as_ref(), self.cursor.as_ref())
    }
}

/// The key of an item in a list by time.
pub(crate) fn key_in_time(at: i64, id: &str) -> String {
    format!("{at} {id}")
}

/// The cursor of the item with this key.
pub(crate) fn cursor(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{FORM}{key}"))
}

fn decoded(cursor: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix(FORM).filter(|key| !key.chars().any(char::is_control)).map(str::to_owned)
}

fn no_cursor() -> Problem {
    Problem::parameter("cursor", "is not a next_cursor of this list: begin again without it")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_cursor_or_none(text: String, key in "[^\\p{Cc}]{0,60}", cut in 0..90_usize) {
            let own = cursor(&key);
            prop_assert_eq!(decoded(&own), Some(key));
            let cut: String = own.chars().take(cut).collect();
            for text in [text, cut] {
                if let Ok(wanted) = Wanted::read(None, Some(&text)) {
                    let key = wanted.key().unwrap();
                    prop_assert!(!key.chars().any(char::is_control));
                    let _ = (wanted.key_in_time().is_ok(), wanted.position().is_ok());
                }
            }
        }
    }

    #[test]
    fn cursors_by_table() {
        assert_eq!(decoded(&cursor("cus_1")).as_deref(), Some("cus_1"));
        for garbage in ["", "x", "cus_1", "MiBjdXNfMQ", "%", "\u{e4}", &cursor("a\0b")] {
            assert!(Wanted::read(None, Some(&garbage.to_owned())).is_err(), "{garbage}");
        }
        let in_time = |key: &str| Wanted::read(None, Some(&cursor(key))).unwrap().key_in_time().is_ok();
        assert!(in_time("17 call_1") && !in_time("call_1") && !in_time("x call_1"));
    }

    #[test]
    fn limits_by_table() {
        for (limit, rows) in [("1", Some(2)), ("500", Some(501)), ("0", None), ("501", None), ("-1", None), ("a", None)]
        {
            assert_eq!(Wanted::read(Some(&limit.to_owned()), None).ok().map(|wanted| wanted.rows()), rows, "{limit}");
        }
    }
}
