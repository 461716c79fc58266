// Asks for the link once more, as the sample of the document does: with `axios`.
const axios = require('axios');

axios
    .request({
        method: 'post',
        url: `${process.env.ORIGIN}/api/auth/reset-password/resend`,
        headers: { Authorization: `Bearer ${process.env.BEARER}`, 'Content-Type': 'application/json' },
        data: JSON.stringify({ email: process.env.EMAIL }),
    })
    .then((response) => console.log(JSON.stringify(response.data)));
