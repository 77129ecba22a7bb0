"""A mail server for the tests: listens on a free port of the loopback address, prints it, and writes what it gets into a folder.

    python sink.py FOLDER

Each mail is a file FOLDER/NUMBER.json, as Python's own library reads it. Some addresses have a meaning:
refused@... is refused (550), once@... is put off at its first mail (451), slow@... gets no answer.
"""

import asyncio
import base64
import email
import email.policy
import json
import os
import sys

from aiosmtpd.smtp import SMTP

FOLDER = sys.argv[1]


class Sink:
    def __init__(self):
        self.count = 0
        self.put_off = set()
        self.connections = set()
        self.greatest = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        user = address.partition("@")[0]
        if user == "refused":
            return "550 5.1.1 there is nobody of this name"
        if user == "once" and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.7.1 come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if any(address.startswith("slow@") for address in envelope.rcpt_tos):
            await asyncio.sleep(3600)
        self.connections.add(id(session))
        self.count += 1
        text = json.dumps({**read(envelope), "connections": len(self.connections)})
        name = os.path.join(FOLDER, f"{self.count:04}")
        with open(name, "w") as file:
            file.write(text)
        os.rename(name, name + ".json")
        return "250 OK"


def read(envelope):
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "headers": [[name, str(value)] for name, value in mail.items()],
        "kind": mail.get_content_type(),
        "text": text and text.get_content(),
        "html": html and html.get_content(),
        "attachments": [
            {
                "name": part.get_filename(),
                "media_type": part.get_content_type(),
                "base64": base64.b64encode(part.get_payload(decode=True)).decode(),
            }
            for part in mail.iter_attachments()
        ] if mail.get_content_type() == "multipart/mixed" else [],
    }


async def main():
    sink = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # It ends with the test that holds the other end of its standard input.
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
