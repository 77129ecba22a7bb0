//! Sounds that a tenant brings in: greetings, and what callers hear who wait.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::sounds::{self, Sound};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::File;
use crate::guard::{ANYONE, COORDINATORS, Caller, NOBODY, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_sounds, create_sound))
        .routes(routes!(delete_sound))
        .routes(routes!(play_sound))
}

/// A sound.
#[derive(Debug, Serialize, ToSchema)]
struct SoundDocument {
    id: String,
    name: String,
    /// `audio/wav` or `audio/mpeg`.
    media_type: String,
    size_bytes: i64,
    created_at: String,
    /// What stands for it as the `audio` of something that is said: `file:snd_...`.
    audio: String,
    /// Where everybody can hear it.
    url: String,
}

/// What a sound is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NameParams {
    /// What it is called.
    name: String,
}

/// List sounds
#[utoipa::path(get, path = "/sounds", params(PageParams),
    responses((status = 200, description = "Those there are.", body = Page<SoundDocument>), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn list_sounds(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(page): Params<PageParams>,
) -> Result<Answer<Page<SoundDocument>>, Problem> {
    let wanted = page.wanted()?;
    let page = sounds::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(page, |sound| sound.id.clone(), |sound| SoundDocument::of(&app, sound))))
}

/// Bring in a sound
///
/// The body is the file, 1 MB at most: WAVE with 16 bits a sample, A-law or µ-law, or MP3. What telephones have is 8,000 samples a second on one channel. A group
/// plays it where its `audio` names it, as `file:snd_...`.
#[utoipa::path(post, path = "/sounds", params(NameParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "It is kept.", body = SoundDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn create_sound(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(NameParams { name }): Params<NameParams>,
    File(bytes): File,
) -> Result<Answer<SoundDocument>, Problem> {
    let sound = app
        .engine
        .run(&actor, |work| {
            let (name, bytes) = (name.clone(), bytes.clone());
            Box::pin(async move { sounds::create(work, name, &bytes).await })
        })
        .await?;
    Ok(Answer::created(format!("/api/v1/sounds/{}", sound.id), SoundDocument::of(&app, sound)))
}

/// Delete a sound
///
/// One that a group's callers hear stays.
#[utoipa::path(delete, path = "/sounds/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn delete_sound(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { sounds::delete(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hear a sound
///
/// It is for everybody who calls: switches and phones fetch it here.
#[utoipa::path(get, path = "/audio/{file}", params(("file" = String, Path, description = "The id, and `.wav` or nothing.")),
    responses((status = 200, description = "The sound.", content_type = "audio/*", body = Vec<u8>), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn play_sound(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Problem> {
    let id = file.strip_suffix(".wav").unwrap_or(&file);
    let (media_type, audio) = sounds::audio(&app.engine, id).await?;
    // A sound is never changed: another has another id.
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "public, max-age=86400".to_owned())];
    Ok((headers, audio).into_response())
}

impl SoundDocument {
    fn of(app: &App, sound: Sound) -> SoundDocument {
        let Sound { id, name, media_type, size_bytes, created_at } = sound;
        let url = format!("{}/api/v1/audio/{id}.wav", app.entrance.url().as_str().trim_end_matches('/'));
        let audio = format!("file:{id}");
        SoundDocument { id, name, media_type, size_bytes, created_at: created_at.to_string(), audio, url }
    }
}
