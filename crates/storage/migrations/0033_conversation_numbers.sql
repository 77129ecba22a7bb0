-- Which number of the tenant's a conversation is carried by, of those that it has for that: no number carries two. `used_at` is when the last message
-- went by it.
CREATE TABLE conversation_numbers (
    tenant       BIGINT NOT NULL,
    number       {id} NOT NULL,
    conversation {id} NOT NULL,
    customer     {id} NOT NULL,
    agent        {id} NOT NULL,
    used_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant, number)
) {by_key};
CREATE UNIQUE INDEX conversation_numbers_by_conversation ON conversation_numbers (tenant, conversation);
-- Who has said STOP to one of the numbers for conversations is written to from none of them.
CREATE INDEX sms_stops_by_other ON sms_stops (tenant, other_number);
