//! Sounds that a tenant has brought in, such as greetings spoken by one of its own: what callers hear in the place of words. Whoever knows a sound's id may
//! hear it: it is made for everybody who calls.

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::Serialize;
use storage::sounds::SoundRecord;

use crate::groups::{self, GroupError};
use crate::{Engine, Scope, Work, fields};

/// What stands before the id of one of these sounds, where others are addresses.
const OURS: &str = "file:";

/// A sound, without its audio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sound {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The media type of its audio: `audio/wav` or `audio/mpeg`.
    pub media_type: String,
    /// The size of its audio.
    pub size_bytes: i64,
    /// When it came.
    pub created_at: Instant,
}

/// Why something is not done with a sound.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// There is no such sound.
    #[error("there is no sound {0}")]
    NotFound(String),
    /// The file is neither of the two kinds that every switch plays.
    #[error("the file is neither a WAVE file with 16 bits a sample, A-law or µ-law, nor an MP3 file")]
    NotPlayed,
    /// Callers hear it.
    #[error("callers of {group} hear it: give the group another sound first")]
    InUse {
        /// What the group is called.
        group: String,
    },
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The groups cannot be read.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The database does not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(SoundError: Group);

/// Keeps a sound.
///
/// # Errors
/// It is no sound that can be played, the name makes no sense, or the database does not do it.
pub async fn create(work: &mut Work, name: String, audio: &[u8]) -> Result<Sound, SoundError> {
    let media_type = media_type(audio).ok_or(SoundError::NotPlayed)?;
    let sound = Sound {
        id: work.id("snd"),
        name: fields::required("/name", name, 200)?,
        media_type: media_type.to_owned(),
        size_bytes: i64::try_from(audio.len()).unwrap_or(i64::MAX),
        created_at: work.now(),
    };
    let tenant = work.tenant();
    storage::sounds::insert(&mut work.tx, tenant, &sound.record(), audio).await?;
    work.audit("sound.create", &sound.id, None, Some(&sound)).await?;
    Ok(sound)
}

/// A page of sounds in the order of their coming, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<Sound>, SoundError> {
    let tenant = scope.tenant();
    let page = storage::sounds::page(scope.tx(), tenant, after, limit).await?;
    Ok(page.into_iter().map(Sound::of).collect())
}

/// The media type and the audio of a sound; nobody has to sign in for it.
///
/// # Errors
/// There is none of this id, or the database does not answer.
pub async fn audio(engine: &Engine, id: &str) -> Result<(String, Vec<u8>), SoundError> {
    // Anybody asks: what is no id does not reach the database.
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(SoundError::NotFound(id.to_owned()));
    }
    let mut tx = engine.store().read().await?;
    storage::sounds::audio(&mut tx, id).await?.ok_or_else(|| SoundError::NotFound(id.to_owned()))
}

/// Deletes a sound.
///
/// # Errors
/// There is none, a group's callers hear it, or the database does not do it.
pub async fn delete(work: &mut Work, id: &str) -> Result<(), SoundError> {
    let tenant = work.tenant();
    let record = storage::sounds::get(&mut work.tx, tenant, id).await?;
    let sound = Sound::of(record.ok_or_else(|| SoundError::NotFound(id.to_owned()))?);
    for group in groups::all(work).await? {
        if group.details.answering.sounds().any(|(_, audio)| ours(audio) == Some(id)) {
            return Err(SoundError::InUse { group: group.details.name });
        }
    }
    storage::sounds::delete(&mut work.tx, tenant, id).await?;
    work.audit("sound.delete", id, Some(&sound), None).await?;
    Ok(())
}

/// Whether there is a sound of this id.
pub(crate) async fn is_there(scope: &mut impl Scope, id: &str) -> Result<bool, storage::Error> {
    let tenant = scope.tenant();
    Ok(storage::sounds::get(scope.tx(), tenant, id).await?.is_some())
}

/// The id of one of these sounds, if something that is played is one: `file:snd_...`.
pub(crate) fn ours(audio: &str) -> Option<&str> {
    audio.strip_prefix(OURS)
}

/// Where a switch fetches what is played, of a Tollgate that is reached there.
pub(crate) fn address(base: &str, audio: &str) -> Option<String> {
    // What it is shows by its content type; some players go by the ending, and play MP3 under this one, too.
    Some(format!("{}/api/v1/audio/{}.wav", base.trim_end_matches('/'), ours(audio)?))
}

impl Sound {
    fn of(record: SoundRecord) -> Sound {
        let SoundRecord { id, name, media_type, size_bytes, created_at } = record;
        Sound { id, name, media_type, size_bytes, created_at: Instant::clamped(created_at) }
    }

    fn record(&self) -> SoundRecord {
        let Sound { id, name, media_type, size_bytes, created_at } = self.clone();
        SoundRecord { id, name, media_type, size_bytes, created_at: created_at.millis() }
    }
}

/// What a file is, by its first bytes: WAVE (RIFF, Multimedia Programming Interface 1.0) of a kind that telephones have, or MP3 (ISO/IEC 11172-3), with a
/// tag or without.
fn media_type(audio: &[u8]) -> Option<&'static str> {
    /// PCM, A-law, µ-law.
    const PLAYED: [u16; 3] = [1, 6, 7];
    let word = |at: usize| Some(u16::from_le_bytes(audio.get(at..at + 2)?.try_into().ok()?));
    if audio.starts_with(b"RIFF") {
        let is_wave = audio.get(8..16) == Some(b"WAVEfmt ") && word(20).is_some_and(|kind| PLAYED.contains(&kind));
        let is_wide = word(20) != Some(1) || word(34) == Some(16);
        return (is_wave && is_wide).then_some("audio/wav");
    }
    let is_frame = matches!(audio, [0xff, second, ..] if second & 0xe6 == 0xe2);
    (is_frame || audio.starts_with(b"ID3")).then_some("audio/mpeg")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(kind: u8, bits: u8) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        file.extend([kind, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, bits, 0]);
        file
    }

    #[test]
    fn files_are_known_by_their_first_bytes() {
        for (file, known) in [
            (wave(1, 16), Some("audio/wav")),
            (wave(7, 8), Some("audio/wav")),
            (wave(1, 24), None),
            (wave(85, 16), None),
            (b"RIFF".to_vec(), None),
            (b"ID3\x04".to_vec(), Some("audio/mpeg")),
            (vec![0xff, 0xfb, 0x90, 0x64], Some("audio/mpeg")),
            (vec![0xff, 0xd8, 0xff], None),
            (b"hello".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(media_type(&file), known, "{file:?}");
        }
    }

    #[test]
    fn a_sound_of_ours_has_an_address() {
        let address = address("https://line.example.org/", "file:snd_1");
        assert_eq!(address.as_deref(), Some("https://line.example.org/api/v1/audio/snd_1.wav"));
        assert_eq!(super::address("https://line.example.org", "sound:hello"), None);
    }
}
