/** Tickets, their outbox and webhooks in a relational database, through Jdbi and Flyway. */
@NullMarked
package io.foretell.servicedesk.sql;

import org.jspecify.annotations.NullMarked;
