<?php
// Shows what a refusal looks like, and how to send a request again without creating twice.

$url = (getenv('HATIR_URL') ?: 'https://crm.example.com') . '/api/v1/customers';
$headers = array(
    'Content-Type: application/json',
    'Accept-Language: tr',
    'X-API-Key: ' . getenv('HATIR_KEY'),
    'Idempotency-Key: ' . bin2hex(random_bytes(16)),
);

$ch = curl_init($url);
curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode(array('name' => 'Ayşe Işık', 'email' => 'ayse')));
curl_setopt($ch, CURLOPT_HTTPHEADER, $headers);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
$answer = json_decode(curl_exec($ch), true);
if (curl_errno($ch)) {
    exit('Hata:' . curl_error($ch));
}
if (curl_getinfo($ch, CURLINFO_HTTP_CODE) >= 400) {
    echo $answer['code'], ': ', $answer['title'], "\n";
    foreach ($answer['errors'] ?? array() as $field => $messages) {
        echo $field, ': ', implode(' ', $messages), "\n";
    }
}
