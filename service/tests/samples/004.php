<?php
// Asks for the link once more, as the sample of the document does.
$curl = curl_init(getenv('ORIGIN') . '/api/auth/reset-password/resend');
curl_setopt_array($curl, [
    CURLOPT_CUSTOMREQUEST => 'POST',
    CURLOPT_ENCODING => '',
    CURLOPT_FOLLOWLOCATION => true,
    CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('BEARER'), 'Content-Type: application/json'],
    CURLOPT_POSTFIELDS => "{\n\"email\": \"" . getenv('EMAIL') . "\"\n}",
    CURLOPT_RETURNTRANSFER => true,
]);
echo curl_exec($curl);
