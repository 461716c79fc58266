<?php
// Calls a path of system 001 as the samples of the document do: the fields are given to curl as an array, so they are
// sent as multipart.
$headers = ['apikey: ' . getenv('API_KEY')];
if (getenv('BEARER')) {
    $headers[] = 'Authorization: Bearer ' . getenv('BEARER');
}
$curl = curl_init(getenv('ORIGIN') . getenv('TARGET'));
curl_setopt_array($curl, [
    CURLOPT_CUSTOMREQUEST => 'POST',
    CURLOPT_ENCODING => '',
    CURLOPT_FOLLOWLOCATION => true,
    CURLOPT_HTTPHEADER => $headers,
    CURLOPT_POSTFIELDS => json_decode(getenv('FIELDS'), true),
    CURLOPT_RETURNTRANSFER => true,
]);
echo curl_exec($curl);
