/** The way to the server over MQTT 5, on Eclipse Paho. */
@NullMarked
package io.foretell.agent.mqtt;

import org.jspecify.annotations.NullMarked;
