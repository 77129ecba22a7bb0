"""Checks documents against the grammar in the package `twilio`: check_twiml.py FILE...

Which element may stand in which, and with which attributes, follows from the methods of the package's classes: `Dial.number(...)` says that a
<Number> stands in a <Dial>, and its arguments are the attributes of it. Which values some attributes take is not told there, and stands below.
Prints a line for each fault, and ends with 1 if there was one. Without files it reads documents from standard input, as a list of JSON.
"""

import inspect
import json
import re
import sys
import xml.etree.ElementTree as ET

from twilio.twiml import TwiML, lower_camel, messaging_response, voice_response

NAME = re.compile(r'self\.name = "([^"]+)"')
BOOLEAN, NUMBER, URL = r"true|false", r"\d+", r"https?://\S+"
FINISH_KEY, METHOD = r"[0-9*#]*", r"GET|POST"
# By the pages of the provider.
VALUES = {
    "action": URL, "method": METHOD, "url": URL, "waitUrl": URL, "statusCallback": URL, "recordingStatusCallback": URL,
    "transcribeCallback": URL, "waitMethod": METHOD, "waitUrlMethod": METHOD, "statusCallbackMethod": METHOD,
    "recordingStatusCallbackMethod": METHOD, "timeout": NUMBER, "timeLimit": NUMBER, "numDigits": r"[1-9]\d*",
    "maxLength": r"[1-9]\d*", "length": r"[1-9]\d*", "loop": NUMBER, "finishOnKey": FINISH_KEY, "input": r"dtmf",
    "actionOnEmptyResult": BOOLEAN, "answerOnBridge": BOOLEAN, "hangupOnStar": BOOLEAN, "playBeep": BOOLEAN,
    "transcribe": BOOLEAN, "muted": BOOLEAN, "startConferenceOnEnter": BOOLEAN, "endConferenceOnExit": BOOLEAN,
    "beep": r"true|false|onEnter|onExit", "trim": r"trim-silence|do-not-trim", "reason": r"rejected|busy",
}
RECORD = {
    "Dial": r"do-not-record|record-from-(answer|ringing)(-dual)?",
    "Conference": r"do-not-record|record-from-start",
}
EVENTS = {
    "Number": "initiated ringing answered completed",
    "Conference": "start end join leave mute hold modify speaker announcement",
}
# What has text, what has others in it, and what has neither.
TEXTS = {"Say", "Play", "Number", "Conference", "Queue", "Enqueue", "Redirect", "Message"}


def elements_of(module):
    """The name of each element, with its class."""
    found = {}
    for _, of in inspect.getmembers(module, inspect.isclass):
        if issubclass(of, TwiML) and of is not TwiML and of.__module__ == module.__name__:
            found[NAME.search(inspect.getsource(of.__init__)).group(1)] = of
    return found


def children_of(of, elements):
    """The elements that may stand in this one, with the names of their attributes."""
    by_class = {of.__name__: name for name, of in elements.items()}
    children = {}
    for name, method in inspect.getmembers(of, inspect.isfunction):
        if name in TwiML.__dict__ or name.startswith("_"):
            continue
        made = re.search(r"self\.nest\(\s*(\w+)\(", inspect.getsource(method))
        child = by_class[made.group(1)]
        parameters = [p for p in inspect.signature(method).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
        text = [p for p in inspect.signature(elements[child].__init__).parameters][1:]
        attributes = {lower_camel(TwiML.MAP.get(p.name, p.name)) for p in parameters if p.name not in text}
        children[child] = attributes
    return children


def walk(element, attributes, elements):
    name = element.tag
    for attribute, value in element.attrib.items():
        if attribute not in attributes:
            yield f"<{name}> has no attribute {attribute}"
        allowed = RECORD.get(name) if attribute == "record" else VALUES.get(attribute)
        if allowed and not re.fullmatch(allowed, value):
            yield f"<{name}> {attribute} cannot be {value!r}"
        events = "in-progress completed absent" if attribute.startswith("recording") else EVENTS.get(name, "")
        if attribute.endswith("Event") and not set(value.split(" ")) <= set(events.split(" ")):
            yield f"<{name}> {attribute} cannot be {value!r}"
    text = (element.text or "").strip()
    if text and name not in TEXTS:
        yield f"<{name}> has no text"
    if name in TEXTS and not text:
        yield f"<{name}> is empty"
    if name == "Say" and len(text) > 4096:
        yield "<Say> is too long"
    if name == "Record" and "action" not in element.attrib:
        yield "<Record> without an action records for ever"
    if name == "Dial" and len(element) > 10:
        yield "<Dial> has more than ten numbers"
    if name == "Dial" and len(element) == 0:
        yield "<Dial> has nobody"
    children = children_of(elements[name], elements)
    for child in element:
        if (child.tail or "").strip():
            yield f"<{name}> has text after <{child.tag}>"
        if child.tag in children:
            yield from walk(child, children[child.tag], elements)
        else:
            yield f"<{child.tag}> does not stand in <{name}>"


def faults_of(document):
    """What the grammar has against a document."""
    try:
        root = ET.fromstring(document)
    except ET.ParseError as error:
        return [f"it is no XML: {error}"]
    if root.tag != "Response":
        return [f"<{root.tag}> is no document"]
    module = messaging_response if root.find("Message") is not None else voice_response
    return list(walk(root, set(), elements_of(module)))


def main():
    if len(sys.argv) > 1:
        documents = {path: open(path, "rb").read() for path in sys.argv[1:]}
    else:
        documents = {f"document {at}": text.encode() for at, text in enumerate(json.load(sys.stdin))}
    all_faults = [f"{name}: {fault}" for name, document in documents.items() for fault in faults_of(document)]
    print("\n".join(all_faults) if all_faults else f"{len(documents)} documents are good")
    sys.exit(1 if all_faults else 0)


if __name__ == "__main__":
    main()
