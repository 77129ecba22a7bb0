//! Elements of XML 1.0.

use quick_xml::escape::escape;

use super::text::clean;

/// One element: with text, or with others in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    pub(super) fn new(name: &'static str) -> Element {
        Element { name, attributes: Vec::new(), text: String::new(), children: Vec::new() }
    }

    pub(super) fn saying(mut self, text: &str) -> Element {
        text.clone_into(&mut self.text);
        self
    }

    pub(super) fn holding(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children);
        self
    }

    pub(super) fn attribute(mut self, name: &'static str, value: impl ToString) -> Element {
        self.attributes.push((name, value.to_string()));
        self
    }

    pub(super) fn attribute_if(self, name: &'static str, value: Option<impl ToString>) -> Element {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    pub(super) fn to_document(&self) -> String {
        let mut out = r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.extend(["<", self.name]);
        for (name, value) in &self.attributes {
            out.extend([" ", name, "=\"", &escape(clean(value)), "\""]);
        }
        if self.text.is_empty() && self.children.is_empty() {
            return out.push_str("/>");
        }
        out.extend([">", &escape(clean(&self.text))]);
        for child in &self.children {
            child.write(out);
        }
        out.extend(["</", self.name, ">"]);
    }
}
