// Calls a path of system 001 as the samples of the document do: with `request`, and with its `formData`.
const request = require('request');

const headers = { apikey: process.env.API_KEY };
if (process.env.BEARER) {
    headers.Authorization = `Bearer ${process.env.BEARER}`;
}
const options = {
    method: 'POST',
    url: process.env.ORIGIN + process.env.TARGET,
    headers,
    formData: JSON.parse(process.env.FIELDS),
};
request(options, (error, response) => {
    if (error) throw error;
    console.log(response.body);
});
