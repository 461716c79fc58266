<?php
// Sets the password of a user, as the sample of the document does: with curl, and with the body as one text.
$fields = [
    'userid' => getenv('USER_ID'),
    'password' => getenv('PASSWORD'),
    'userloginname' => getenv('LOGIN'),
    'newPassword' => getenv('NEW'),
    'output' => 'json',
];
$curl = curl_init(getenv('ORIGIN') . '/SMSApi/reseller/resetuserpassword');
curl_setopt_array($curl, [
    CURLOPT_CUSTOMREQUEST => 'POST',
    CURLOPT_ENCODING => '',
    CURLOPT_HTTPHEADER => ['cache-control: no-cache', 'content-type: application/x-www-form-urlencoded'],
    CURLOPT_POSTFIELDS => http_build_query($fields),
    CURLOPT_RETURNTRANSFER => true,
]);
echo curl_exec($curl);
