-- Tickets of the service desk. Runs as it is on SQLite and PostgreSQL. Times are ms since 1970.
-- Maps and lists of figures are application/x-www-form-urlencoded text.

-- Every writing transaction begins with an update of this row. So there is one writer at a time on
-- either database, no SQLite transaction has to upgrade from reading to writing, and the sequence
-- of the outbox becomes visible in the order of its numbers.
CREATE TABLE desk_writer (
  id INTEGER NOT NULL PRIMARY KEY,
  turn BIGINT NOT NULL,
  outbox_seq BIGINT NOT NULL
);
INSERT INTO desk_writer (id, turn, outbox_seq) VALUES (1, 0, 0);

CREATE TABLE desk_counter (
  tenant TEXT NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL
);

CREATE TABLE desk_ticket (
  tenant TEXT NOT NULL,
  number BIGINT NOT NULL,
  device TEXT NOT NULL,
  cause TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  is_open INTEGER NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT NOT NULL,
  urgency INTEGER NOT NULL, -- 1 LOW, 2 MEDIUM, 3 HIGH, 4 EMERGENCY
  confidence DOUBLE PRECISION NOT NULL,
  horizon_ms BIGINT,
  exposure INTEGER NOT NULL,
  opened_at BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  respond_by BIGINT NOT NULL,
  resolve_by BIGINT NOT NULL,
  due_at BIGINT NOT NULL, -- 9223372036854775807 where no clock runs
  acknowledged_at BIGINT,
  acknowledged_by TEXT,
  verified_at BIGINT,
  closed_at BIGINT,
  since BIGINT NOT NULL, -- event time, as are the next two
  last_seen BIGINT NOT NULL,
  cleared BIGINT,
  sightings INTEGER NOT NULL,
  owner TEXT,
  remedy_kind TEXT,
  remedy_ref TEXT,
  remedy_text TEXT,
  remedy_applied INTEGER NOT NULL,
  reopened INTEGER NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, number)
);
-- One open ticket per device and cause, whatever a program does; in this order of columns it also
-- counts the other devices that have a cause open without reading their rows.
CREATE UNIQUE INDEX desk_ticket_one_open ON desk_ticket (tenant, cause, device) WHERE is_open = 1;
CREATE INDEX desk_ticket_problem ON desk_ticket (tenant, device, cause, number);
CREATE INDEX desk_ticket_by_urgency ON desk_ticket (tenant, urgency DESC, due_at, number);
CREATE INDEX desk_ticket_by_due ON desk_ticket (tenant, due_at, number);
CREATE INDEX desk_ticket_opened ON desk_ticket (tenant, opened_at);

-- From opening or reopening to the end: what the SLA and the key figures are measured on.
CREATE TABLE desk_round (
  tenant TEXT NOT NULL,
  number BIGINT NOT NULL,
  round INTEGER NOT NULL,
  started_at BIGINT NOT NULL,
  respond_by BIGINT NOT NULL,
  resolve_by BIGINT NOT NULL,
  acknowledged_at BIGINT,
  verified_at BIGINT,
  closed_at BIGINT,
  PRIMARY KEY (tenant, number, round)
);
CREATE INDEX desk_round_started ON desk_round (tenant, started_at);

CREATE TABLE desk_timeline (
  tenant TEXT NOT NULL,
  number BIGINT NOT NULL,
  entry INTEGER NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  text_key TEXT NOT NULL,
  args TEXT NOT NULL,
  text TEXT NOT NULL,
  figures TEXT NOT NULL,
  PRIMARY KEY (tenant, number, entry)
);

-- Every finding that was ever taken; number is null where it concerned no ticket.
CREATE TABLE desk_finding (
  tenant TEXT NOT NULL,
  device TEXT NOT NULL,
  finding TEXT NOT NULL,
  cause TEXT NOT NULL,
  kind TEXT NOT NULL,
  lane TEXT NOT NULL,
  lane_partition INTEGER NOT NULL,
  lane_offset BIGINT NOT NULL,
  ordinal INTEGER NOT NULL,
  number BIGINT,
  title TEXT NOT NULL,
  severity TEXT NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  horizon_ms BIGINT,
  at BIGINT NOT NULL,
  taken_at BIGINT NOT NULL,
  model TEXT NOT NULL,
  PRIMARY KEY (tenant, device, finding)
);
CREATE INDEX desk_finding_place ON desk_finding (lane, lane_partition, lane_offset, ordinal);
CREATE INDEX desk_finding_ticket ON desk_finding (tenant, number);

CREATE TABLE desk_evidence (
  tenant TEXT NOT NULL,
  device TEXT NOT NULL,
  finding TEXT NOT NULL,
  piece INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  text TEXT NOT NULL,
  figures TEXT NOT NULL,
  PRIMARY KEY (tenant, device, finding, piece)
);

CREATE TABLE desk_remedy_use (
  tenant TEXT NOT NULL,
  number BIGINT NOT NULL,
  use INTEGER NOT NULL,
  cause TEXT NOT NULL,
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  text TEXT NOT NULL,
  applied_at BIGINT NOT NULL,
  verified_at BIGINT,
  failed_at BIGINT,
  relapsed_at BIGINT,
  PRIMARY KEY (tenant, number, use)
);
CREATE INDEX desk_remedy_use_cause ON desk_remedy_use (tenant, cause);

CREATE TABLE desk_outbox (
  seq BIGINT NOT NULL PRIMARY KEY,
  event_id TEXT NOT NULL,
  tenant TEXT NOT NULL,
  device TEXT NOT NULL,
  type TEXT NOT NULL,
  ticket TEXT NOT NULL,
  cause TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  urgency INTEGER NOT NULL,
  at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  note TEXT NOT NULL,
  reopened INTEGER NOT NULL
);

-- Up to where each relay has taken the outbox.
CREATE TABLE desk_relay (
  name TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL
);
