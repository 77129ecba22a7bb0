// Stripe's own package signs, verifies, and has pages made: what it is to use comes as JSON, what it has done goes out as JSON.
import assert from "node:assert";
import { readFileSync } from "node:fs";
import Stripe from "stripe";

const told = JSON.parse(readFileSync(0, "utf8"));
const { hostname, port } = new URL(told.url);
const stripe = new Stripe(told.key, { host: hostname, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });

// What was signed here is Stripe's to it, and what was changed on the way is not.
for (const { body, header } of told.signed) {
    assert.equal(stripe.webhooks.constructEvent(body, header, told.secret, Infinity).id, JSON.parse(body).id);
    assert.throws(() => stripe.webhooks.constructEvent(`${body} `, header, told.secret, Infinity));
    assert.throws(() => stripe.webhooks.constructEvent(body, header, "whsec_other", Infinity));
}

const made = await stripe.checkout.sessions.create({
    mode: "payment",
    client_reference_id: "of-the-package",
    line_items: [{ quantity: 1, price_data: { currency: "eur", unit_amount: 1234, product_data: { name: "Top-up" } } }],
    success_url: "https://tollgate.example/paid",
    cancel_url: "https://tollgate.example/not",
});
assert.equal(made.object, "checkout.session");
assert.equal(made.payment_status, "unpaid");
const shown = await stripe.checkout.sessions.retrieve(made.id);
assert.equal(shown.amount_total, 1234);
await assert.rejects(() => stripe.checkout.sessions.retrieve("cs_none"), { statusCode: 404 });
await assert.rejects(() => stripe.checkout.sessions.create({ mode: "payment" }), { statusCode: 400 });

const header = (payload) => stripe.webhooks.generateTestHeaderString({ payload, secret: told.secret, timestamp: told.second });
console.log(JSON.stringify(told.bodies.map((body) => ({ body, header: header(body) }))));
