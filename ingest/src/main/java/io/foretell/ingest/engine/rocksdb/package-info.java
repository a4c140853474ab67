/** The embedded engine: lanes, stage states and offsets in one RocksDB. */
@NullMarked
package io.foretell.ingest.engine.rocksdb;

import org.jspecify.annotations.NullMarked;
