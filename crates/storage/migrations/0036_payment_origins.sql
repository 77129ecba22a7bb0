-- What told of a payment that nobody recorded by hand: a checkout, a row of a bank's file, a voucher. Money never comes in twice.
ALTER TABLE payments ADD COLUMN origin {id};
CREATE UNIQUE INDEX payments_by_origin ON payments (tenant, origin) WHERE origin IS NOT NULL;
