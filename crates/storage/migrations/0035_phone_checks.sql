-- Which phones of agents were asked by a short message whether they are the agent's, and which have answered that they are.
CREATE TABLE phone_checks (
    tenant       BIGINT NOT NULL,
    agent        {id} NOT NULL,
    number       {id} NOT NULL,
    asked_at     BIGINT NOT NULL,
    confirmed_at BIGINT,
    PRIMARY KEY (tenant, agent, number)
) {by_key};
