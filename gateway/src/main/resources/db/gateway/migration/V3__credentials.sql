-- The secrets before a rotation, for as long as both are taken.
CREATE TABLE device_former (
  tenant      VARCHAR(64)  ${code_points} NOT NULL,
  name        VARCHAR(128) ${code_points} NOT NULL,
  token_hash  VARCHAR(64)  NOT NULL,
  sealed_key  VARCHAR(400) NOT NULL,
  valid_until BIGINT       NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE INDEX device_former_token ON device_former (token_hash) WHERE token_hash <> '';
CREATE INDEX device_former_until ON device_former (valid_until);

-- Codes that a device changes for its secrets, once.
CREATE TABLE device_claim (
  tenant      VARCHAR(64)  ${code_points} NOT NULL,
  name        VARCHAR(128) ${code_points} NOT NULL,
  -- SHA-256 of the code, hex.
  code_hash   VARCHAR(64)  NOT NULL,
  valid_until BIGINT       NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE UNIQUE INDEX device_claim_code ON device_claim (code_hash);

-- Certificate authorities whose certificates tell a tenant's devices.
CREATE TABLE authority (
  -- SHA-256 of the certificate, hex.
  fingerprint VARCHAR(64)  NOT NULL,
  tenant      VARCHAR(64)  ${code_points} NOT NULL,
  -- DER in base64.
  certificate TEXT         NOT NULL,
  naming      VARCHAR(200) NOT NULL,
  provisions  INTEGER      NOT NULL,
  renews      INTEGER      NOT NULL,
  added_at    BIGINT       NOT NULL,
  PRIMARY KEY (fingerprint)
);

-- The public key that a device is bound to.
CREATE TABLE device_key (
  tenant    VARCHAR(64)  ${code_points} NOT NULL,
  name      VARCHAR(128) ${code_points} NOT NULL,
  -- SHA-256 of the SubjectPublicKeyInfo, hex.
  key_hash  VARCHAR(64)  NOT NULL,
  -- Of the certificate that brought it; empty for a raw public key.
  authority VARCHAR(64)  NOT NULL,
  since     BIGINT       NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE UNIQUE INDEX device_key_raw ON device_key (key_hash) WHERE authority = '';
CREATE INDEX device_key_authority ON device_key (authority) WHERE authority <> '';

-- Devices that were revoked or removed: a certificate alone does not bring them back.
CREATE TABLE device_barred (
  tenant VARCHAR(64)  ${code_points} NOT NULL,
  name   VARCHAR(128) ${code_points} NOT NULL,
  PRIMARY KEY (tenant, name)
);
