-- Which connection of which process has a session; a write of another one counts no more. 0 where there is one process.
ALTER TABLE mqtt_session ADD COLUMN holder BIGINT NOT NULL DEFAULT 0;

-- The holder before.
ALTER TABLE mqtt_session ADD COLUMN former BIGINT NOT NULL DEFAULT 0;

-- Who is there, as the process that the device came to last has seen it.
CREATE TABLE presence (
  tenant    VARCHAR(64)  ${code_points} NOT NULL,
  device    VARCHAR(128) ${code_points} NOT NULL,
  node      BIGINT       NOT NULL,
  -- 1: there, 0: not
  there     INTEGER      NOT NULL,
  since     BIGINT       NOT NULL,
  last_seen BIGINT       NOT NULL,
  via       VARCHAR(32)  NOT NULL,
  reason    VARCHAR(64)  NOT NULL,
  PRIMARY KEY (tenant, device)
);
CREATE INDEX presence_there ON presence (node) WHERE there = 1;
