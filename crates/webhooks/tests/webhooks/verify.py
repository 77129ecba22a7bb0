"""Reads a webhook as JSON from its input and says whether the specification's own library takes it."""

import json
import sys

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

webhook = json.load(sys.stdin)
try:
    Webhook(webhook["secret"]).verify(webhook["body"], webhook["headers"])
    print("verified")
except WebhookVerificationError as refused:
    print(refused)
