"""Signs mail with dkimpy, an implementation of DKIM that is not the gateway's.

Reads cases from the standard input, a JSON object a line: message, key (path), selector, domain,
and optionally canonicalize, algorithm, include_headers, length, identity. Prints the signed mail, as
a JSON string a line.
"""

import json
import sys

import dkim

for line in sys.stdin:
    case = json.loads(line)
    with open(case["key"], "rb") as file:
        key = file.read()
    message = case["message"].encode("latin-1")
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
