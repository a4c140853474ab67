/** Keeps campaigns in SQL: SQLite or PostgreSQL, through Jdbi and Flyway. */
@NullMarked
package io.foretell.firmwareota.sql;

import org.jspecify.annotations.NullMarked;
