"""Phones made with python-socketio, against the real server: every path of the protocol.

Handlers of events without arguments take none: one argument too many, even null, would be an error here.
"""

import asyncio
import sys

import socketio

URL = sys.argv[1]
PATIENCE = 15
# What has no argument, and what has one.
BARE = ["callee_ringing", "call_cancelled", "call_connected", "call_ended", "replaced"]
FULL = ["registered", "dial_plan", "call_request", "call_not_possible", "call_charged", "talk", "dtmf", "signal", "meter",
        "media", "call_blocking", "call_resumed", "error"]


class Phone:
    def __init__(self, number, transports=None):
        self.number = number
        self.transports = transports
        self.faults = []
        self.heard = asyncio.Queue()
        self.client = socketio.AsyncClient(reconnection=False)
        for name in BARE:
            self.client.on(name, self.bare(name))
        for name in FULL:
            self.client.on(name, self.full(name))

    def bare(self, name):
        async def handler():
            await self.heard.put((name, None))
        return handler

    def full(self, name):
        async def handler(argument):
            await self.heard.put((name, argument))
        return handler

    async def registers(self):
        await self.client.connect(URL, auth={"phoneNumber": self.number}, transports=self.transports)
        assert await self.hears("registered") == self.number
        plan = await self.hears("dial_plan")
        assert plan["extension_length"] == 4 and "4911" in plan["complete"], plan
        return self

    async def says(self, event, *arguments):
        await self.client.emit(event, arguments if arguments else None)

    async def hears(self, name):
        """The argument of the next event, which has this name; the meter runs beside."""
        while True:
            heard, argument = await asyncio.wait_for(self.heard.get(), PATIENCE)
            if heard == name:
                return argument
            assert heard == "meter", f"{self.number} heard {heard} {argument}, not {name}"

    async def leaves(self):
        await self.client.disconnect()


async def refused(auth, message):
    client = socketio.AsyncClient(reconnection=False)
    said = asyncio.get_running_loop().create_future()
    client.on("connect_error", lambda data: said.set_result(data))
    try:
        await client.connect(URL, auth=auth, transports=["websocket"])
        raise AssertionError(f"{auth} was let in")
    except socketio.exceptions.ConnectionError:
        pass
    assert (await asyncio.wait_for(said, PATIENCE))["message"] == message, (auth, said.result())
    await client.disconnect()


async def dials(caller, called, number):
    await asyncio.sleep(1.05)
    await caller.says("make_call", number)
    assert await called.hears("call_request") == caller.number
    await called.says("call_acknowledged", caller.number)
    await caller.hears("callee_ringing")


async def connects(caller, called):
    await dials(caller, called, called.number)
    await called.says("call_accepted")
    assert (await called.hears("media"))["policy"] == "direct"
    await caller.hears("media")
    await caller.hears("call_connected")
    await caller.says("call_accepted")
    await called.hears("call_connected")


async def talks(caller, called):
    await connects(caller, called)
    await caller.says("talk", "Grüße")
    assert await called.hears("talk") == "Grüße"
    await called.says("dtmf", "12#")
    assert await caller.hears("dtmf") == "12#"
    offer = {"description": {"type": "offer", "sdp": "v=0"}}
    await caller.says("signal", offer)
    assert await called.hears("signal") == offer
    heard, meter = await asyncio.wait_for(caller.heard.get(), PATIENCE)
    assert heard == "meter" and sorted(meter) == ["cost", "currency", "remaining_seconds", "seconds"], (heard, meter)
    await called.says("hang_up")
    await caller.hears("call_ended")
    charged = await caller.hears("call_charged")
    assert charged["reason"] == "hung_up" and charged["seconds"] >= 1, charged
    assert isinstance(charged["cost"], str) and charged["currency"] == meter["currency"], charged


async def fails(caller, called):
    for number, reason in [(caller.number, "dialed_self"), ("0098", "no_recipient")]:
        await asyncio.sleep(1.05)
        await caller.says("make_call", number)
        assert await caller.hears("call_not_possible") == reason
    for refusal in ["busy", "timeout"]:
        await dials(caller, called, called.number)
        await called.says("call_refused", caller.number, refusal)
        assert await caller.hears("call_not_possible") == refusal
    await dials(caller, called, called.number)
    await caller.says("make_call", called.number)
    assert await caller.hears("call_not_possible") == "already_in_call"
    await caller.says("hang_up")
    await called.hears("call_cancelled")
    for event in ["call_accepted", "talk", "dtmf", "signal", "call_acknowledged", "recorded"]:
        await caller.says(event, "1")
        assert await caller.hears("error") == f"invalid_{event}"
    await caller.says("no_such_event", {"anything": [1, 2, 3]})


async def blocks(caller, called):
    await called.says("call_blocking", {"action": "add", "number": caller.number})
    assert await called.hears("call_blocking") == [caller.number]
    await asyncio.sleep(1.05)
    await caller.says("make_call", called.number)
    assert await caller.hears("call_not_possible") == "blocked"
    answer = await called.client.call("call_blocking", {"action": "remove", "number": caller.number}, timeout=PATIENCE)
    assert answer == [], answer
    assert await called.hears("call_blocking") == []


async def comes_back(caller, called):
    await connects(caller, called)
    # A phone that is registered a second time takes the call over.
    again = await Phone(called.number).registers()
    await called.hears("replaced")
    await again.hears("media")
    resumed = await again.hears("call_resumed")
    assert resumed["with"] == caller.number, resumed
    await caller.hears("media")
    await caller.says("talk", "Still there?")
    assert await again.hears("talk") == "Still there?"
    await caller.says("hang_up")
    await again.hears("call_ended")
    assert (await caller.hears("call_charged"))["reason"] == "hung_up"
    await again.leaves()


async def main():
    await refused({}, "No phone number provided")
    await refused({"phoneNumber": "0097"}, "Invalid phone number")
    await refused({"phoneNumber": "0001", "token": "tph_wrong"}, "Invalid phone secret")
    for transports in [None, ["websocket"], ["polling"]]:
        caller, called = await Phone("0001", transports).registers(), await Phone("0002", transports).registers()
        await talks(caller, called)
        if transports is None:
            await fails(caller, called)
            await blocks(caller, called)
            await comes_back(caller, called)
        await caller.leaves()
        await called.leaves()
    print("every path works")


asyncio.run(main())
