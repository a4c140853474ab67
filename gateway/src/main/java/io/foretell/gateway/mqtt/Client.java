package io.foretell.gateway.mqtt;

import io.foretell.proto.DeviceId;

/** A client that has been let in: what its connection then works with. */
record Client(Handshake asked, DeviceId device, Session session, Inflow inflow, Outflow outflow) {
  boolean version5() {
    return asked.version() == 5;
  }
}
