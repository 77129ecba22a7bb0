//! Checks of the texts that people give.

use domain::card::looks_like_card;
use domain::invalid::Invalid;

/// A text of one line, without blanks at its ends; `None` for nothing.
///
/// # Errors
/// The text is longer than `longest` characters or has control characters.
pub(crate) fn optional(pointer: &str, text: Option<String>, longest: usize) -> Result<Option<String>, Invalid> {
    let Some(text) = text else { return Ok(None) };
    let trimmed = text.trim();
    if trimmed.chars().any(char::is_control) {
        return Err(Invalid::at(pointer, "must be one line without control characters"));
    }
    if trimmed.chars().count() > longest {
        return Err(Invalid::at(pointer, format!("must have {longest} characters at most")));
    }
    Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
}

/// A text of one line that must be there.
///
/// # Errors
/// As [`optional`], or there is nothing.
pub(crate) fn required(pointer: &str, text: String, longest: usize) -> Result<String, Invalid> {
    optional(pointer, Some(text), longest)?.ok_or_else(|| Invalid::at(pointer, "must not be empty"))
}

/// What somebody writes about something, in one line: as [`optional`], and without the number of a payment card, which nobody is to keep.
///
/// # Errors
/// As [`optional`], or it has digits that look like such a number.
pub(crate) fn remark(pointer: &str, text: Option<String>, longest: usize) -> Result<Option<String>, Invalid> {
    without_card(pointer, optional(pointer, text, longest)?)
}

fn without_card(pointer: &str, text: Option<String>) -> Result<Option<String>, Invalid> {
    if text.as_deref().is_some_and(looks_like_card) {
        return Err(Invalid::at(pointer, "has digits that look like the number of a payment card: leave them out"));
    }
    Ok(text)
}

/// The same where it must be there.
///
/// # Errors
/// As [`remark`], or there is nothing.
pub(crate) fn required_remark(pointer: &str, text: String, longest: usize) -> Result<String, Invalid> {
    remark(pointer, Some(text), longest)?.ok_or_else(|| Invalid::at(pointer, "must not be empty"))
}

/// A text of any lines, without blanks at its ends and the number of a payment card; `None` for nothing.
///
/// # Errors
/// The text is longer than `longest` characters, has control characters other than the ends of lines, or digits that look like such a number.
pub(crate) fn lines(pointer: &str, text: Option<String>, longest: usize) -> Result<Option<String>, Invalid> {
    let Some(text) = text else { return Ok(None) };
    let text = text.replace("\r\n", "\n");
    let trimmed = text.trim();
    if trimmed.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Invalid::at(pointer, "must have no control characters but the ends of lines"));
    }
    if trimmed.chars().count() > longest {
        return Err(Invalid::at(pointer, format!("must have {longest} characters at most")));
    }
    without_card(pointer, (!trimmed.is_empty()).then(|| trimmed.to_owned()))
}

/// An e-mail address: one line that has the form of one; `None` for nothing.
///
/// # Errors
/// As [`optional`], or it has not the form of an address.
pub(crate) fn email(pointer: &str, text: Option<String>) -> Result<Option<String>, Invalid> {
    // RFC 5321, section 4.5.3.1.3, bounds a path at 256 octets with its angle brackets.
    let Some(address) = optional(pointer, text, 254)? else { return Ok(None) };
    let parts = address.split_once('@').filter(|(user, host)| !user.is_empty() && host.contains('.'));
    if parts.is_none() || address.contains(char::is_whitespace) {
        return Err(Invalid::at(pointer, "is not an e-mail address"));
    }
    Ok(Some(address))
}

/// The most characters of a name in the configuration of an Asterisk.
const LONGEST_NAME: usize = 40;

/// A name as the configuration of an Asterisk has it, that of an endpoint or of the Asterisk itself; `None` for nothing.
///
/// # Errors
/// It has other characters than letters, digits, and `_.-`, or more than 40.
pub(crate) fn name_in_asterisk(pointer: &str, text: Option<String>) -> Result<Option<String>, Invalid> {
    let Some(name) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let is_known = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    if name.len() > LONGEST_NAME || !name.chars().all(is_known) {
        return Err(Invalid::at(pointer, format!("must be up to {LONGEST_NAME} letters, digits, and _ . -")));
    }
    Ok(Some(name))
}
