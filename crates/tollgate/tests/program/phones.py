"""Two people call each other with the phone in the browser, each in a browser of its own.

phones.py BROWSER URL CASE [NUMBER SECRET]: prints one JSON object with what they saw and heard. Cases:
  talk  the first calls the other, both speak and write, the other loads the page again in the call, the first hangs up
  cut   the first has little money; both browsers go on when they are told that the call is over
  page  calls that do not come about, call blocking, two tabs
  mute  the other has no microphone
The first person has the line NUMBER, or 0001, and the other 0002. With SCREENSHOTS in the environment each step leaves a picture there."""

import contextlib
import json
import os
import sys
import time

from playwright.sync_api import sync_playwright

browser, url, case = sys.argv[1:4]
number, secret = sys.argv[4:6] if len(sys.argv) > 4 else ("0001", "")
screenshots = os.environ.get("SCREENSHOTS")
seen = {}

FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
]

# What each says is a tone of its own; all connections are kept for the test to look at.
MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const [voice, microphone] = [context.createOscillator(), context.createMediaStreamDestination()];
  voice.frequency.value = HERTZ;
  voice.connect(microphone);
  voice.start();
  return microphone.stream;
};
globalThis.peers = [];
globalThis.sockets = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(...settings) {
    super(...settings);
    globalThis.sockets.push(this);
  }
};
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...settings) {
    super(...settings);
    globalThis.peers.push(this);
  }
};
"""

# A browser whose user lets nobody use the microphone.
MUTE = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };"

# A browser that pays no heed to the end of a call.
STUBBORN = "RTCPeerConnection.prototype.close = () => {}; MediaStreamTrack.prototype.stop = () => {};"

# The loudest frequency of what arrives, in hertz, or 0 for silence.
HEARD = """async () => {
  const receiver = peers.at(-1)?.getReceivers().find(({ track }) => track.kind === "audio");
  if (!receiver) return 0;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  context.createMediaStreamSource(new MediaStream([receiver.track])).connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const loudest = levels.indexOf(Math.max(...levels));
  return levels[loudest] > -60 ? (loudest * context.sampleRate) / analyser.fftSize : 0;
}"""

RECEIVED = """async () => {
  const report = [...(await peers.at(-1).getStats()).values()];
  return report.find(({ type, kind }) => type === "inbound-rtp" && kind === "audio")?.packetsReceived ?? 0;
}"""


class Person:
    """Somebody with a browser and a phone."""

    def __init__(self, play, line, hertz, more=""):
        (self.number, secret), self.hertz = line, hertz
        self.chromium = play.chromium.launch(executable_path=browser, args=FLAGS)
        self.context = self.chromium.new_context(viewport={"width": 420, "height": 860})
        self.context.add_init_script(MICROPHONE.replace("HERTZ", str(hertz)) + more)
        self.faults = []
        self.open(secret)

    def open(self, secret=""):
        """Opens the page in a new tab, and registers."""
        self.page = self.context.new_page()
        self.page.on("request", self.asks)
        self.page.on("console", lambda told: self.faults.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.goto(f"{url}/phone" if secret else f"{url}/phone#{self.number}")
        if secret:
            self.register("not the secret")
            self.shows("The secret is not that of the line.")
            self.register(secret)
        self.waits("globalThis.phone?.registered || !document.getElementById('elsewhere').hidden")

    def register(self, secret):
        self.page.get_by_label("Number of the line").fill(self.number)
        self.page.get_by_label("Secret").fill(secret)
        self.press("Register")

    def asks(self, request):
        """Nothing is asked of another host."""
        if not request.url.startswith(url):
            self.faults.append(request.url)

    def press(self, button):
        self.page.get_by_role("button", name=button, exact=True).click()

    def waits(self, condition, seconds=30):
        """Waits by asking again: the page's policy lets nobody evaluate text in it, as playwright's own waiting would."""
        until = time.monotonic() + seconds
        while not self.page.evaluate(condition):
            assert time.monotonic() < until, f"{self.number} waits for {condition}: {self.page.inner_text('body')}"
            time.sleep(0.05)

    def state(self, state):
        self.waits(f"globalThis.phone?.state === '{state}'")

    def shows(self, text):
        self.page.get_by_text(text).first.wait_for()

    def shot(self, name):
        if screenshots:
            self.page.screenshot(path=f"{screenshots}/{name}.png", full_page=True)

    def dial(self, number):
        self.press("Lift the handset")
        for key in number:
            self.press({"*": "star", "#": "hash"}.get(key, key))

    def hears(self, other):
        """Whether the other's tone is what is heard, within five seconds."""
        until = time.monotonic() + 5
        while abs(self.page.evaluate(HEARD) - other.hertz) > 12:
            if time.monotonic() > until:
                return False
        return True

    def stats(self):
        """How the voices came, without how many packets there were."""
        stats = self.page.evaluate("phone.stats()")
        return [stats["packets_received"] > 0, stats["packets_lost"], stats["local"], stats["remote"]]


@contextlib.contextmanager
def two(of_one="", of_other=""):
    with sync_playwright() as play:
        people = [Person(play, (number, secret), 440, of_one), Person(play, ("0002", ""), 1000, of_other)]
        yield people
        for person in people:
            person.chromium.close()


def connect(one, other):
    one.shot("registered")
    one.dial(other.number)
    other.state("ringing")
    one.waits("phone.heard === 'ringing'")
    one.shot("calling")
    other.shot("ringing")
    other.press("Answer")
    one.state("talking")
    other.state("talking")


def talk():
    with two() as (one, other):
        connect(one, other)
        seen["heard"] = [one.hears(other), other.hears(one)]
        seen["ways"] = [one.stats(), other.stats()]
        for person, text in [(one, "Is that the harbour?"), (other, "It is. <b>Who</b> asks?")]:
            # What is typed goes into the text field by itself.
            person.page.keyboard.type(text)
            person.page.keyboard.press("Enter")
            # Outside of it Enter and letters lead there.
            person.page.evaluate("document.activeElement.blur()")
            person.page.keyboard.press("Enter")
            person.page.evaluate("document.activeElement.blur()")
            person.page.keyboard.type("so")
            assert person.page.get_by_label("Write to the other party").input_value() == "so"
        one.shows("It is. <b>Who</b> asks?")
        other.shows("Is that the harbour?")
        one.shows("left")
        one.shot("talking")
        other.page.reload()
        other.state("talking")
        seen["heard_after_reload"] = [one.hears(other), other.hears(one)]
        one.page.evaluate("sockets.at(-1).close()")
        one.shows("Registered")
        seen["heard_after_a_break"] = [one.hears(other), other.hears(one)]
        seen["connections"] = [len(one.page.evaluate("peers.map(String)")), len(other.page.evaluate("peers.map(String)"))]
        one.page.get_by_label("Write to the other party").focus()
        one.page.keyboard.press("Escape")
        one.state("idle")
        other.state("over")
        other.shows("The call is over: 0:")
        assert other.page.locator("#shown").inner_text() == ""
        one.shows("It is. <b>Who</b> asks?")
        one.shows("The call took")
        one.shot("charged")
        other.shot("over")
        seen["faults"] = one.faults + other.faults


def cut():
    with two(STUBBORN, STUBBORN) as (one, other):
        connect(one, other)
        seen["heard"] = [one.hears(other), other.hears(one)]
        one.state("over")
        time.sleep(2)
        early = [person.page.evaluate(RECEIVED) for person in (one, other)]
        time.sleep(2)
        late = [person.page.evaluate(RECEIVED) for person in (one, other)]
        seen["received"] = [packets > 0 for packets in early]
        seen["received_after_two_seconds"] = [after - before for before, after in zip(early, late)]
        one.shows("The balance was used up")


def page():
    with two() as (one, other):
        seen["refused"] = refusals(one, other)
        one.press("Call blocking")
        blocking = one.page.get_by_role("dialog")
        for wanted in ["0002", "nobody"]:
            blocking.get_by_label("Block calls from").fill(wanted)
            blocking.get_by_role("button", name="Block", exact=True).click()
            one.shows({"0002": "0002", "nobody": "The exchange does not take this number."}[wanted])
        one.shot("blocking")
        blocking.get_by_role("button", name="Close").click()
        other.dial("0001")
        other.shows("This call is blocked.")
        other.press("Hang up")
        one.page.keyboard.type("#70")
        assert blocking.get_by_label("Block calls from").input_value() == ""
        one.press("Unblock 0002")
        one.shows("No numbers are blocked.")
        one.press("Close")
        first = one.page
        one.open()
        one.shows("Another tab of this browser holds the phone 0001.")
        one.shot("elsewhere")
        one.press("Use it here")
        one.waits("phone.registered")
        first.get_by_text("Another tab of this browser holds the phone 0001.").wait_for()
        seen["faults"] = one.faults + other.faults


def refusals(one, other):
    """What the caller reads when the call does not come about, each time after a number was dialled with the keyboard."""
    told = []
    for number, then in [("0001", None), ("0099", None), ("0002", "Refuse"), ("0002", None)]:
        one.page.keyboard.type(number)
        if number == other.number:
            other.state("ringing")
        if then:
            other.press(then)
        one.state("over")
        told.append([one.page.evaluate("phone.heard"), one.page.get_by_role("alert").inner_text()])
        one.page.keyboard.press("Escape")
        one.state("idle")
        time.sleep(1)
    other.shows("You missed a call of 0001.")
    return told


def mute():
    with two("", MUTE) as (one, other):
        connect(one, other)
        other.shows("The browser was not allowed to use the microphone: you cannot be heard. Write instead.")
        seen["heard"] = other.hears(one)
        other.page.get_by_label("Write to the other party").fill("I hear you")
        other.press("Send")
        one.shows("I hear you")
        seen["faults"] = one.faults + other.faults


{"talk": talk, "cut": cut, "page": page, "mute": mute}[case]()
print(json.dumps(seen))
