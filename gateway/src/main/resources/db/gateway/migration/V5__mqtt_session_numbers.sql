-- What tells a repeated QoS 2 message whose identifier was not yet kept: see ADR 0014.
ALTER TABLE mqtt_session ADD COLUMN id BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE mqtt_session ADD COLUMN noted BIGINT DEFAULT 0 NOT NULL;
