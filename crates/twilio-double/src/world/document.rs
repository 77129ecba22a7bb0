//! Documents, as Twilio reads them.

use std::collections::{BTreeMap, VecDeque};

use url::Url;

/// What stands in what, of that which is played here.
const PLACES: [(&str, &[&str]); 4] = [
    (
        "Response",
        &[
            "Say", "Play", "Pause", "Gather", "Record", "Dial", "Enqueue", "Leave", "Redirect", "Reject", "Hangup",
            "Message",
        ],
    ),
    ("Gather", &["Say", "Play", "Pause"]),
    ("Dial", &["Number", "Conference", "Queue"]),
    ("Enqueue", &[]),
];

/// An element of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// The verbs of a document.
pub(crate) fn read(text: &str) -> Result<VecDeque<Element>, String> {
    let document = roxmltree::Document::parse(text).map_err(|error| format!("12100: it is no document: {error}"))?;
    let root = document.root_element();
    if root.tag_name().name() != "Response" {
        return Err(format!("12200: <{}> is no <Response>", root.tag_name().name()));
    }
    Ok(Element::of(root)?.children.into())
}

impl Element {
    fn of(node: roxmltree::Node<'_, '_>) -> Result<Element, String> {
        let name = node.tag_name().name();
        let children: Vec<Element> =
            node.children().filter(roxmltree::Node::is_element).map(Element::of).collect::<Result<_, _>>()?;
        let allowed = PLACES.iter().find(|(place, _)| *place == name).map_or(&[][..], |(_, allowed)| *allowed);
        if let Some(child) = children.iter().find(|child| !allowed.contains(&child.name.as_str())) {
            return Err(format!("12200: <{}> does not stand in <{name}>", child.name));
        }
        let attributes = node.attributes().map(|attribute| (attribute.name().to_owned(), attribute.value().to_owned()));
        let text = node.text().unwrap_or_default().trim().to_owned();
        Ok(Element { name: name.to_owned(), attributes: attributes.collect(), text, children })
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.attribute(name)?.parse().ok()
    }

    /// Whether an attribute says yes; what it says where it is not there.
    pub(crate) fn flag(&self, name: &str, without: bool) -> bool {
        self.attribute(name).map_or(without, |flag| flag == "true")
    }

    /// The address in an attribute, which may be told from the document's own.
    pub(crate) fn url(&self, name: &str, base: Option<&Url>) -> Option<Url> {
        resolved(self.attribute(name)?, base)
    }
}

/// An address, which may be told from another.
pub(crate) fn resolved(told: &str, base: Option<&Url>) -> Option<Url> {
    base.map_or_else(|| Url::parse(told), |base| base.join(told)).ok()
}
