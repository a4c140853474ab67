-- ${code_points} is the collation that orders names by code point: built in on SQLite, "C" on PostgreSQL.
CREATE TABLE device (
  tenant        VARCHAR(64)  ${code_points} NOT NULL,
  name          VARCHAR(128) ${code_points} NOT NULL,
  model         VARCHAR(200) NOT NULL,
  hardware      VARCHAR(200) NOT NULL,
  -- The gateway that speaks for it; empty where it speaks for itself.
  parent        VARCHAR(128) ${code_points} NOT NULL,
  -- SHA-256 of the token, hex; empty where the device has no secrets.
  token_hash    VARCHAR(64)  NOT NULL,
  sealed_key    VARCHAR(400) NOT NULL,
  registered_at BIGINT       NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE UNIQUE INDEX device_token ON device (token_hash) WHERE token_hash <> '';
CREATE INDEX device_parent ON device (tenant, parent) WHERE parent <> '';

CREATE TABLE device_label (
  tenant VARCHAR(64)  ${code_points} NOT NULL,
  name   VARCHAR(128) ${code_points} NOT NULL,
  label  VARCHAR(200) NOT NULL,
  value  VARCHAR(200) NOT NULL,
  PRIMARY KEY (tenant, name, label)
);

CREATE TABLE device_software (
  tenant    VARCHAR(64)  ${code_points} NOT NULL,
  name      VARCHAR(128) ${code_points} NOT NULL,
  component VARCHAR(200) NOT NULL,
  version   VARCHAR(200) NOT NULL,
  PRIMARY KEY (tenant, name, component)
);

CREATE TABLE command (
  tenant     VARCHAR(64)  ${code_points} NOT NULL,
  device     VARCHAR(128) ${code_points} NOT NULL,
  id         VARCHAR(200) NOT NULL,
  -- The order of their arrival, over all devices.
  place      BIGINT       NOT NULL,
  verb       VARCHAR(200) NOT NULL,
  arguments  TEXT         NOT NULL,
  issued_at  BIGINT       NOT NULL,
  expires_at BIGINT       NOT NULL,
  issued_by  VARCHAR(400) NOT NULL,
  state      VARCHAR(16)  NOT NULL,
  changed_at BIGINT       NOT NULL,
  detail     TEXT         NOT NULL,
  PRIMARY KEY (tenant, device, id)
);
CREATE INDEX command_order ON command (place);
CREATE INDEX command_place ON command (tenant, device, place);
CREATE INDEX command_open ON command (place) WHERE state IN ('QUEUED', 'DELIVERED', 'ACCEPTED');

CREATE TABLE command_precondition (
  tenant  VARCHAR(64)  ${code_points} NOT NULL,
  device  VARCHAR(128) ${code_points} NOT NULL,
  id      VARCHAR(200) NOT NULL,
  ordinal INTEGER      NOT NULL,
  text    TEXT         NOT NULL,
  PRIMARY KEY (tenant, device, id, ordinal)
);
