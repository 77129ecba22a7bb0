"""Reads the calendar that comes in and tells its events as JSON: UID, summary, begin and end."""

import json
import sys

from icalendar import Calendar
from icalendar.parser import unescape_char

calendar = Calendar.from_ical(sys.stdin.buffer.read())
assert not calendar.errors, calendar.errors
events = [
    {
        "uid": str(event["UID"]),
        "summary": str(event["SUMMARY"]),
        "start": event.decoded("DTSTART").isoformat(),
        "end": event.decoded("DTEND").isoformat(),
        "stamp": event.decoded("DTSTAMP").isoformat(),
        "errors": event.errors,
    }
    for event in calendar.walk("VEVENT")
]
# The library leaves a name as it stands in the file.
json.dump({"name": unescape_char(str(calendar["NAME"])), "version": str(calendar["VERSION"]), "events": events}, sys.stdout)
