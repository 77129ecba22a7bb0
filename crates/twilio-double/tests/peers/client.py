"""Drives the REST interface with the package `twilio`: what it is to use comes as JSON. Prints `every path works`."""

import json
import sys
import time

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

told = json.load(sys.stdin)
client = Client(told["sid"], told["token"])
client.api.base_url = told["url"]


def refused(code, act):
    try:
        act()
    except TwilioRestException as error:
        assert error.code == code, error
    else:
        raise AssertionError(f"{code} was not told")


def becomes(sid, status):
    for _ in range(200):
        if client.calls(sid).fetch().status == status:
            return
        time.sleep(0.05)
    raise AssertionError(f"{sid} does not become {status}")


assert client.api.accounts(told["sid"]).fetch().status == "active"

say = "<Response><Say>Hello.</Say><Pause/><Gather timeout='60'/></Response>"
call = client.calls.create(to=told["ann"], from_=told["own"], twiml=say, status_callback=told["callback"],
                           status_callback_event=["initiated", "ringing", "answered", "completed"], timeout=20)
assert (call.status, call.direction, call.to) == ("queued", "outbound-api", told["ann"])
becomes(call.sid, "in-progress")
assert client.calls(call.sid).update(twiml=say).status == "in-progress"
assert client.calls(call.sid).update(status="completed").sid == call.sid
becomes(call.sid, "completed")
refused(21220, lambda: client.calls(call.sid).update(status="completed"))

ringing = client.calls.create(to=told["bob"], from_=told["own"], url=told["heard"])
becomes(ringing.sid, "ringing")
client.calls(ringing.sid).update(status="canceled")
becomes(ringing.sid, "canceled")

refused(21211, lambda: client.calls.create(to="nobody", from_=told["own"], url=told["heard"]))
refused(21210, lambda: client.calls.create(to=told["ann"], from_="+15005550006", url=told["heard"]))
refused(21205, lambda: client.calls.create(to=told["ann"], from_=told["own"]))
refused(21205, lambda: client.calls.create(to=told["ann"], from_=told["own"], url="nowhere"))
refused(20404, lambda: client.calls("CA0").fetch())
stranger = Client(told["sid"], "wrong")
stranger.api.base_url = told["url"]
refused(20003, lambda: stranger.calls(call.sid).fetch())

recording = client.recordings(told["recording"])
assert recording.fetch().duration == "3"
media = f"{told['url']}2010-04-01/Accounts/{told['sid']}/Recordings/{told['recording']}.wav"
assert client.request("GET", media).status_code == 200
assert recording.delete()
refused(20404, recording.fetch)

message = client.messages.create(to=told["ann"], from_=told["own"], body="Grüße & more", status_callback=told["callback"])
assert message.status == "queued" and client.messages(message.sid).fetch().status == "sent"
refused(21610, lambda: client.messages.create(to=told["stopped"], from_=told["own"], body="x"))
refused(21614, lambda: client.messages.create(to=told["landline"], from_=told["own"], body="x"))
refused(21211, lambda: client.messages.create(to="+1", from_=told["own"], body="x"))
refused(21606, lambda: client.messages.create(to=told["ann"], from_=told["ann"], body="x"))
refused(21617, lambda: client.messages.create(to=told["ann"], from_=told["own"], body="x" * 1601))

conference = client.conferences(told["conference"])
assert conference.fetch().friendly_name == "room"
assert [party.call_sid for party in conference.participants.list()] == [told["call"]]
party = conference.participants(told["call"])
assert party.update(muted=True, announce_url=told["heard"]).muted is True
assert party.fetch().hold is False
conference.update(status="completed")
becomes(told["call"], "completed")
refused(20404, lambda: conference.fetch())

(number,) = client.incoming_phone_numbers.list(phone_number=told["own"])
assert client.incoming_phone_numbers(number.sid).update(voice_url=told["heard"]).voice_url == told["heard"]
refused(21502, lambda: client.incoming_phone_numbers(number.sid).update(voice_url="nowhere"))

print("every path works")
