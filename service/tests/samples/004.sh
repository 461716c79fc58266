# Asks for the link once more, as the sample of the document does: with curl.
curl --silent --location "$ORIGIN/api/auth/reset-password/resend" \
    --header "Authorization: Bearer $BEARER" \
    --header 'Content-Type: application/json' \
    --data-raw "{
\"email\": \"$EMAIL\"
}"
