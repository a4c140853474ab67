package io.foretell.bench.standin;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Lets in whoever only says a name, as the sandbox does; all have the same key. */
final class Anyone implements Identities {
  private static final byte[] KEY = "of everybody".getBytes(StandardCharsets.US_ASCII);

  @Override
  public Verdict authenticate(Credentials credentials) {
    return credentials instanceof Credentials.Nothing nothing
        ? new Verdict.Known(new DeviceId("sandbox", nothing.clientId()))
        : new Verdict.Refused(ReasonCode.NOT_AUTHORISED);
  }

  @Override
  public Optional<byte[]> presharedKey(String identity) {
    return Optional.of(KEY.clone());
  }

  @Override
  public boolean speaksFor(DeviceId gateway, DeviceId child) {
    return false;
  }
}
