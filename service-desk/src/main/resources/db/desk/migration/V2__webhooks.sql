-- Who is told over HTTP, and what became of it.

CREATE TABLE desk_webhook (
  id TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  url TEXT NOT NULL,
  types TEXT NOT NULL, -- words of ChangeType with a space between; empty: all
  urgency INTEGER NOT NULL, -- at least; as in desk_ticket
  active INTEGER NOT NULL,
  note TEXT NOT NULL, -- why it is not active
  secret TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX desk_webhook_tenant ON desk_webhook (tenant, created_at);

CREATE TABLE desk_delivery (
  webhook TEXT NOT NULL,
  seq BIGINT NOT NULL, -- of the outbox
  tenant TEXT NOT NULL,
  event_id TEXT NOT NULL,
  ticket TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT,
  status INTEGER NOT NULL, -- of the last answer; 0: none came
  error TEXT NOT NULL,
  PRIMARY KEY (webhook, seq)
);
CREATE INDEX desk_delivery_pending ON desk_delivery (next_at) WHERE state = 'PENDING';
CREATE INDEX desk_delivery_order ON desk_delivery (webhook, ticket, seq) WHERE state = 'PENDING';
CREATE INDEX desk_delivery_log ON desk_delivery (tenant, seq);
