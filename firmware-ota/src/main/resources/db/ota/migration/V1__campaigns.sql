-- Runs on SQLite and PostgreSQL alike. Times are ms since 1970.
create table ota_campaign (
  id varchar(64) primary key,
  tenant varchar(64) not null,
  artifact varchar(64) not null,
  target varchar(128) not null,
  component varchar(128) not null,
  version varchar(64) not null,
  size bigint not null,
  rollback integer not null,
  rollback_of varchar(64) not null,
  fixes text not null,
  select_model text not null,
  select_hardware text not null,
  select_version text not null,
  command_millis bigint not null,
  created_at bigint not null,
  created_by text not null,
  state varchar(16) not null,
  started integer not null,
  ready_since bigint not null,
  reason text not null,
  changed_at bigint not null
);
create index ota_campaign_of_tenant on ota_campaign (tenant, created_at);
create index ota_campaign_in_state on ota_campaign (state);

create table ota_campaign_label (
  campaign varchar(64) not null,
  name text not null,
  value text not null,
  primary key (campaign, name)
);
create table ota_campaign_named_device (
  campaign varchar(64) not null,
  ordinal integer not null,
  device varchar(128) not null,
  primary key (campaign, ordinal)
);
create table ota_campaign_precondition (
  campaign varchar(64) not null,
  ordinal integer not null,
  precondition text not null,
  primary key (campaign, ordinal)
);

create table ota_wave (
  campaign varchar(64) not null,
  ordinal integer not null,
  -- Exactly one of the two is above 0.
  share double precision not null,
  devices integer not null,
  max_failed_share double precision not null,
  max_rolled_back integer not null,
  silence_millis bigint not null,
  min_success_share double precision not null,
  soak_millis bigint not null,
  -- Set once the targets are locked.
  locked integer not null,
  pending integer not null,
  open integer not null,
  succeeded integer not null,
  failed integer not null,
  rolled_back integer not null,
  unreached integer not null,
  written_off integer not null,
  primary key (campaign, ordinal)
);

create table ota_device (
  campaign varchar(64) not null,
  device varchar(128) not null,
  wave integer not null,
  status varchar(16) not null,
  percent integer not null,
  attempt integer not null,
  reason text not null,
  detail text not null,
  deadline bigint not null,
  changed_at bigint not null,
  written_off integer not null,
  -- The last message taken in; the lane is empty where there was none.
  seen_lane varchar(64) not null,
  seen_partition integer not null,
  seen_offset bigint not null,
  seen_ordinal integer not null,
  primary key (campaign, device)
);
create index ota_device_in_wave on ota_device (campaign, wave, status);
create index ota_device_deadline on ota_device (deadline);

-- Which campaign has a device for a component: at most one.
create table ota_claim (
  tenant varchar(64) not null,
  device varchar(128) not null,
  component varchar(128) not null,
  campaign varchar(64) not null,
  primary key (tenant, device, component)
);
create index ota_claim_of_campaign on ota_claim (campaign);

create table ota_event (
  campaign varchar(64) not null,
  number bigint not null,
  at bigint not null,
  kind varchar(24) not null,
  device varchar(128) not null,
  wave integer not null,
  reason text not null,
  detail text not null,
  caused_by text not null,
  notified integer not null,
  primary key (campaign, number)
);
create index ota_event_unnotified on ota_event (notified, at, campaign, number);

create table ota_outgoing (
  command varchar(256) primary key,
  tenant varchar(64) not null,
  device varchar(128) not null,
  verb varchar(64) not null,
  arguments text not null,
  issued_at bigint not null,
  expires_at bigint not null,
  issued_by text not null,
  tries integer not null
);
create index ota_outgoing_age on ota_outgoing (issued_at);
create table ota_outgoing_precondition (
  command varchar(256) not null,
  ordinal integer not null,
  precondition text not null,
  primary key (command, ordinal)
);
