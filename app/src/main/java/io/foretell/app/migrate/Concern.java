package io.foretell.app.migrate;

/** What has a store of its own, embedded or elsewhere. */
enum Concern {
  LANES,
  RECORDS,
  HISTORY,
  ARTIFACTS
}
