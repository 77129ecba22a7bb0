use std::time::Duration;

use hyper::Method;

use super::{Client, RestError};

/// How long a file is waited for.
const FILE_PATIENCE: Duration = Duration::from_secs(120);

impl Client {
    /// What was recorded, as a WAVE file.
    ///
    /// # Errors
    /// Twilio does not hand it over: it has none of that id, or not yet.
    pub async fn recording(&self, sid: &str) -> Result<Vec<u8>, RestError> {
        let path = ["Recordings", &format!("{sid}.wav")];
        let patience = FILE_PATIENCE.max(self.settings.patience);
        self.ask(Method::GET, &self.address(&path), None, patience).await.map(Vec::from)
    }

    /// Deletes what was recorded, if it is still there.
    ///
    /// # Errors
    /// Twilio does not.
    pub async fn delete_recording(&self, sid: &str) -> Result<(), RestError> {
        self.delete(&["Recordings", &format!("{sid}.json")]).await
    }

    /// Deletes what was understood of something that was recorded, if it is still there: it does not go with the recording.
    ///
    /// # Errors
    /// Twilio does not.
    pub async fn delete_transcription(&self, sid: &str) -> Result<(), RestError> {
        self.delete(&["Transcriptions", &format!("{sid}.json")]).await
    }
}
