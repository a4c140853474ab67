/** Who is there, over all processes of an installation, in a relational database through Jdbi. */
@NullMarked
package io.foretell.gateway.presence.sql;

import org.jspecify.annotations.NullMarked;
