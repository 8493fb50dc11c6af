"""Parses mails by Python's email package again and again; prints how many in a second of CPU time.

usage: email_parse.py FOLDER ROUNDS
"""
import pathlib
import sys
import time
from email import message_from_bytes, policy

mails = [file.read_bytes() for file in sorted(pathlib.Path(sys.argv[1]).rglob("*.eml"))]
rounds = int(sys.argv[2])


def read(raw):
    """Header, text and files, as far as the package can read them."""
    mail = message_from_bytes(raw, policy=policy.default)
    for name in ("From", "To", "Subject", "Date"):
        try:
            str(mail[name])
        except Exception:  # It fails at some of them.
            pass
    for part in mail.walk():
        if not part.is_multipart():
            try:
                part.get_content()
            except Exception:
                pass


start = time.process_time()
for _ in range(rounds):
    for raw in mails:
        read(raw)
print(rounds * len(mails) / (time.process_time() - start))
