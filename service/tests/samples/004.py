"""Asks for the link once more, as the sample of the document does: with http.client."""

import http.client
import json
import os

connection = http.client.HTTPConnection(os.environ["ORIGIN"].removeprefix("http://"))
headers = {
    "Authorization": "Bearer " + os.environ["BEARER"],
    "Content-Type": "application/json",
}
body = json.dumps({"email": os.environ["EMAIL"]})
connection.request("POST", "/api/auth/reset-password/resend", body, headers)
print(connection.getresponse().read().decode("utf-8"))
