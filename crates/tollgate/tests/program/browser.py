"""What somebody does in a real browser: sets a company up by the link, signs in, and changes something by the session.

browser.py BROWSER LINK: prints one JSON object with what was seen."""

import json
import sys

from playwright.sync_api import sync_playwright

browser, link = sys.argv[1:]
base = link.split("/setup/")[0]
password = "seven grey herons at dawn"
seen = {}


def send(page, **fields):
    """Fills in the form and sends it; the answer's title and what it says is wrong."""
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.click("button")
    page.wait_for_load_state()
    return [page.title(), *page.locator(".fault").all_inner_texts()]


POST = """body => fetch('/api/v1/customers', {method: 'POST', headers: {'content-type': 'application/json'},
    body: JSON.stringify(body)}).then(answer => answer.status)"""

with sync_playwright() as play:
    chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
    page = chromium.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(link)
    company = {"company": "Example Ltd", "currency": "gbp", "time_zone": "Europe/London"}
    owner = {"name": "Ada Byron", "sign_in": "ada@example.org"}
    seen["weak"] = send(page, **company, **owner, password="short")
    seen["set_up"] = send(page, password=password)
    page.goto(f"{base}/sign-in")
    seen["wrong"] = send(page, sign_in="ada@example.org", password="not the password")
    send(page, password=password)
    page.wait_for_url(f"{base}/overview")
    seen["signed_in"] = page.get_by_role("heading", level=1).inner_text()
    seen["customer"] = page.evaluate(POST, {"organisation": "Harbour Radio", "mode": "postpaid"})
    page.goto(f"{base}/reset")
    seen["forgotten"] = send(page, sign_in="ada@example.org")
    # A status of 422 or 401 is told on the console, too; a style or script that the policy refuses must not be.
    seen["refused"] = [text for text in errors if "Content Security Policy" in text]
    chromium.close()

print(json.dumps(seen))
