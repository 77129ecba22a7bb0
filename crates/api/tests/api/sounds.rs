//! Sounds that callers hear in the place of words.

use reqwest::Method;
use serde_json::{Value, json};

use crate::service::{Reply, Service, on_both, sent};

/// A WAVE file with half a second of silence, in A-law.
fn wave() -> Vec<u8> {
    let mut file =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\xa0\x0f\0\0".to_vec();
    file.resize(44 + 4000, 0xd5);
    file
}

pub(crate) async fn brought(service: &Service, name: &str, file: Vec<u8>) -> Reply {
    let path = format!("/sounds?name={name}");
    sent(service.request(Method::POST, &path).header("content-type", "audio/wav").body(file)).await
}

/// A sound, by its id.
pub(crate) async fn sound(service: &Service) -> String {
    let made = brought(service, "Welcome", wave()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_sound_is_brought_in_heard_by_everybody_and_stays_while_a_group_plays_it() {
    on_both(async |service| {
        let made = brought(service, "Welcome", wave()).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let id = made.body["id"].as_str().unwrap();
        let kind = (&made.body["name"], &made.body["media_type"], &made.body["size_bytes"]);
        assert_eq!(kind, (&json!("Welcome"), &json!("audio/wav"), &json!(4044)));
        assert_eq!(service.get("/sounds").await.body["items"], json!([made.body]));
        let url = made.body["url"].as_str().unwrap();
        let path = &url[url.find("/api/v1/audio/").unwrap()..];
        for path in [path, path.trim_end_matches(".wav")] {
            let heard = sent(service.bare(Method::GET, path)).await;
            assert_eq!((heard.status, heard.header("content-type"), &heard.bytes[..]), (200, "audio/wav", &wave()[..]));
        }

        let greeting = json!({"text": "Welcome to the line.", "audio": made.body["audio"]});
        let group = json!({"name": "Night line", "answering": {"greeting": greeting}});
        let group = service.made("/groups", group).await;
        let refused = sent(service.request(Method::DELETE, &format!("/sounds/{id}"))).await;
        assert_eq!((refused.status, &refused.body["group"]), (409, &json!("Night line")), "{}", refused.text);
        let gone = sent(service.request(Method::DELETE, &format!("/groups/{group}")).header("if-match", "\"1\"")).await;
        assert_eq!(gone.status, 204, "{}", gone.text);
        assert_eq!(sent(service.request(Method::DELETE, &format!("/sounds/{id}"))).await.status, 204);
        for path in [path, "/api/v1/audio/%00.wav", "/api/v1/audio/..%2Fsnd", "/api/v1/audio/%F0%9F%8E%B5"] {
            assert_eq!(sent(service.bare(Method::GET, path)).await.status, 404, "{path}");
        }
        assert_eq!(service.get("/sounds").await.body["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_played_is_not_taken() {
    on_both(async |service| {
        for file in
            [b"hello".to_vec(), Vec::new(), wave()[..20].to_vec(), b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x55\0".to_vec()]
        {
            let refused = brought(service, "Noise", file).await;
            assert_eq!((refused.status, refused.problem()), (400, "unreadable"), "{}", refused.text);
        }
        let nameless = brought(service, "", wave()).await;
        assert_eq!((nameless.status, nameless.places()), (422, vec!["/name"]), "{}", nameless.text);
        let large = brought(service, "Long", [wave(), vec![0; 2 << 20]].concat()).await;
        assert_eq!(large.status, 413, "{}", large.text);
        assert_eq!(service.get("/sounds").await.body["items"], json!([]));

        // Each place of a group that names one is looked at.
        let said = |audio: &str| json!({"text": "Hello.", "audio": audio});
        for (answering, place) in [
            (json!({"greeting": said("file:snd_none")}), "/answering/greeting/audio"),
            (json!({"voicemail": {"greeting": said("file:snd_none")}}), "/answering/voicemail/greeting/audio"),
            (json!({"queue_seconds": 60, "queue_music": "file:snd_none"}), "/answering/queue_music"),
            (
                json!({"no_answer": [{"kind": "message", "saying": said("file:snd_none")}]}),
                "/answering/no_answer/0/saying/audio",
            ),
        ] {
            let refused = service.post("/groups", json!({"name": "Night line", "answering": answering})).await;
            assert_eq!((refused.status, refused.places()), (422, vec![place]), "{}", refused.text);
        }
        let groups: Value = service.get("/groups").await.body;
        assert_eq!(groups["items"], json!([]));
    })
    .await;
}
