/** The MQTT listener: sessions of our own over Netty's codec, behind a strict guard. */
@NullMarked
package io.foretell.gateway.mqtt;

import org.jspecify.annotations.NullMarked;
