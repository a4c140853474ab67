/** MQTT sessions in a relational database through Jdbi. */
@NullMarked
package io.foretell.gateway.mqtt.sql;

import org.jspecify.annotations.NullMarked;
