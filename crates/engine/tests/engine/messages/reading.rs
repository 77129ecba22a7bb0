use engine::messages::{self, Conversation, MessageError, State, Whose};
use engine::{ChangeKind, Role};

use super::{agent, as_agent, as_customer, as_staff, iris, prepaid, send, texts};
use crate::world::{World, at, on_both};

async fn shown(by: &World, id: &str) -> Conversation {
    messages::conversation(&mut by.view().await, id).await.unwrap()
}

#[tokio::test]
async fn messages_are_delivered_and_read_by_who_gets_them() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, prepaid(&world, "10.00").await);
        let (own, desk) = (as_customer(&world, &ada.id), as_agent(&world, &iris.id));
        let mut sent = Vec::new();
        for text in ["one", "two", "three"] {
            sent.push(send(&own, &ada, &iris, text).await.unwrap());
        }
        let answer = send(&desk, &ada, &iris, "four").await.unwrap();
        let id = answer.conversation.clone();
        let unread = async || {
            let shown = shown(&own, &id).await;
            (shown.unread_by_customer, shown.unread_by_agent)
        };
        assert_eq!(unread().await, (1, 3));
        // One's own message is not one's own to mark.
        let wrong = own.run(async |work| messages::mark_delivered(work, &sent[0].id).await).await;
        assert!(matches!(wrong, Err(MessageError::NotTheirs(_))), "{wrong:?}");
        world.clock.move_to(at("2026-03-02T09:01:00Z"));
        let delivered = desk.run(async |work| messages::mark_delivered(work, &sent[0].id).await).await.unwrap();
        assert_eq!((delivered.state, delivered.delivered_at), (State::Delivered, Some(at("2026-03-02T09:01:00Z"))));
        world.clock.move_to(at("2026-03-02T09:02:00Z"));
        let again = desk.run(async |work| messages::mark_delivered(work, &sent[0].id).await).await.unwrap();
        assert_eq!(again, delivered);
        let read = desk.run(async |work| messages::mark_read(work, &id, &sent[1].id).await).await.unwrap();
        assert_eq!((read.unread_by_customer, read.unread_by_agent), (1, 1));
        let listed = messages::list(&mut own.view().await, &id, None, 10).await.unwrap();
        let states: Vec<_> = listed.iter().map(|one| (one.number, one.state, one.delivered_at, one.read_at)).collect();
        let (minute_1, minute_2) = (Some(at("2026-03-02T09:01:00Z")), Some(at("2026-03-02T09:02:00Z")));
        assert_eq!(
            states,
            [
                (4, State::Stored, None, None),
                (3, State::Stored, None, None),
                (2, State::Read, minute_2, minute_2),
                (1, State::Read, minute_1, minute_2),
            ]
        );
        // Reading what is read changes nothing; what is read is delivered.
        desk.run(async |work| messages::mark_read(work, &id, &sent[1].id).await).await.unwrap();
        let still = desk.run(async |work| messages::mark_delivered(work, &sent[1].id).await).await.unwrap();
        assert_eq!(still.state, State::Read);
        own.run(async |work| messages::mark_read(work, &id, &answer.id).await).await.unwrap();
        assert_eq!(unread().await, (0, 1));
        assert_eq!(world.changes(&id).await.len(), 2, "what changes nothing is in no trail");
        let elsewhere = own.run(async |work| messages::mark_read(work, &id, "msg_none").await).await;
        assert!(matches!(elsewhere, Err(MessageError::Invalid(invalid)) if invalid.pointer == "/up_to"));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn conversations_are_listed_by_their_newest_message_page_by_page() {
    on_both(async |world: World| {
        let ada = prepaid(&world, "100.00").await;
        let own = as_customer(&world, &ada.id);
        let mut conversations = Vec::new();
        for minute in 0..5 {
            world.clock.move_to(at(&format!("2026-03-02T09:0{minute}:00Z")));
            let to = agent(&world, &format!("Agent {minute}"), Some("0.10")).await;
            conversations.push((send(&own, &ada, &to, "Hello").await.unwrap().conversation, to));
        }
        // The second becomes the newest.
        world.clock.move_to(at("2026-03-02T09:10:00Z"));
        send(&as_agent(&world, &conversations[1].1.id), &ada, &conversations[1].1, "Hello").await.unwrap();
        let expected: Vec<&str> = [1, 4, 3, 2, 0].map(|place| conversations[place].1.name.as_str()).to_vec();
        for by in [&own, &world, &as_staff(&world, Role::Auditor)] {
            let (mut seen, mut before): (Vec<Conversation>, _) = (Vec::new(), None);
            loop {
                let key = before.as_ref().map(|(at, id): &(i64, String)| (*at, id.as_str()));
                let page = messages::conversations(&mut by.view().await, &Whose::Everybody, key, 2).await.unwrap();
                let Some(last) = page.last() else { break };
                before = Some((last.last_at.millis(), last.id.clone()));
                seen.extend(page);
            }
            let names: Vec<&str> = seen.iter().map(|one| one.agent_name.as_str()).collect();
            assert_eq!(names, expected);
        }
        // Somebody who is both a customer and an agent has both in one list.
        let other = prepaid(&world, "5.00").await;
        send(&as_customer(&world, &other.id), &other, &conversations[0].1, "Hello").await.unwrap();
        let (customers, agent) = (vec![ada.id.clone()], Some(conversations[0].1.id.clone()));
        let reach = engine::Reach::Own { customers, agent };
        let both = World { actor: engine::Actor { reach, ..own.actor.clone() }, ..as_customer(&world, &ada.id) };
        let listed = messages::conversations(&mut both.view().await, &Whose::Everybody, None, 10).await.unwrap();
        assert_eq!(listed.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn owners_and_admins_read_texts_and_the_rest_of_the_staff_sees_that_there_are_messages() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, prepaid(&world, "10.00").await);
        let sent = send(&as_customer(&world, &ada.id), &ada, &iris, "a secret").await.unwrap();
        for (role, told) in [
            (Role::Owner, "a secret"),
            (Role::Admin, "a secret"),
            (Role::Clerk, "-"),
            (Role::Auditor, "-"),
            (Role::Coordinator, "-"),
            (Role::Switch, "-"),
        ] {
            assert_eq!(texts(&as_staff(&world, role), &sent.conversation).await, [told], "{role:?}");
        }
        let (other, eve) = (prepaid(&world, "1.00").await, agent(&world, "Eve", None).await);
        for stranger in [as_customer(&world, &other.id), as_agent(&world, &eve.id), world.neighbour().await] {
            let listed =
                messages::conversations(&mut stranger.view().await, &Whose::Everybody, None, 10).await.unwrap();
            assert_eq!(listed, []);
            for whose in [Whose::Customer(ada.id.clone()), Whose::Agent(iris.id.clone())] {
                let listed = messages::conversations(&mut stranger.view().await, &whose, None, 10).await.unwrap();
                assert_eq!(listed, []);
            }
            let hidden = messages::list(&mut stranger.view().await, &sent.conversation, None, 10).await;
            assert!(matches!(hidden, Err(MessageError::NoSuchConversation(_))), "{hidden:?}");
            let marked = stranger.run(async |work| messages::mark_delivered(work, &sent.id).await).await;
            assert!(matches!(marked, Err(MessageError::NotFound(_))), "{marked:?}");
            let read = stranger.run(async |work| messages::mark_read(work, &sent.conversation, &sent.id).await).await;
            assert!(matches!(read, Err(MessageError::NoSuchConversation(_))), "{read:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn both_hear_of_a_message_after_it_is_stored() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, prepaid(&world, "0.99").await);
        let mut heard = world.engine.changes();
        let sent = send(&as_customer(&world, &ada.id), &ada, &iris, "Hello").await.unwrap();
        send(&as_customer(&world, &ada.id), &ada, &iris, "Hello").await.unwrap_err();
        let mut hints = Vec::new();
        while let Ok(hint) = heard.try_recv() {
            hints.push(hint);
        }
        let of_conversation: Vec<_> = hints.iter().filter(|hint| hint.kind == ChangeKind::Conversation).collect();
        assert_eq!(of_conversation.len(), 1, "{hints:?}");
        assert_eq!((&of_conversation[0].id, of_conversation[0].kind.name()), (&sent.conversation, "conversation"));
        assert_eq!(of_conversation[0].customer.as_ref(), Some(&ada.id));
        assert_eq!(of_conversation[0].agent.as_ref(), Some(&iris.id));
        assert!(hints.iter().any(|hint| hint.kind == ChangeKind::Balance && hint.id == ada.id), "{hints:?}");
    })
    .await;
}
