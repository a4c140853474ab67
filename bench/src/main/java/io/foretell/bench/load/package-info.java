/**
 * Load on an MQTT server: connections that publish numbered reports and count what is acknowledged.
 */
@NullMarked
package io.foretell.bench.load;

import org.jspecify.annotations.NullMarked;
