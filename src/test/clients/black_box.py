#!/usr/bin/env python3
"""What an integrator does, by the OpenAPI document and the docs alone, while the gateway may be killed at any moment:
connects two mailboxes, sends (twice with one id), hears of it by webhook and by stream, reads the reply, replies to all
and searches; then sends, waits, replies and searches by the tools of MCP.

    python3 black_box.py '{"url", "key", "name", "mailboxes": [{"address", "smtp", "imap"}, {...}]}'

Needs Python's standard library only. Prints a line "at ..." before each step, and at the end {"sent": {subject: recipient}}.
"""

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

job = json.loads(sys.argv[1])
PATIENCE = 240
AWAY = (urllib.error.URLError, http.client.HTTPException, OSError)


def request(method, path, body=None, headers=None, timeout=40):
    """Repeats while the gateway is away or busy, which is safe with ids: the status and what was answered."""
    until = time.monotonic() + PATIENCE
    while True:
        asked = urllib.request.Request(
            job["url"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": "Bearer " + job["key"],
                "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream",
                **(headers or {}),
            },
        )
        try:
            try:
                with urllib.request.urlopen(asked, timeout=timeout) as answer:
                    text = answer.read()
                    return answer.status, json.loads(text) if text else None
            except urllib.error.HTTPError as refused:
                if refused.code not in (429, 500, 502, 503) or time.monotonic() > until:
                    return refused.code, json.loads(refused.read())
                time.sleep(min(5, int(refused.headers.get("Retry-After", "1"))))
        except AWAY:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


class Api:
    """Operations by their operationId."""

    def __init__(self):
        _, document = request("GET", "/api/v1/openapi.json")
        self.operations = {
            operation["operationId"]: (method.upper(), path)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if isinstance(operation, dict) and "operationId" in operation
        }

    def call(self, operation, expected, body=None, query=None, **path):
        method, template = self.operations[operation]
        for name, value in path.items():
            template = template.replace("{" + name + "}", urllib.parse.quote(str(value)))
        if query:
            template += "?" + urllib.parse.urlencode(query, doseq=True)
        status, answer = request(method, template, body)
        assert status in expected, (operation, status, answer)
        return status, answer


class Heard:
    """The events that came by webhook and by stream."""

    def __init__(self):
        self.changed = threading.Condition()
        self.by = {"webhook": {}, "stream": {}}
        self.secret = None
        self.bad = []

    def add(self, way, event):
        with self.changed:
            self.by[way].setdefault(event["id"], event)
            self.changed.notify_all()

    def wait(self, kind, fits):
        """The event, once it was heard in both ways."""

        def found():
            both = []
            for events in self.by.values():
                both.append([e for e in events.values() if e["type"] == kind and fits(e)])
            return both[0][0] if all(both) else None

        with self.changed:
            assert self.changed.wait_for(found, PATIENCE), (
                kind,
                {way: [e["type"] for e in events.values()] for way, events in self.by.items()},
            )
            return found()


heard = Heard()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = b".".join(
            [self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), body]
        )
        key = base64.b64decode(heard.secret.removeprefix("whsec_"))
        mine = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if mine in self.headers["webhook-signature"].split(" "):
            heard.add("webhook", json.loads(body))
        else:
            heard.bad.append(self.headers["webhook-id"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def stream(start):
    """Reads the stream, and goes on after the last event whenever it breaks."""
    last = start
    address = urllib.parse.urlparse(job["url"])
    while True:
        try:
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
            connection.request(
                "GET",
                "/api/v1/events/stream",
                headers={"Authorization": "Bearer " + job["key"], "Last-Event-ID": last},
            )
            answer = connection.getresponse()
            if answer.status != 200:
                time.sleep(0.5)
                continue
            data = []
            for raw in answer:
                line = raw.decode().rstrip("\r\n")
                if line.startswith("id:"):
                    last = line[3:].strip()
                elif line.startswith("data:"):
                    data.append(line[5:].removeprefix(" "))
                elif not line and data:
                    heard.add("stream", json.loads("\n".join(data)))
                    data = []
        except AWAY:
            time.sleep(0.3)


def at(step):
    print("at " + step, flush=True)


sent = {}


def mail(subject, sender, recipient):
    sent[subject] = recipient
    return {"id": subject, "from": sender, "to": [recipient], "subject": subject}


api = Api()


def connect(mailbox):
    """The id of the account. What was made before a kill is found again by the address."""
    _, agent = api.call(
        "createAgent",
        {201},
        {"name": mailbox["address"], "contactPolicy": {"inbound": "open", "outbound": "open"}},
    )
    status, account = api.call(
        "createAccount",
        {201, 409},
        {
            "agent": agent["id"],
            "address": mailbox["address"],
            "smtp": mailbox["smtp"],
            "imap": mailbox["imap"],
        },
    )
    if status == 409:
        assert account["code"] == "address_taken", account
        _, page = api.call("listAccounts", {200}, query={"limit": 200})
        account = next(a for a in page["items"] if a["address"] == mailbox["address"])
    for test in "testSmtp", "testImap":
        _, tested = api.call(test, {200}, id=account["id"])
        assert tested["ok"], tested
    api.call(
        "updateAccount",
        {200},
        {"outboundEnabled": True, "inboundEnabled": True},
        id=account["id"],
    )
    return account["id"]


def listen():
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    url = "http://localhost:%d/hook" % receiver.server_port
    _, page = api.call("listEvents", {200}, query={"limit": 1})
    _, hook = api.call("createWebhook", {201}, {"url": url})
    heard.secret = hook["secret"]
    # A kill may have swallowed a response with a secret: the webhook of that response is deleted.
    _, hooks = api.call("listWebhooks", {200})
    for other in hooks["items"]:
        if other["id"] != hook["id"]:
            api.call("deleteWebhook", {204, 404}, id=other["id"])
            heard.bad.clear()
    threading.Thread(target=stream, args=("0",), daemon=True).start()


def received(account, subject):
    """The message that an account received, heard in both ways."""
    event = heard.wait(
        "message.received",
        lambda e: e["accountId"] == account and e["data"].get("subject") == subject,
    )
    return api.call("getMessage", {200}, id=event["messageId"])[1]


def searched(word, message):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        _, page = api.call("listMessages", {200}, query={"q": word})
        if message in [one["id"] for one in page["items"]]:
            return
        time.sleep(0.3)
    raise AssertionError("not found: " + word)


calls = 0


def tool(name, **arguments):
    """What a tool answered; of a reading tool, the JSON between the lines that delimit mail."""
    global calls
    calls += 1
    status, answer = request(
        "POST",
        "/mcp",
        {
            "jsonrpc": "2.0",
            "id": calls,
            "method": "tools/call",
            "params": {"name": name, "arguments": arguments},
        },
        {"MCP-Protocol-Version": "2025-06-18"},
    )
    assert status == 200 and "result" in answer, (name, status, answer)
    text = answer["result"]["content"][0]["text"]
    if answer["result"].get("isError"):
        problem = json.loads(text)
        if problem.get("status") in (429, 503):
            time.sleep(problem.get("retryAfterSeconds") or 1)
            return tool(name, **arguments)
        raise AssertionError((name, problem))
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if line.startswith("<mail-data-"):
            return json.loads("\n".join(lines[i + 1 : lines.index("</" + line[1:])]))
    return json.loads(text)


def await_mail(to, subject):
    arguments = {"to": to, "subject": subject, "since": started}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = tool("wait_for_mail", **arguments)
        if found["found"]:
            return found["message"]
        arguments["after"] = found["after"]
    raise AssertionError("no mail: " + subject)


def by_api():
    name = job["name"] + "-api"
    word = hashlib.sha256(name.encode()).hexdigest()[:12]
    question = {**mail(name + " question", ada["address"], ben["address"]), "body": "Is it " + word + "?"}
    at("send")
    statuses = [api.call("sendMessage", {200, 202}, question) for _ in range(2)]
    assert statuses[0][1]["messageId"] == statuses[1][1]["messageId"], statuses
    assert statuses[1][0] == 200, statuses
    heard.wait("message.sent", lambda e: e["data"].get("submissionId") == question["id"])
    at("reply")
    asked = received(bens, question["subject"])
    answer = "Re: " + question["subject"]
    sent[answer] = ada["address"]
    for _ in range(2):
        api.call(
            "replyToMessage", {200, 202}, {"id": name + " reply", "body": "It is so."}, id=asked["id"]
        )
    at("read")
    reply = received(adas, answer)
    assert "It is so." in reply["text"], reply
    assert reply["conversationId"] == api.call(
        "getMessage", {200}, id=statuses[0][1]["messageId"]
    )[1]["conversationId"]
    at("reply to all")
    sent_again = {"id": name + " all", "subject": name + " thanks", "body": "Thank you."}
    sent[sent_again["subject"]] = ben["address"]
    api.call("replyToAll", {200, 202}, sent_again, id=reply["id"])
    received(bens, sent_again["subject"])
    at("search")
    searched(word, asked["id"])


def by_mcp():
    name = job["name"] + "-mcp"
    word = hashlib.sha256(name.encode()).hexdigest()[:12]
    question = {**mail(name + " question", ada["address"], ben["address"]), "body": "Is it " + word + "?"}
    at("send by a tool")
    first, second = tool("send", **question), tool("send", **question)
    assert first["messageId"] == second["messageId"], (first, second)
    assert second["replayed"], second
    at("wait by a tool")
    asked = await_mail(ben["address"], question["subject"])
    answer = "Re: " + question["subject"]
    sent[answer] = ada["address"]
    at("reply by a tool")
    tool("reply", id=name + " reply", message=asked["id"], body="It is so.")
    reply = await_mail(ada["address"], answer)
    assert "It is so." in tool("read_message", message=reply["id"])["text"], reply
    at("search by a tool")
    until = time.monotonic() + PATIENCE
    while word not in json.dumps(tool("search_mail", q=word)):
        assert time.monotonic() < until, "not found: " + word
        time.sleep(0.3)


started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
ada, ben = job["mailboxes"]
at("connect")
adas, bens = connect(ada), connect(ben)
at("listen")
listen()
by_api()
by_mcp()
assert not heard.bad, heard.bad
at("end")
print(json.dumps({"sent": sent}))
