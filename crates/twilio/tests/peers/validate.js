// Says of each request whether the validator of the package `twilio` takes it for Twilio's: a list of JSON in, a list of booleans out.
import { readFileSync } from "node:fs";
import twilio from "twilio";

function verdict({ token, signature, url, form, body }) {
    if (body !== null) return twilio.validateRequestWithBody(token, signature, url, body);
    // No name of a form is one of an object.
    const fields = Object.create(null);
    for (const [name, value] of form) (fields[name] ??= []).push(value);
    return twilio.validateRequest(token, signature, url, fields);
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(verdict)));
