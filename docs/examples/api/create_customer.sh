#!/bin/sh
# Sends a new customer to Hatır and prints the answer.

curl --silent --show-error "${HATIR_URL:-https://crm.example.com}/api/v1/customers" \
  --header "Authorization: Bearer $HATIR_KEY" \
  --header "Content-Type: application/json" \
  --data '{"name": "Ayşe Işık", "email": "ayse@example.com", "phone": "555-123-4567"}'
