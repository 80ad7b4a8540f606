#!/bin/sh
# Shows what a refusal looks like; curl itself repeats what may pass later, and the key keeps that from doubling.

curl --silent --show-error --retry 3 "${HATIR_URL:-https://crm.example.com}/api/v1/customers" \
  --header "Authorization: Bearer $HATIR_KEY" \
  --header "Content-Type: application/json" \
  --header "Accept-Language: tr" \
  --header "Idempotency-Key: form-2026-11-21-0001" \
  --data '{"name": "Ayşe Işık", "email": "ayse"}'
