/** Commands and how far they are, in a relational database through Jdbi. */
@NullMarked
package io.foretell.gateway.downlink.sql;

import org.jspecify.annotations.NullMarked;
