"""Sends a new customer to Hatır and prints the answer. Only Python's own library is needed."""

import json
import os
import urllib.request

url = os.environ.get("HATIR_URL", "https://crm.example.com") + "/api/v1/customers"
data = {"name": "Ayşe Işık", "email": "ayse@example.com", "phone": "555-123-4567"}
headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ['HATIR_KEY']}"}

request = urllib.request.Request(url, json.dumps(data).encode(), headers, method="POST")
with urllib.request.urlopen(request, timeout=30) as response:
    customer = json.load(response)

print(json.dumps(customer, ensure_ascii=False))
