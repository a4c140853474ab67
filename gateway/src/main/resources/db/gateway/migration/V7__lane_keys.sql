-- The keys by which what Kafka's topics have of devices is sealed; see docs/adr/0018.
CREATE TABLE lane_key (
  id         VARCHAR(36)  NOT NULL,
  tenant     VARCHAR(64)  ${code_points} NOT NULL,
  device     VARCHAR(128) ${code_points} NOT NULL,
  -- Sealed itself, by the key in keys/seal.key.
  secret     VARCHAR(200) NOT NULL,
  made_at    BIGINT       NOT NULL,
  -- 0 while it seals.
  retired_at BIGINT       NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX lane_key_sealing ON lane_key (tenant, device) WHERE retired_at = 0;
CREATE INDEX lane_key_device ON lane_key (tenant, device);
CREATE INDEX lane_key_retired ON lane_key (retired_at) WHERE retired_at > 0;
