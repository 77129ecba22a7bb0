use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Client, RestError};
use crate::form::Form;

/// Something else that is to become of a party of a conference. What is none stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParticipantChange {
    /// Whether the others do not hear it.
    pub is_muted: Option<bool>,
    /// Whether it hears music in the place of the others.
    pub is_held: Option<bool>,
    /// Whether the conference ends with it.
    pub ends: Option<bool>,
}

/// A party of a conference.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Participant {
    /// The id of its call.
    #[serde(rename = "call_sid")]
    pub call: String,
    /// What it is called in the conference.
    #[serde(default)]
    pub label: Option<String>,
}

#[derive(Deserialize)]
struct Conferences {
    conferences: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    sid: String,
}

#[derive(Deserialize)]
struct Participants {
    participants: Vec<Participant>,
}

impl Client {
    /// The id of the conference with this name that runs, if one does.
    ///
    /// # Errors
    /// Twilio does not say so.
    pub async fn conference(&self, name: &str) -> Result<Option<String>, RestError> {
        let query = [("FriendlyName", name), ("Status", "in-progress")];
        let Conferences { conferences } = self.read(&["Conferences.json"], &query).await?;
        Ok(conferences.into_iter().next().map(|conference| conference.sid))
    }

    /// Who is in a conference.
    ///
    /// # Errors
    /// Twilio does not say so: it is over, for example.
    pub async fn participants(&self, conference: &str) -> Result<Vec<Participant>, RestError> {
        let Participants { participants } = self.read(&["Conferences", conference, "Participants.json"], &[]).await?;
        Ok(participants)
    }

    /// Has one party of a conference hear something, which the others do not.
    ///
    /// # Errors
    /// Twilio does not: the party is gone, for example.
    pub async fn announce(&self, conference: &str, call: &str, heard: &Url) -> Result<(), RestError> {
        let form = [("AnnounceUrl", heard.as_str()), ("AnnounceMethod", "POST")].into_iter().collect();
        self.change_participant_by(conference, call, &form).await
    }

    /// Changes a party of a conference.
    ///
    /// # Errors
    /// Twilio does not: the party is gone, for example.
    pub async fn change_participant(
        &self,
        conference: &str,
        call: &str,
        change: &ParticipantChange,
    ) -> Result<(), RestError> {
        let flags = [("Muted", change.is_muted), ("Hold", change.is_held), ("EndConferenceOnExit", change.ends)];
        let form = flags.into_iter().filter_map(|(name, flag)| Some((name, flag?.to_string()))).collect();
        self.change_participant_by(conference, call, &form).await
    }

    async fn change_participant_by(&self, conference: &str, call: &str, form: &Form) -> Result<(), RestError> {
        let path = ["Conferences", conference, "Participants", &format!("{call}.json")];
        self.write::<Value>(&path, form).await.map(drop)
    }

    /// Takes a party out of a conference. Its call goes on with what its document says next.
    ///
    /// # Errors
    /// Twilio does not.
    pub async fn remove_participant(&self, conference: &str, call: &str) -> Result<(), RestError> {
        self.delete(&["Conferences", conference, "Participants", &format!("{call}.json")]).await
    }

    /// Ends a conference for all.
    ///
    /// # Errors
    /// Twilio does not.
    pub async fn end_conference(&self, conference: &str) -> Result<(), RestError> {
        let form = [("Status", "completed")].into_iter().collect();
        self.write::<Value>(&["Conferences", &format!("{conference}.json")], &form).await.map(drop)
    }
}
