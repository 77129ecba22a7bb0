//! The client against a small exchange of our own, which says what each test wants.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::{ConnectError, Connection, Event, Options, SendError};

const OPEN: &str = r#"0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}"#;
const SOON_DEAD: &str = r#"0{"sid":"s","upgrades":[],"pingInterval":200,"pingTimeout":100,"maxPayload":100000}"#;

struct Exchange(TcpListener);

impl Exchange {
    async fn start() -> Exchange {
        Exchange(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    /// The next phone, before anything is said.
    async fn caller(&self) -> Line {
        Line(accept_async(self.0.accept().await.unwrap().0).await.unwrap())
    }

    /// The next phone, registered.
    async fn phone(&self, open: &str) -> Line {
        let mut line = self.caller().await;
        line.say(open).await;
        assert_eq!(line.hear().await, r#"40{"phoneNumber":"0001"}"#);
        line.say(r#"40{"sid":"t"}"#).await;
        line
    }
}

struct Line(WebSocketStream<TcpStream>);

impl Line {
    async fn say(&mut self, frame: &str) {
        self.0.send(Message::text(frame)).await.unwrap();
    }

    /// The next frame; "closed" when none follows.
    async fn hear(&mut self) -> String {
        match tokio::time::timeout(Duration::from_secs(5), self.0.next()).await.expect("nothing was said") {
            Some(Ok(Message::Text(text))) => text.to_string(),
            _ => "closed".to_owned(),
        }
    }
}

fn auth() -> Value {
    json!({"phoneNumber": "0001"})
}

/// A connection and the exchange's end of it.
async fn connected(exchange: &Exchange, open: &str, options: Options) -> (Connection, Line) {
    let url = exchange.url();
    let (connection, line) = tokio::join!(Connection::open_with(&url, auth(), options), exchange.phone(open));
    (connection.unwrap(), line)
}

async fn next(connection: &mut Connection) -> Event {
    tokio::time::timeout(Duration::from_secs(5), connection.next()).await.expect("no event came")
}

fn received(name: &str, args: &[Value]) -> Event {
    Event::Received { name: name.to_owned(), args: args.to_vec() }
}

fn is_lost(event: &Event) -> bool {
    matches!(event, Event::Lost { .. })
}

#[tokio::test]
async fn events_go_both_ways_in_order_and_pings_are_answered() {
    let exchange = Exchange::start().await;
    let (mut connection, mut line) = connected(&exchange, OPEN, Options::default()).await;
    line.say(r#"42["registered","0001"]"#).await;
    line.say("2").await;
    line.say(r#"42["call_ended"]"#).await;
    assert_eq!(next(&mut connection).await, received("registered", &[json!("0001")]));
    assert_eq!(next(&mut connection).await, received("call_ended", &[]));
    for number in 0..100 {
        connection.send("dtmf", vec![json!(number.to_string())]).unwrap();
    }
    assert_eq!(line.hear().await, "3");
    for number in 0..100 {
        assert_eq!(line.hear().await, format!(r#"42["dtmf","{number}"]"#));
    }
}

#[tokio::test]
async fn answers_find_their_question_in_any_order() {
    let exchange = Exchange::start().await;
    let (connection, mut line) = connected(&exchange, OPEN, Options::default()).await;
    let (first, second, ()) = tokio::join!(connection.ask("a", vec![]), connection.ask("b", vec![]), async {
        assert_eq!(line.hear().await, r#"420["a"]"#);
        assert_eq!(line.hear().await, r#"421["b"]"#);
        line.say(r#"439["nobody asked"]"#).await;
        line.say(r#"431["second"]"#).await;
        line.say(r#"430[["first"]]"#).await;
    });
    assert_eq!((first, second), (Ok(json!(["first"])), Ok(json!("second"))));
}

#[tokio::test]
async fn a_question_without_an_answer_ends() {
    let exchange = Exchange::start().await;
    let within = Duration::from_millis(100);
    let (connection, line) = connected(&exchange, OPEN, Options { answer_within: within, ..Options::default() }).await;
    assert_eq!(connection.ask("a", vec![]).await, Err(SendError::NoAnswer { within }));
    let (answer, ()) = tokio::join!(connection.ask("a", vec![]), async { drop(line) });
    assert!(matches!(answer, Err(SendError::Lost | SendError::NoAnswer { .. })), "{answer:?}");
}

#[tokio::test]
async fn garbage_is_ignored() {
    let exchange = Exchange::start().await;
    let (mut connection, mut line) = connected(&exchange, OPEN, Options::default()).await;
    for frame in ["", "9", "42", "42{", "42[]", "42[7]", "43", "437", "44", "0", "0{}", "40", "42/x,[\"a\"]", "é\u{0}"]
    {
        line.say(frame).await;
    }
    line.0.send(Message::binary(vec![0, 159, 146, 150])).await.unwrap();
    line.say(r#"42["talk","still here"]"#).await;
    assert_eq!(next(&mut connection).await, received("talk", &[json!("still here")]));
}

#[tokio::test]
async fn a_frame_that_is_too_long_costs_the_connection_and_nothing_else() {
    let exchange = Exchange::start().await;
    let options = Options { longest_frame: 10_000, ..Options::default() };
    let (mut connection, mut line) = connected(&exchange, OPEN, options).await;
    let long = "x".repeat(10_000);
    assert!(matches!(connection.send("talk", vec![json!(long)]), Err(SendError::TooLong { bytes: 10_000.. })));
    line.say(&format!(r#"42["talk","{long}"]"#)).await;
    assert!(is_lost(&next(&mut connection).await));
    let _line = exchange.phone(OPEN).await;
    assert_eq!(next(&mut connection).await, Event::Again);
}

#[tokio::test]
async fn a_lost_connection_comes_back_registered_and_loses_what_was_said_meanwhile() {
    let exchange = Exchange::start().await;
    let (mut connection, line) = connected(&exchange, OPEN, Options::default()).await;
    drop(line);
    assert!(is_lost(&next(&mut connection).await));
    assert_eq!(connection.send("talk", vec![json!("unheard")]), Err(SendError::Lost));
    // The first try meets an exchange that hangs up at once.
    drop(exchange.0.accept().await.unwrap());
    let mut line = exchange.phone(OPEN).await;
    assert_eq!(next(&mut connection).await, Event::Again);
    connection.send("hang_up", vec![]).unwrap();
    assert_eq!(line.hear().await, r#"42["hang_up"]"#);
}

#[tokio::test]
async fn silence_is_noticed() {
    let exchange = Exchange::start().await;
    let (mut connection, mut line) = connected(&exchange, SOON_DEAD, Options::default()).await;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        line.say("2").await;
        assert_eq!(line.hear().await, "3");
    }
    line.say(r#"42["talk","last words"]"#).await;
    assert_eq!(next(&mut connection).await, received("talk", &[json!("last words")]), "alive while pings come");
    let Event::Lost { reason } = next(&mut connection).await else { panic!("the silence was not noticed") };
    assert!(reason.contains("nothing was heard"), "{reason}");
}

#[tokio::test]
async fn whoever_is_refused_or_sent_away_stays_away() {
    let exchange = Exchange::start().await;
    let (mut connection, mut line) = connected(&exchange, OPEN, Options::default()).await;
    line.say("41").await;
    assert!(matches!(next(&mut connection).await, Event::Closed { .. }), "sent away");
    assert_eq!(connection.send("hang_up", vec![]), Err(SendError::Closed));
    assert!(matches!(next(&mut connection).await, Event::Closed { .. }), "still closed");

    let options = Options { passes: |message| message.contains("closing"), ..Options::default() };
    let (mut connection, line) = connected(&exchange, OPEN, options).await;
    drop(line);
    assert!(is_lost(&next(&mut connection).await));
    for refusal in ["The exchange is closing", "Invalid phone secret"] {
        let mut line = exchange.caller().await;
        line.say(OPEN).await;
        line.hear().await;
        line.say(&format!("44{}", json!({"message": refusal}))).await;
    }
    let Event::Closed { reason } = next(&mut connection).await else { panic!("not closed") };
    assert_eq!(reason, "the exchange refuses: Invalid phone secret");
}

#[tokio::test]
async fn trying_ends_when_it_should() {
    let exchange = Exchange::start().await;
    for (keep_trying_for, tries) in [(Duration::ZERO, false), (Duration::from_millis(300), true)] {
        let (mut connection, line) =
            connected(&exchange, OPEN, Options { keep_trying_for, ..Options::default() }).await;
        drop(line);
        assert_eq!(is_lost(&next(&mut connection).await), tries, "{keep_trying_for:?}");
        if tries {
            for _ in 0..2 {
                drop(exchange.0.accept().await.unwrap());
            }
            assert!(matches!(next(&mut connection).await, Event::Closed { .. }));
        }
    }
}

#[tokio::test]
async fn closing_says_first_what_was_to_be_said() {
    let exchange = Exchange::start().await;
    let (connection, mut line) = connected(&exchange, OPEN, Options::default()).await;
    connection.send("hang_up", vec![]).unwrap();
    let ((), heard) =
        tokio::join!(connection.close(), async { [line.hear().await, line.hear().await, line.hear().await] });
    assert_eq!(heard, [r#"42["hang_up"]"#, "41", "closed"]);
}

#[tokio::test]
async fn events_that_nobody_takes_hold_the_exchange_up_and_none_gets_lost() {
    let exchange = Exchange::start().await;
    let (mut connection, mut line) = connected(&exchange, OPEN, Options::default()).await;
    let all = 5_000;
    let flood = tokio::spawn(async move {
        for number in 0..all {
            line.say(&format!(r#"42["dtmf",{number}]"#)).await;
        }
        line
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    for number in 0..all {
        assert_eq!(next(&mut connection).await, received("dtmf", &[json!(number)]));
    }
    flood.await.unwrap();
}

#[tokio::test]
async fn what_keeps_a_phone_from_connecting_is_told_apart() {
    let options = || Options { connect_within: Duration::from_millis(500), ..Options::default() };
    let nobody = Exchange::start().await.url();
    let outcome = Connection::open_with(&nobody, auth(), options()).await;
    assert!(matches!(outcome, Err(ConnectError::Unreachable { .. })), "{outcome:?}");
    let outcome = Connection::open_with("localhost", auth(), options()).await;
    assert!(matches!(outcome, Err(ConnectError::Address { .. })), "{outcome:?}");

    let exchange = Exchange::start().await;
    let outcome = Connection::open_with(&exchange.url(), auth(), options()).await;
    assert!(matches!(outcome, Err(ConnectError::TimedOut { .. })), "{outcome:?}");

    let exchange = Exchange::start().await;
    let url = exchange.url();
    let (outcome, _line) = tokio::join!(Connection::open_with(&url, auth(), options()), async {
        let mut line = exchange.caller().await;
        line.say("hello").await;
        line
    });
    assert!(matches!(outcome, Err(ConnectError::NoExchange { .. })), "{outcome:?}");
}
