"""Moves the messages of a queue of IBM MQ into a folder source, by MQ's REST interface (9.1.5 or later, format MQSTR).

    MQ_USER=app MQ_PASSWORD=... python ibm_mq.py https://HOST:9443 QMGR QUEUE incoming/inbound

A message is read, written as a file that is named for it, and only then taken off the queue. Whoever is killed between
two of these steps writes the same file again the next time, which changes nothing in allot. Run it by a timer of its
own, before `allot cycle`; needs nothing but Python. Exit code 1, with the reason, where MQ does not answer.
"""

import base64
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

PATIENCE_S = 30


def move(server: str, manager: str, queue: str, inbound: Path) -> int:
    """Moves all messages that wait; how many."""
    names = (quote(name, safe="") for name in (manager, queue))
    place = "{}/ibmmq/rest/v2/messaging/qmgr/{}/queue/{}/message".format(server.rstrip("/"), *names)
    count = 0
    while True:
        with call("GET", place) as answer:  # browses
            if answer.status == 204:
                return count
            name, body = answer.headers["ibm-mq-md-messageId"], answer.read()
        if not re.fullmatch(r"[0-9a-fA-F]+", name):
            raise ValueError(f"{name!r} is no id of a message")
        unfinished = inbound / f"{name}.json.part"
        unfinished.write_bytes(body)
        unfinished.rename(inbound / f"{name}.json")
        call("DELETE", f"{place}?messageId={name}").close()
        count += 1


def call(method: str, url: str) -> Any:
    """The answer to a request."""
    secret = f"{os.environ['MQ_USER']}:{os.environ['MQ_PASSWORD']}".encode()
    headers = {"Authorization": f"Basic {base64.b64encode(secret).decode()}", "ibm-mq-rest-csrf-token": ""}
    return urlopen(Request(url, method=method, headers=headers), timeout=PATIENCE_S)


if __name__ == "__main__":
    try:
        print(move(*sys.argv[1:4], Path(sys.argv[4])), "messages")  # noqa: T201
    except URLError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
