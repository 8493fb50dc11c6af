"""Sends mails by smtplib, a connection for each; prints the seconds it took.

usage: smtplib_send.py PORT COUNT THREADS
"""
import smtplib
import sys
import threading
import time
from email.message import EmailMessage

port, count, threads = (int(word) for word in sys.argv[1:])
text = ("The quick brown fox jumps over the lazy dog, and goes on to the next line.\n" * 67)[:5000]
numbers = iter(range(count))
lock = threading.Lock()


def send():
    while True:
        with lock:
            number = next(numbers, None)
        if number is None:
            return
        mail = EmailMessage()
        mail["From"] = f"agent{number % 50}@bench.test"
        mail["To"] = f"to{number}@example.test"
        mail["Subject"] = f"python{number}"
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.send_message(mail)


start = time.monotonic()
running = [threading.Thread(target=send) for _ in range(threads)]
for thread in running:
    thread.start()
for thread in running:
    thread.join()
print(time.monotonic() - start)
