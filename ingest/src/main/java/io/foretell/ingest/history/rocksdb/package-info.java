/**
 * Telemetry history in RocksDB: compressed chunks a signal, and a journal of what is still open.
 */
@NullMarked
package io.foretell.ingest.history.rocksdb;

import org.jspecify.annotations.NullMarked;
