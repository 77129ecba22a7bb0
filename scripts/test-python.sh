#!/usr/bin/env bash
# Prints the Python that has the tests' peers, a mail server, what drives a browser, phones, a client that tries out an API, what checks
# the signatures of webhooks, Twilio's own library, what reads calendars and metrics, and what checks
# electronic invoices and files for banks; fails where `scripts/setup.sh test-python` has not made it yet.
set -eu

python=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/test-python/bin/python
"$python" -c 'import aiohttp, aiosmtpd, facturx, icalendar, playwright, prometheus_client, saxonche, schemathesis, sepaxml, socketio, standardwebhooks, twilio' 2>/dev/null && echo "$python"
