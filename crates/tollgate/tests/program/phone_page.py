"""What the phone in the browser makes of what the exchange says, with an exchange that says whatever is wanted.

phone_page.py BROWSER URL: prints one JSON object with what the page shows and says."""

import json
import sys
import time

from playwright.sync_api import sync_playwright

browser, url = sys.argv[1:]
seen = {}
REASONS = [
    "not_active", "already_in_call", "dialed_self", "no_recipient", "busy", "timeout", "callee_disconnected",
    "insufficient_balance", "blocked", "no_rate", "all_lines_busy", "error", "something_new",
]


class Exchange:
    """The exchange's end of the page's socket."""

    def __init__(self, page):
        self.page, self.socket, self.said = page, None, []
        page.route_web_socket("**/socket.io/*", self.take)

    def take(self, socket):
        self.socket = socket
        socket.on_message(self.hear)
        socket.send('0{"sid":"a","upgrades":[],"pingInterval":4000,"pingTimeout":5000,"maxPayload":65536}')

    def hear(self, packet):
        if packet.startswith("40"):
            self.said.append(["auth", json.loads(packet[2:])])
            self.socket.send('40{"sid":"b"}')
            self.tells("registered", "0001")
            self.tells("dial_plan", {"extension_length": 4, "complete": ["4911"]})
        elif packet.startswith("42"):
            self.said.append(json.loads(packet[packet.index("["):]))
        elif packet == "3":
            self.said.append(["pong"])

    def tells(self, *event):
        self.socket.send("42" + json.dumps(event))

    def hears(self, *event):
        """Waits until the page has said this."""
        self.waits(lambda said: said == list(event))

    def hears_a_voice(self):
        self.waits(lambda said: said[0] == "recorded" and said[1].get("audio", "").startswith("data:audio/"))

    def waits(self, is_it):
        until = time.monotonic() + 20
        while not any(is_it(said) for said in self.said):
            assert time.monotonic() < until, f"it is not among {self.said}"
            self.page.wait_for_timeout(20)


def shows(page, text):
    page.get_by_text(text, exact=True).first.wait_for()


def dials(page, exchange, number):
    page.keyboard.type(number + "#")
    exchange.hears("make_call", number)
    exchange.said.remove(["make_call", number])


def words(page, exchange):
    told = {}
    for reason in REASONS:
        dials(page, exchange, "0002")
        exchange.tells("call_not_possible", reason)
        page.get_by_role("button", name="Hang up").wait_for()
        page.wait_for_timeout(50)
        told[reason] = [page.evaluate("phone.state"), page.get_by_role("alert").inner_text()]
        page.keyboard.press("Escape")
    return told


def in_a_call(page, exchange):
    """A call without audio, with all that can be told in one."""
    dials(page, exchange, "4911")
    exchange.tells("callee_ringing")
    shows(page, "Ringing")
    exchange.tells("media", {"policy": "relay", "ice_servers": []})
    exchange.tells("call_connected")
    exchange.hears("call_accepted")
    shows(page, "This call has no audio: write.")
    shows(page, "Connection, in writing")
    exchange.tells("meter", {"seconds": 3661, "cost": "1.20", "currency": "EUR", "remaining_seconds": 59})
    shows(page, "1:01:01 · 1.20\u00a0EUR · 0:59 left")
    exchange.tells("warning", {"remaining_seconds": 60})
    shows(page, "The balance lasts for 1:00 more.")
    exchange.tells("talk", "<img src=x onerror=alert(1)>")
    shows(page, "4911: <img src=x onerror=alert(1)>")
    exchange.tells("dtmf", "12")
    # Within the text field keys are text, outside of it tones.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("5#")
    exchange.hears("dtmf", "5")
    exchange.hears("dtmf", "#")
    exchange.tells("prompt", {"text": "Leave a message", "audio": None})
    exchange.tells("record", {"max_seconds": 30})
    page.get_by_label("Leave a message").fill("Call me back")
    page.get_by_role("button", name="Send it").click()
    exchange.hears("recorded", {"text": "Call me back"})
    exchange.tells("record", {"max_seconds": 30})
    page.get_by_role("button", name="Speak it").click()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Stop and send it").click()
    exchange.hears_a_voice()
    exchange.tells("call_ended")
    exchange.tells("call_charged", {"reason": "cut_off", "seconds": 75, "cost": "2.00", "currency": "EUR"})
    shows(page, "The call took 1:15 and cost 2.00\u00a0EUR. The balance was used up.")


with sync_playwright() as play:
    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    chromium = play.chromium.launch(executable_path=browser, args=flags)
    page = chromium.new_page()
    faults = []
    page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    exchange = Exchange(page)
    page.goto(f"{url}/phone#0001")
    shows(page, "Registered")
    seen["auth"] = exchange.said.pop(0)
    exchange.socket.send("2")
    exchange.hears("pong")
    seen["words"] = words(page, exchange)
    in_a_call(page, exchange)
    page.keyboard.press("Escape")
    exchange.tells("call_request", "0007")
    shows(page, "0007 calls")
    exchange.hears("call_acknowledged", "0007")
    page.keyboard.press("Escape")
    exchange.hears("call_refused", "0007", "busy")
    exchange.tells("call_request", "0008")
    shows(page, "0008 calls")
    exchange.tells("call_cancelled")
    shows(page, "You missed a call of 0008.")
    exchange.tells("an_event_of_tomorrow", {"more": 1})
    exchange.tells("error", "invalid_talk")
    shows(page, "The exchange did not take that (invalid_talk).")
    exchange.socket.close()
    exchange.hears("auth", {"phoneNumber": "0001"})
    exchange.tells("replaced")
    shows(page, "Another phone was registered for this line.")
    seen["faults"] = faults
    chromium.close()

print(json.dumps(seen))
