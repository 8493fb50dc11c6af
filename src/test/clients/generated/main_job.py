"""The main job through a client that OpenAPI Generator made: connects a mailbox, sends twice with one id, hears of it
by events, and reads the reply that the peer writes.

    PYTHONPATH=OUTPUT python3 main_job.py '{"url", "key", "address", "smtp", "imap", "peerAddress", "id"}'

Prints what main-job.ts prints.
"""

import json
import sys

import byoemail_client as client
from byoemail_client.exceptions import ApiException

job = json.loads(sys.argv[1])
api = client.ApiClient(client.Configuration(host=job["url"], access_token=job["key"]))
agents, accounts = client.AgentsApi(api), client.AccountsApi(api)
messages, events = client.MessagesApi(api), client.EventsApi(api)


def connect():
    agent = agents.create_agent(
        client.AgentRequest(
            name=job["address"],
            contactPolicy=client.Policy(inbound="open", outbound="open"),
        )
    )
    account = accounts.create_account(
        client.AccountRequest(
            agent=agent.id, address=job["address"], smtp=job["smtp"], imap=job["imap"]
        )
    )
    for test in accounts.test_smtp(account.id), accounts.test_imap(account.id):
        assert test.ok, test
    accounts.update_account(
        account.id, client.AccountPatch(outboundEnabled=True, inboundEnabled=True)
    )
    return account.id


def event(kind, fits):
    """The first event of that type that fits, waited for at most a minute."""
    after = "0"
    for _ in range(60):
        page = events.list_events(after=after, type=[kind], wait="1s")
        for one in page.items:
            if fits(one):
                return one
        after = page.next or after
    raise SystemExit("no event " + kind)


def read(message):
    return messages.get_message(message).actual_instance


def submission(**fields):
    return client.Submission(**fields)


account = connect()
subject = "Question " + job["id"]
mail = submission(
    **{"id": job["id"], "from": job["address"], "subject": subject, "body": "Is it so?"},
    to=client.SubmissionTo([job["peerAddress"]]),
)
first = messages.send_message_with_http_info(mail)
second = messages.send_message_with_http_info(mail)
event("message.sent", lambda one: one.data.submission_id == job["id"])


def is_question(one):
    found = read(one.message_id)
    return (
        isinstance(found, client.InboundMessage)
        and found.subject == subject
        and found.account != account
    )


question = event("message.received", is_question)
messages.send_message(
    submission(
        **{"id": job["id"] + "-reply", "from": job["peerAddress"], "subject": "Re: " + subject},
        to=client.SubmissionTo(job["address"]),
        body="It is so.",
        inReplyTo=question.message_id,
    )
)
reply = read(event("message.received", lambda one: one.account_id == account).message_id)
sent = read(first.data.message_id)
assert isinstance(reply, client.InboundMessage) and isinstance(sent, client.OutboundMessage)
try:
    messages.send_message(submission(**{"from": job["address"], "subject": "nobody"}))
    raise SystemExit("it was not refused")
except ApiException as refused:
    problem = json.loads(refused.body)

print(
    json.dumps(
        {
            "first": first.status_code,
            "second": second.status_code,
            "same": first.data.message_id == second.data.message_id,
            "conversation": reply.conversation_id == sent.conversation_id,
            "reply": reply.text,
            "refused": problem["code"],
            "fields": [one["field"] for one in problem["errors"]],
        }
    )
)
