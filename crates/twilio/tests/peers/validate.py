"""Says of each request whether the validator of the package `twilio` takes it for Twilio's: a list of JSON in, a list of booleans out."""

import json
import sys

from twilio.request_validator import RequestValidator, get_signature_algorithm


class Fields(dict):
    """A form in which a name may have several values, as frameworks hand it over."""

    def getlist(self, name):
        return self[name]


def verdict(request):
    body = request["body"]
    if body is None:
        body = Fields()
        for name, value in request["form"]:
            body.setdefault(name, []).append(value)
    algorithm = get_signature_algorithm(request["settings"])
    return RequestValidator(request["token"]).validate(request["url"], body, request["signature"], algorithm)


json.dump([verdict(request) for request in json.load(sys.stdin)], sys.stdout)
