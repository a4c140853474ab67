package io.foretell.ingest.history.influx;

import java.net.URI;

/**
 * Where an InfluxDB is, and how it knows us.
 *
 * @param url as in {@code http://localhost:8086}
 * @param database the database of 1.x, the bucket of 2.x and 3.x
 * @param org the organisation of 2.x and 3.x; empty where the server has none
 * @param user the user of 1.x, who makes it speak the v1 protocol; empty with a token or without
 *     authentication
 * @param secret the user's password or, without a user, the token; empty without authentication
 */
public record InfluxSettings(URI url, String database, String org, String user, String secret) {
  /** A server without authentication. */
  public static InfluxSettings open(URI url, String database) {
    return new InfluxSettings(url, database, "", "", "");
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "InfluxSettings[" + url + ", " + database + ", " + org + ", " + user + "]";
  }
}
