//! What comes of each captured way that a call can go.

use engine::calls::{Call, Disposition};

use super::Stage;
use super::tape::Tape;
use crate::trunks::route;
use crate::world::{World, amount, on_both};

/// How a call went: what became of it, its cause, and how many seconds were charged.
type Course = (Disposition, i64, u32);

/// A channel in a capture.
type Channel = (&'static str, &'static str);

/// Callers.
const TURNED_AWAY: Channel = ("22_in_reject_busy", "pbx-1795167245.29");
const TALKS: Channel = ("26_in_bridged_operator_hangs_up", "pbx-1795167251.39");
const HANGS_UP: Channel = ("60_phone_to_phone", "pbx-1795167277.135");
const LEAVES_A_MESSAGE: Channel = ("21_in_voicemail_record", "pbx-1795167241.27");
const GIVES_UP: Channel = ("25_in_caller_abandons", "pbx-1795167249.37");

fn course(call: &Call) -> Course {
    let millis = call.answered_at.map_or(0, |answered_at| call.ended_at.unwrap().millis_since(answered_at));
    let seconds = u32::try_from(millis.div_euclid(1000) + i64::from(millis % 1000 > 0)).unwrap();
    (call.disposition.unwrap(), call.cause.unwrap(), seconds)
}

/// A stage on which numbers of 44 go out by one trunk, and those of 49 by a second one where the first cannot.
async fn stage(world: World) -> Stage {
    route(&world, "44", &["far"]).await;
    route(&world, "49", &["near", "far"]).await;
    Stage::new(world).await
}

/// Calls of each pair of a caller and a called, in which each is charged for its seconds at 0.01.
async fn assert_courses(courses: &[(Channel, Channel, Course)]) {
    on_both(async |world| {
        let (mut stage, mut owed) = (stage(world).await, 0);
        for ((caller, channel), (called, leg), expected) in courses {
            let call = stage.call(Tape::of(caller, channel), "+442079460018", vec![Tape::of(called, leg)]).await;
            let call = call.unwrap_or_else(|| panic!("{caller} calls {called}: nothing is on record"));
            assert_eq!(course(&call), *expected, "{caller} calls {called}: {:#?}", stage.double.asked());
            owed += i64::from(expected.2) * 10_000;
            assert_eq!(call.price.unwrap().total.micros(), i64::from(expected.2) * 10_000);
            assert_eq!(stage.double.left(), 0, "{called} was called");
        }
        assert_eq!(stage.world.balance(&stage.customer.id).await.micros(), -owed);
        assert_eq!(stage.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_reached() {
    assert_courses(&[
        (TURNED_AWAY, ("10_out_busy", "out-busy"), (Disposition::Busy, 17, 0)),
        (TURNED_AWAY, ("11_out_noanswer", "out-noanswer"), (Disposition::NoAnswer, 19, 0)),
        (TURNED_AWAY, ("12_out_congestion", "out-congest"), (Disposition::Failed, 34, 0)),
        (TURNED_AWAY, ("13_out_notfound", "out-notfound"), (Disposition::Failed, 1, 0)),
        (TURNED_AWAY, ("14_out_decline", "out-decline"), (Disposition::Busy, 17, 0)),
        (TURNED_AWAY, ("15_out_dead_peer", "out-dead"), (Disposition::Failed, 20, 0)),
        // Nothing was made: the request is refused with 500.
        (TURNED_AWAY, ("17_out_unregistered", "out-103"), (Disposition::Failed, 20, 0)),
        (TURNED_AWAY, ("18_out_no_such_endpoint", "out-none"), (Disposition::Failed, 20, 0)),
        (TURNED_AWAY, ("19_createdial_busy", "cd-busy"), (Disposition::Busy, 17, 0)),
        (TURNED_AWAY, ("19_createdial_noanswer", "cd-noanswer"), (Disposition::NoAnswer, 19, 0)),
        // It was made, and cannot be dialled: the request is refused with 409.
        (TURNED_AWAY, ("34_dial_before_stasis_start", "early-1"), (Disposition::Failed, 20, 0)),
    ])
    .await;
}

#[tokio::test]
async fn who_is_not_reached_without_sip() {
    assert_courses(&[
        // Asterisk gives no cause for the near half of a local channel.
        (TURNED_AWAY, ("31_local_busy", "lo-busy"), (Disposition::NoAnswer, 19, 0)),
        (TURNED_AWAY, ("31_local_congest", "lo-congest"), (Disposition::NoAnswer, 19, 0)),
        (TURNED_AWAY, ("31_local_noanswer", "lo-noanswer"), (Disposition::NoAnswer, 19, 0)),
        (TURNED_AWAY, ("31_local_unalloc", "lo-unalloc"), (Disposition::Failed, 1, 0)),
        (TURNED_AWAY, ("31_local_reject", "lo-reject"), (Disposition::Busy, 17, 0)),
    ])
    .await;
}

#[tokio::test]
async fn callers_who_are_turned_away() {
    let busy = ("10_out_busy", "out-busy");
    assert_courses(&[
        (("23_in_reject_noanswer", "pbx-1795167247.33"), busy, (Disposition::Busy, 17, 0)),
        (("24_in_reject_congestion", "pbx-1795167248.35"), busy, (Disposition::Busy, 17, 0)),
        // Its end is never told, and not needed.
        (("22_in_reject_busy_without_subscription", "pbx-1795167246.31"), busy, (Disposition::Busy, 17, 0)),
    ])
    .await;
}

#[tokio::test]
async fn who_talks_and_who_hangs_up() {
    assert_courses(&[
        // The called side hangs up, after two seconds and a little, or three and a half.
        (TALKS, ("16_out_remote_hangup", "out-shorttalk"), (Disposition::Answered, 16, 3)),
        (TALKS, ("26_in_bridged_operator_hangs_up", "op-leg"), (Disposition::Answered, 16, 3)),
        (TALKS, ("31_local_talk3", "lo-talk3"), (Disposition::Answered, 16, 4)),
        // The caller does, after two and a half, or four.
        (HANGS_UP, ("60_phone_to_phone", "phone-b"), (Disposition::Answered, 16, 3)),
        (HANGS_UP, ("19_createdial_answer", "cd-answer"), (Disposition::Answered, 16, 3)),
        (HANGS_UP, ("01_bridged_prepaid_cutoff", "leg-b"), (Disposition::Answered, 16, 3)),
        (HANGS_UP, ("30_local_bridged", "lo-b"), (Disposition::Answered, 16, 3)),
        (HANGS_UP, ("31_local_dtmf", "lo-dtmf"), (Disposition::Answered, 16, 3)),
        (LEAVES_A_MESSAGE, ("19_createdial_answer", "cd-answer"), (Disposition::Answered, 16, 5)),
        // Keys are pressed, and the call is sent on elsewhere: it is over.
        (
            ("20_in_dtmf_menu", "pbx-1795167235.25"),
            ("19_createdial_answer", "cd-answer"),
            (Disposition::Answered, 16, 5),
        ),
        // The caller gives up while it rings.
        (GIVES_UP, ("19_createdial_noanswer", "cd-noanswer"), (Disposition::Cancelled, 16, 0)),
    ])
    .await;
}

#[tokio::test]
async fn what_asterisk_is_asked() {
    on_both(async |world| {
        let mut stage = stage(world).await;
        let [away, busy] =
            [TURNED_AWAY, ("10_out_busy", "out-busy")].map(|(capture, channel)| Tape::of(capture, channel));
        stage.call(away, "+442079460018", vec![busy]).await;
        let (one, leg) = ("pbx-1795167249.1", "tollgate-pbx-1795167249.1-1");
        let expected = [
            format!("Subscribe {one}"),
            format!("Make {leg}"),
            format!("Dial {leg}"),
            format!("Ring {one}"),
            format!("End {one} 17"),
        ];
        assert_eq!(stage.double.asked(), expected);

        // A number that leads nowhere: nothing is authorised, and nothing on record.
        let nowhere = stage.call(Tape::of(TURNED_AWAY.0, TURNED_AWAY.1), "0099", Vec::new()).await;
        assert!(nowhere.is_none());
        assert_eq!(stage.double.asked(), ["Subscribe pbx-1795167249.2", "End pbx-1795167249.2 1"]);
    })
    .await;
}

#[tokio::test]
async fn another_trunk_is_tried_where_that_helps() {
    on_both(async |world| {
        let mut stage = stage(world).await;
        for (first, expected) in [
            (("12_out_congestion", "out-congest"), (Disposition::Answered, 16, 3)),
            (("15_out_dead_peer", "out-dead"), (Disposition::Answered, 16, 3)),
            (("18_out_no_such_endpoint", "out-none"), (Disposition::Answered, 16, 3)),
        ] {
            let called = [first, ("60_phone_to_phone", "phone-b")].map(|(capture, leg)| Tape::of(capture, leg));
            let call = stage.call(Tape::of(HANGS_UP.0, HANGS_UP.1), "+4930901820", called.into()).await.unwrap();
            assert_eq!(course(&call), expected, "{first:?}");
        }
        assert_eq!(stage.world.balance(&stage.customer.id).await, amount("-0.09"));
    })
    .await;
}

#[tokio::test]
async fn who_cannot_pay_for_more_is_cut_off_to_the_second() {
    on_both(async |world| {
        let mut stage = stage(world).await;
        stage.is_prepaid("0.02").await;
        // The caller would talk for four seconds.
        let [caller, called] = [LEAVES_A_MESSAGE, ("01_bridged_prepaid_cutoff", "leg-b")];
        let called = vec![Tape::of(called.0, called.1)];
        let call = stage.call(Tape::of(caller.0, caller.1), "+442079460018", called).await.unwrap();
        assert_eq!((course(&call).0, course(&call).2), (Disposition::Answered, 2));
        assert_eq!(stage.world.balance(&stage.customer.id).await, amount("0"));
        let asked = stage.double.asked();
        assert!(asked[asked.len() - 2..].iter().all(|ended| ended.starts_with("End ")), "{asked:#?}");
    })
    .await;
}
