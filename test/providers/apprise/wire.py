"""Prints what apprise would send for each URL given on stdin: [{"name", "url", "title", "body"}] -> JSON, nothing leaves."""

import json
import logging
import sys

import apprise
import requests

logging.disable(logging.CRITICAL)

sent = []


def keep(_session, request, **_options):
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    sent.append({"method": request.method, "url": request.url, "headers": dict(request.headers), "body": body or ""})
    answer = requests.Response()
    answer.status_code = 200
    answer._content = b'{"ok": true, "result": {"message_id": 1}}'
    return answer


requests.Session.send = keep

results = {}
for wanted in json.load(sys.stdin):
    sent.clear()
    services = apprise.Apprise()
    if not services.add(wanted["url"]):
        sys.exit(f"apprise does not take the URL of {wanted['name']}")
    services.notify(title=wanted["title"], body=wanted["body"])
    results[wanted["name"]] = list(sent)
json.dump(results, sys.stdout)
