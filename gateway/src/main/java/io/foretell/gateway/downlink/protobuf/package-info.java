/** The forms in which a command goes to a device: Protobuf and proto3 JSON. */
@NullMarked
package io.foretell.gateway.downlink.protobuf;

import org.jspecify.annotations.NullMarked;
