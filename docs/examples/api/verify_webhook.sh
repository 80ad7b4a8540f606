#!/bin/sh
# Checks by hand that a webhook came from Hatır: the body on standard input, the headers as variables.

id="$WEBHOOK_ID" timestamp="$WEBHOOK_TIMESTAMP" signature="$WEBHOOK_SIGNATURE"
key=$(printf '%s' "${HATIR_WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -tx1 | tr -d ' \n')
expected=$({ printf '%s.%s.' "$id" "$timestamp"; cat; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)

case " $signature " in
*" v1,$expected "*) echo "right" ;;
*) echo "wrong signature"; exit 1 ;;
esac
