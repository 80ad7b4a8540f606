<?php
// Moves a customer to another city, unless somebody changed the record since it was read.
// Usage: php update_customer.php ID

$url = (getenv('HATIR_URL') ?: 'https://crm.example.com') . '/api/v1/customers/' . $argv[1];
$key = 'X-API-Key: ' . getenv('HATIR_KEY');
$etag = '';

$ch = curl_init($url);
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
curl_setopt($ch, CURLOPT_HTTPHEADER, array($key));
curl_setopt($ch, CURLOPT_HEADERFUNCTION, function ($ch, $line) use (&$etag) {
    if (stripos($line, 'etag:') === 0) {
        $etag = trim(substr($line, 5));
    }
    return strlen($line);
});
curl_exec($ch);

curl_setopt($ch, CURLOPT_CUSTOMREQUEST, 'PATCH');
curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode(array('city' => 'Bursa')));
curl_setopt($ch, CURLOPT_HTTPHEADER, array($key, 'Content-Type: application/json', 'If-Match: ' . $etag));
$answer = json_decode(curl_exec($ch), true);
if (curl_errno($ch)) {
    exit('Hata:' . curl_error($ch));
}
if (curl_getinfo($ch, CURLINFO_HTTP_CODE) === 412) {
    exit("Somebody was faster: read the record again.\n");
}
echo $answer['city'], "\n";
