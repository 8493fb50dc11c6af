#!/usr/bin/python3
"""Hands a submission to the gateway's broker over AMQP 1.0, as a producer written in Python would.

    submit_amqp.py '{"id": "1", "from": "ada@example.test", ...}'
    submit_amqp.py < submission.json

Takes from the environment: BYO_BROKER_PRODUCER_PASSWORD, and where they differ from the defaults
BYO_BROKER_USER (producer), BYO_BROKER_HOST (127.0.0.1), BYO_BROKER_AMQP_PORT (5672) and
BYO_BROKER_ADDRESS (email.outbound). Ends with 0 when the broker has accepted the message, with 1
and the broker's words when it has not.

Needs Debian's python3-qpid-proton and libsasl2-modules, hence Debian's own Python.
"""

import os
import sys

from proton import Message, ProtonException
from proton.utils import BlockingConnection, SendException

TIMEOUT_SECONDS = 20


def submit(body):
    host = os.environ.get("BYO_BROKER_HOST", "127.0.0.1")
    port = os.environ.get("BYO_BROKER_AMQP_PORT", "5672")
    connection = BlockingConnection(
        f"amqp://{host}:{port}",
        timeout=TIMEOUT_SECONDS,
        user=os.environ.get("BYO_BROKER_USER", "producer"),
        password=os.environ["BYO_BROKER_PRODUCER_PASSWORD"],
        allowed_mechs="PLAIN",
        allow_insecure_mechs=True,
    )
    try:
        sender = connection.create_sender(
            os.environ.get("BYO_BROKER_ADDRESS", "email.outbound")
        )
        sender.send(Message(body=body, durable=True, content_type="application/json"))
    finally:
        connection.close()


def main():
    if "BYO_BROKER_PRODUCER_PASSWORD" not in os.environ:
        sys.exit("submit_amqp.py: BYO_BROKER_PRODUCER_PASSWORD is not set")
    body = sys.argv[1] if len(sys.argv) > 1 else sys.stdin.read()
    try:
        submit(body)
    except SendException as refusal:
        sys.exit(f"submit_amqp.py: the broker did not accept it: {refusal}")
    except (ProtonException, OSError) as trouble:
        sys.exit(f"submit_amqp.py: {type(trouble).__name__}: {trouble}")
    print("accepted")


if __name__ == "__main__":
    main()
