<?php
// Sends a new customer to Hatır and prints the answer.

$url = (getenv('HATIR_URL') ?: 'https://crm.example.com') . '/api/v1/customers';
$data = array("name" => "Ayşe Işık", "email" => "ayse@example.com", "phone" => "555-123-4567");

$ch = curl_init($url);
curl_setopt($ch, CURLOPT_POST, true);
curl_setopt($ch, CURLOPT_POSTFIELDS, json_encode($data));
curl_setopt($ch, CURLOPT_HTTPHEADER, array('Content-Type: application/json', 'X-API-Key: ' . getenv('HATIR_KEY')));
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
$response = curl_exec($ch);
if (curl_errno($ch)) {
    echo 'Hata:' . curl_error($ch);
}
curl_close($ch);
echo $response;
