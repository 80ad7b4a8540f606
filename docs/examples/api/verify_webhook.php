<?php
// Checks that a webhook came from Hatır (Standard Webhooks). The body must be the bytes as they arrived.

function is_from_hatir(string $secret, array $headers, string $body): bool
{
    if (abs(time() - (int) $headers['webhook-timestamp']) > 300) {
        return false;
    }
    $key = base64_decode(substr($secret, strlen('whsec_')));
    $signed = $headers['webhook-id'] . '.' . $headers['webhook-timestamp'] . '.' . $body;
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    foreach (explode(' ', $headers['webhook-signature']) as $signature) {
        if (hash_equals($expected, $signature)) {
            return true;
        }
    }
    return false;
}

if (PHP_SAPI === 'cli') {
    $headers = array_change_key_case(json_decode(getenv('WEBHOOK_HEADERS'), true));
    $body = stream_get_contents(STDIN);
} else {
    $headers = array_change_key_case(getallheaders());
    $body = file_get_contents('php://input');
}
if (!is_from_hatir(getenv('HATIR_WEBHOOK_SECRET'), $headers, $body)) {
    http_response_code(400);
    exit("wrong signature\n");
}
echo json_decode($body, true)['type'], "\n";
