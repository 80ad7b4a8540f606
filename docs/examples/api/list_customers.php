<?php
// Prints the names of all people in İzmir, page by page.

$base = (getenv('HATIR_URL') ?: 'https://crm.example.com') . '/api/v1/people';
$query = array('filter' => 'city is "İzmir"', 'fields' => 'name,city', 'sort' => 'name', 'limit' => 2);

do {
    $ch = curl_init($base . '?' . http_build_query($query));
    curl_setopt($ch, CURLOPT_HTTPHEADER, array('X-API-Key: ' . getenv('HATIR_KEY')));
    curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
    $page = json_decode(curl_exec($ch), true);
    if (curl_errno($ch)) {
        exit('Hata:' . curl_error($ch));
    }
    curl_close($ch);
    foreach ($page['data'] as $person) {
        echo $person['name'], "\n";
    }
    $query['cursor'] = $page['next'];
} while ($page['has_more']);
