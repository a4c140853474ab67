/** Devices that talk to somebody else's MQTT broker, by way of Eclipse Paho. */
@NullMarked
package io.foretell.gateway.bridge;

import org.jspecify.annotations.NullMarked;
