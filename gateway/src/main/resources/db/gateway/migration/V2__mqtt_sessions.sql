-- MQTT sessions that outlive their connection, each with its lists as text: few, short, read and written whole.
CREATE TABLE mqtt_session (
  tenant        VARCHAR(64)   ${code_points} NOT NULL,
  device        VARCHAR(128)  ${code_points} NOT NULL,
  client_id     VARCHAR(1024) ${code_points} NOT NULL,
  -- ms for which it is kept without a connection.
  expiry        BIGINT NOT NULL,
  -- When its connection ended, ms since 1970; 0 while there is one.
  left_at       BIGINT NOT NULL,
  -- filter,qos,json,identifier of each
  subscriptions TEXT   NOT NULL,
  -- packet id,command id in base 64,released,subscription of each
  sent          TEXT   NOT NULL,
  -- packet ids
  received      TEXT   NOT NULL,
  PRIMARY KEY (tenant, device, client_id)
);
