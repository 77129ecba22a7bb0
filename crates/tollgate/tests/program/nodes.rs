//! Two programs on one PostgreSQL database.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::exchange::{hears, phone, quiet, record, talk};
use crate::run::Folder;
use crate::server::Server;

/// Two programs on one database, of which the first is the exchange.
fn two(folder: &Folder, database: &str) -> (Server, Server) {
    let first = Server::demo(folder, database, &[]);
    let second = Server::serve(folder, database, &first.key, &[]);
    (first, second)
}

/// The stream of live events.
async fn listen(server: &Server) -> reqwest::Response {
    let request = reqwest::Client::new().get(format!("{}/api/v1/live", server.address)).bearer_auth(&server.key);
    request.send().await.unwrap().error_for_status().unwrap()
}

/// Reads the stream up to a line that has this text.
async fn hears_of(mut stream: reqwest::Response, text: &str) {
    let waiting = async {
        let mut heard = String::new();
        while !heard.contains(text) {
            let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("{text} is not told"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_at_one_node_hears_of_calls_at_the_other() {
    let database = fresh_postgres().await;
    let folder = Folder::new();
    let (first, second) = two(&folder, &database);
    let stream = listen(&second).await;
    let talking = talk(&first, "0040", "0002").await;
    hears_of(stream, "event: call").await;
    drop((talking, first, second));
    drop_postgres(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_carries_the_calls_on_when_the_exchange_is_killed() {
    let database = fresh_postgres().await;
    let folder = Folder::new();
    let (first, second) = two(&folder, &database);
    let talking = talk(&first, "0040", "0002").await;
    sleep(Duration::from_secs(1)).await;
    first.kill();
    drop(talking);
    let (mut caller, mut called) = (phone(&second, "0040").await, phone(&second, "0002").await);
    for (phone, with) in [(&mut caller, "0002"), (&mut called, "0040")] {
        assert_eq!(hears(phone, "call_resumed").await["with"], with);
    }
    called.send("hang_up", Vec::new()).unwrap();
    hears(&mut caller, "call_charged").await;
    quiet(&second).await;
    assert_eq!(record(&second, "0040").await["disposition"], json!("answered"));
    drop(second);
    let checked = folder.run(&["check", "--database-url", &database]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
    drop_postgres(&database).await;
}
