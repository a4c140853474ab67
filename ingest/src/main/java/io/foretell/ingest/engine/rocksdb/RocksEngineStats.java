package io.foretell.ingest.engine.rocksdb;

/**
 * What the embedded engine has done since it started.
 *
 * @param appends entries appended from outside
 * @param outputs entries appended by stages
 * @param bytes of entries appended, without keys
 * @param refused appends that failed
 * @param inFlight appends that wait for the disk now
 * @param groups group commits
 * @param syncedGroups those of them that ended with an fsync
 * @param writeNanos time spent in group commits, fsync included
 * @param passes commits of stages and sinks
 * @param skipped entries and ticks that a stage failed at
 * @param sinkFailures batches that a sink failed at
 * @param recoveries how often the store was opened again after the disk failed
 */
public record RocksEngineStats(
    long appends,
    long outputs,
    long bytes,
    long refused,
    long inFlight,
    long groups,
    long syncedGroups,
    long writeNanos,
    long passes,
    long skipped,
    long sinkFailures,
    long recoveries) {}
