"""Prints the names of all people in İzmir, page by page."""

import json
import os
import urllib.parse
import urllib.request

base = os.environ.get("HATIR_URL", "https://crm.example.com") + "/api/v1/people"
query = {"filter": 'city is "İzmir"', "fields": "name,city", "sort": "name", "limit": 2}
has_more = True

while has_more:
    request = urllib.request.Request(f"{base}?{urllib.parse.urlencode(query)}")
    request.add_header("Authorization", f"Bearer {os.environ['HATIR_KEY']}")
    with urllib.request.urlopen(request, timeout=30) as response:
        page = json.load(response)
    for person in page["data"]:
        print(person["name"])
    query["cursor"], has_more = page["next"], page["has_more"]
