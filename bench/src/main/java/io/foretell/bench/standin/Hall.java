package io.foretell.bench.standin;

import io.foretell.proto.Lane;
import io.foretell.proto.Reject;
import io.foretell.proto.Uplink;

/** Lanes with decoding behind them. */
interface Hall {
  Lane<Uplink> uplinks();

  Lane<Reject> rejects();

  /** {@code count LAG UPLINKS STORED REJECTED}. */
  String count();
}
