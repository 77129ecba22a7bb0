use anyhow::ensure;
use serde_json::Value;

use crate::figures::Result;

/// A client of the API, whose connections are kept for the next request.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    key: String,
}

impl Client {
    /// A client of the server at the URL, with an API key's secret.
    pub(crate) fn new(url: &str, key: &str) -> Client {
        Client { http: reqwest::Client::new(), url: url.to_owned(), key: key.to_owned() }
    }

    /// Posts a document to a path such as `/api/v1/calls`: the answer's document.
    ///
    /// # Errors
    /// It was refused, or nobody answers.
    pub(crate) async fn post(&self, path: &str, document: &Value) -> Result<Value> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.key).json(document);
        let answer = request.send().await?;
        let status = answer.status();
        let document: Value = answer.json().await?;
        ensure!(status.is_success(), "{path} answered {status}: {document}");
        Ok(document)
    }
}
