/** The one database for devices, tickets and campaigns: SQLite or PostgreSQL, behind a pool. */
@NullMarked
package io.foretell.app.records;

import org.jspecify.annotations.NullMarked;
