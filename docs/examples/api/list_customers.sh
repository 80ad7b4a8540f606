#!/bin/sh
# Prints the first people in İzmir; give the answer's "next" as cursor to read on.

curl --silent --show-error --get "${HATIR_URL:-https://crm.example.com}/api/v1/people" \
  --header "Authorization: Bearer $HATIR_KEY" \
  --data-urlencode 'filter=city is "İzmir"' \
  --data-urlencode 'fields=name,city' \
  --data-urlencode 'sort=name' \
  --data-urlencode 'limit=50'
