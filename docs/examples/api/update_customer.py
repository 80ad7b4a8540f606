"""Moves a customer to another city, unless somebody changed the record since it was read.

Usage: python update_customer.py ID
"""

import json
import os
import sys
import urllib.error
import urllib.request

url = os.environ.get("HATIR_URL", "https://crm.example.com") + "/api/v1/customers/" + sys.argv[1]
headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ['HATIR_KEY']}"}

with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as response:
    etag = response.headers["ETag"]

body = json.dumps({"city": "Bursa"}).encode()
change = urllib.request.Request(url, body, {**headers, "If-Match": etag}, method="PATCH")
try:
    with urllib.request.urlopen(change, timeout=30) as response:
        print(json.load(response)["city"])
except urllib.error.HTTPError as refused:
    if refused.code != 412:
        raise
    sys.exit("Somebody was faster: read the record again.")
