/** The register of devices in a relational database, through Jdbi and Flyway. */
@NullMarked
package io.foretell.gateway.identity.sql;

import org.jspecify.annotations.NullMarked;
