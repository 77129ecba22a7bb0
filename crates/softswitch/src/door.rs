//! Lets phones in: the handshake, and what a socket may send.

use std::net::IpAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::http::request::Parts;
use engine::lines::phones::{RegisterError, RegisteredPhone, Registering, register};
use futures::future::ready;
use serde_json::Value;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::layer::SocketIoLayer;
use socketioxide::socket::DisconnectReason;
use socketioxide::{ParserConfig, SocketIo};
use tokio::time::timeout;

use crate::phone::{Phone, Queue};
use crate::said::{Arguments, Said};
use crate::seats::Line;
use crate::told::Told;
use crate::{Door, Softswitch};

/// The longest message that is taken from a phone, in bytes: a recorded message has to fit.
pub const LONGEST_MESSAGE: usize = 64 * 1024;
/// How often a phone is asked whether it is there, and how long it has to answer: whoever is gone without a word is missed within nine
/// seconds.
const PING_INTERVAL: Duration = Duration::from_secs(4);
const PING_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection has to register: anybody may open some.
const REGISTER_WITHIN: Duration = Duration::from_secs(3);
/// How long the phones that read have to be told that the exchange closes.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// How many packets may wait for a phone to read them: more than what it may be sent of a handshake in a second.
const MOST_UNREAD: usize = 256;
/// How many pieces of bytes come with an event. No event has any: then it is told so, and not cut off.
const MOST_BINARIES: usize = 4;

/// A phone that was let in, until it takes its seat.
#[derive(Clone)]
struct LetIn {
    registered: RegisteredPhone,
    dial_plan: Told,
    queue: Arc<Queue>,
}

/// Why a phone is not let in, in the protocol's words.
#[derive(Debug, thiserror::Error)]
enum NotLetIn {
    #[error(transparent)]
    Refused(#[from] RegisterError),
    #[error("The exchange has failed: try again")]
    Failed,
    #[error("The exchange is closing")]
    Closing,
}

impl Softswitch {
    /// The door for phones, at `/socket.io`. `address` tells from where a request really comes; where that is not known, an address that
    /// is nobody's, such as 0.0.0.0: loopback addresses have rights.
    pub fn layer(
        self: &Arc<Self>,
        address: impl Fn(&Parts) -> IpAddr + Clone + Send + Sync + 'static,
    ) -> SocketIoLayer {
        let parser = ParserConfig::common()
            .max_incoming_binaries(MOST_BINARIES)
            .max_incoming_binary_buf_size(LONGEST_MESSAGE)
            .packet_completion_timeout(REGISTER_WITHIN);
        let (layer, sockets) = SocketIo::builder()
            .ping_interval(PING_INTERVAL)
            .ping_timeout(PING_TIMEOUT)
            .connect_timeout(REGISTER_WITHIN)
            .max_payload(LONGEST_MESSAGE as u64)
            .ws_max_message_size(LONGEST_MESSAGE)
            .ws_max_frame_size(LONGEST_MESSAGE)
            .max_buffer_size(MOST_UNREAD)
            .with_parser(parser)
            .build_layer();
        let (door, desk) = (Arc::downgrade(self), Arc::downgrade(self));
        let let_in = move |socket: SocketRef, auth: TryData<Value>| {
            let (door, address) = (door.clone(), address.clone());
            async move { let_in(&door, socket, auth.0.ok(), address).await }
        };
        // What is done before the first pause is done before the library goes on: the newest phone has the seat.
        let sit = move |socket: SocketRef| {
            if let Some(softswitch) = desk.upgrade() {
                softswitch.sit(&socket);
            }
            ready(())
        };
        sockets.ns("/", sit.with(let_in));
        // A second layer would be a second door: it works, and the first is what is closed.
        let _ = self.sockets.set(sockets);
        layer
    }

    /// Sends all phones away, for a program that ends, and waits a second at most for those that do not read; they call again. Calls go on
    /// when it is there again.
    pub async fn close(&self) {
        self.door.send_replace(Door::Closed);
        self.seats().close();
        if let Some(sockets) = self.sockets.get()
            && timeout(CLOSE_WITHIN, sockets.close()).await.is_err()
        {
            tracing::debug!("a phone that does not read was not told that the exchange closes");
        }
    }

    fn sit(&self, socket: &SocketRef) {
        let Some(let_in) = socket.extensions.remove::<LetIn>() else { return };
        let LetIn { registered, dial_plan, queue } = let_in;
        let Some(items) = queue.receiver() else { return };
        let phone = Phone::new(socket.clone(), queue);
        let line = Line { tenant: registered.tenant, id: registered.line.clone() };
        let mut seats = self.seats();
        let seated = seats.sit(&line, &registered.number, phone.clone());
        if let Some(replaced) = seated.replaced {
            replaced.tell(Told::Replaced);
            replaced.drop();
        }
        phone.tell(Told::Registered { number: registered.number.clone() });
        phone.tell(dial_plan);
        if let Some(part) = seated.resumed {
            // Both, for the other may have to connect anew, too: what opens the relay for it lasts only a moment.
            for leg in seats.legs(&part.call) {
                let policy = self.media.of_call(part.relayed, self.relay.is_some());
                seats.tell(&part.call, leg, self.media((&part.call, leg), policy, false));
            }
            phone.tell(Told::Resumed { seconds: part.seconds(self.now()), with: part.other });
        }
        drop(seats);
        if let Some((call, leg)) = seated.lost {
            self.lose(&call, leg, None);
        }
        self.seated.notify_waiters();
        if let Some(softswitch) = self.me.upgrade() {
            tokio::spawn(async move { softswitch.serve(phone, registered, items).await });
        }
    }
}

async fn let_in(
    softswitch: &Weak<Softswitch>,
    socket: SocketRef,
    auth: Option<Value>,
    address: impl Fn(&Parts) -> IpAddr,
) -> Result<(), NotLetIn> {
    let softswitch = softswitch.upgrade().ok_or(NotLetIn::Closing)?;
    // Whoever waits for longer than connections may is cut off, and calls again.
    let mut door = softswitch.door.subscribe();
    if door.wait_for(|door| *door != Door::Shut).await.is_ok_and(|door| *door == Door::Closed) {
        return Err(NotLetIn::Closing);
    }
    let text = |field: &str| auth.as_ref().and_then(|auth| auth.get(field)).and_then(Value::as_str);
    let peer = address(socket.req_parts());
    let registering = Registering { number: text("phoneNumber"), token: text("token"), peer };
    let registered = register(softswitch.exchange.engine(), &registering).await.map_err(|error| match error {
        RegisterError::Tenant(_) | RegisterError::Storage(_) => {
            tracing::error!(%error, "a phone could not register");
            NotLetIn::Failed
        }
        refused => NotLetIn::Refused(refused),
    })?;
    let plan = softswitch.dial_plan(registered.tenant).await.map_err(|error| {
        tracing::error!(%error, "how a tenant's people dial could not be read");
        NotLetIn::Failed
    })?;
    let complete = plan.free_numbers().map(ToString::to_string).collect();
    let dial_plan = Told::DialPlan { extension_length: plan.extension_length(), complete };
    let queue = Queue::new();
    listen(&socket, &queue);
    socket.extensions.insert(LetIn { registered, dial_plan, queue });
    Ok(())
}

/// Has what a phone says queue up. The library runs what handlers return in tasks of their own, which overtake each other: all is done
/// before they return.
fn listen(socket: &SocketRef, queue: &Arc<Queue>) {
    let (says, ends) = (queue.clone(), queue.clone());
    socket.on_fallback(
        move |socket: SocketRef, Event(event): Event, arguments: TryData<Arguments>, answer: AckSender| {
            let phone = Phone::new(socket, says);
            if !phone.counts(&event) {
                phone.says_too_much();
            } else if let Some(said) = Said::read(&event, &arguments.0.unwrap_or_default().0) {
                phone.says(event, said, answer);
            }
            ready(())
        },
    );
    socket.on_disconnect(move |reason: DisconnectReason| async move {
        let silent = match reason {
            DisconnectReason::HeartbeatTimeout => PING_INTERVAL + PING_TIMEOUT,
            _ => Duration::ZERO,
        };
        ends.ends(silent).await;
    });
}
