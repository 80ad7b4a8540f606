"""Shows what a refusal looks like, and how to send a request again without creating twice."""

import json
import os
import time
import urllib.error
import urllib.request
import uuid

url = os.environ.get("HATIR_URL", "https://crm.example.com") + "/api/v1/customers"
headers = {
    "Content-Type": "application/json",
    "Accept-Language": "tr",
    "Authorization": f"Bearer {os.environ['HATIR_KEY']}",
    "Idempotency-Key": str(uuid.uuid4()),
}
body = json.dumps({"name": "Ayşe Işık", "email": "ayse"}).encode()

for attempt in range(4):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as response:
            print(json.load(response)["id"])
            break
    except urllib.error.HTTPError as refused:
        if refused.code in (429, 503):  # too many requests, or busy: the same key makes trying again safe
            time.sleep(int(refused.headers["Retry-After"]))
            continue
        problem = json.load(refused)
        print(f"{problem['code']}: {problem['title']}")
        for field, messages in problem.get("errors", {}).items():
            print(f"{field}: {' '.join(messages)}")
        break
    except OSError as unreachable:
        print("Hata:", unreachable)
        time.sleep(2**attempt)
