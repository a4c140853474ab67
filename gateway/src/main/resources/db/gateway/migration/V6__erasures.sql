-- What was erased, without saying of whom; see docs/adr/0016.
CREATE TABLE erasure (
  id           VARCHAR(64)  NOT NULL,
  tenant       VARCHAR(64)  ${code_points} NOT NULL,
  -- Only while it is under way.
  device       VARCHAR(128) ${code_points} NOT NULL,
  begun_at     BIGINT       NOT NULL,
  -- 0 while it is under way.
  ended_at     BIGINT       NOT NULL,
  by_whom      VARCHAR(400) NOT NULL,
  -- kind=count&…
  counts       TEXT         NOT NULL,
  subject      VARCHAR(64)  NOT NULL,
  digest       VARCHAR(64)  NOT NULL,
  -- What ingest had counted of the device: of states that are gone, and of one that is to go.
  stored       BIGINT       NOT NULL,
  rejected     BIGINT       NOT NULL,
  stored_now   BIGINT       NOT NULL,
  rejected_now BIGINT       NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX erasure_under_way ON erasure (tenant, device) WHERE device <> '';
