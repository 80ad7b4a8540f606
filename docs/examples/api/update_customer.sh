#!/bin/sh
# Moves a customer to another city, unless somebody changed the record since it was read.
# Usage: sh update_customer.sh ID

url="${HATIR_URL:-https://crm.example.com}/api/v1/customers/$1"
etag=$(curl --silent --output /dev/null --dump-header - --header "X-API-Key: $HATIR_KEY" "$url" |
  tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')

curl --silent --show-error --request PATCH "$url" \
  --header "X-API-Key: $HATIR_KEY" \
  --header "Content-Type: application/json" \
  --header "If-Match: $etag" \
  --data '{"city": "Bursa"}'
