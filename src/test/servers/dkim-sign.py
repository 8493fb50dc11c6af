"""Signs mail with dkimpy, an implementation of DKIM that is not the gateway's.

Reads cases from the standard input, a JSON object a line: message, key (path), selector, domain,
and optionally canonicalize, algorithm, include_headers, length, identity. Prints the signed mail, as
a JSON string a line.
"""

import json
import re
import sys
import types

import dkim


class Results:
    """What dkimpy asks of an Authentication-Results field when it seals, without python3-authres."""

    def __init__(self, field):
        parts = field.split(":", 1)[1].split(";")
        self.authserv_id = parts[0].strip()
        found = [re.match(r"\s*([a-z]+)=([a-z]+)", part) for part in parts[1:]]
        self.results = [types.SimpleNamespace(method=one[1], result=one[2]) for one in found if one]

    parse = classmethod(lambda cls, field: cls(field))


dkim.authres = types.SimpleNamespace(
    AuthenticationResultsHeader=Results, core=types.SimpleNamespace(SyntaxError=ValueError)
)

for line in sys.stdin:
    case = json.loads(line)
    with open(case["key"], "rb") as file:
        key = file.read()
    message = case["message"].encode("latin-1")
    if case.get("arc"):
        fields = dkim.arc_sign(
            message, case["selector"].encode(), case["domain"].encode(), key, case["arc"].encode()
        )
        print(json.dumps((b"".join(fields) + message).decode("latin-1")), flush=True)
        continue
    headers = case.get("include_headers")
    header, body = case.get("canonicalize", "relaxed/relaxed").split("/")
    options = {}
    if headers:
        options["include_headers"] = [name.encode() for name in headers]
    if case.get("identity"):
        options["identity"] = case["identity"].encode()
    signature = dkim.sign(
        message,
        case["selector"].encode(),
        case["domain"].encode(),
        key,
        canonicalize=(header.encode(), body.encode()),
        signature_algorithm=case.get("algorithm", "rsa-sha256").encode(),
        length=case.get("length", False),
        **options,
    )
    print(json.dumps((signature + message).decode("latin-1")), flush=True)
