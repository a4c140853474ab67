package io.foretell.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;

/**
 * DTLS 1.2 clients that do nothing but full handshakes with a pre-shared key: each ends with a CoAP
 * ping that is answered, forgets the session, and begins again.
 */
public final class Handshakes implements AutoCloseable {
  private static final byte[] KEY = "of everybody".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PING = {0x40, 0, 0, 1};
  private static final long ANSWER_SECONDS = 10;

  private final InetSocketAddress server;
  private final List<Client> clients = new ArrayList<>();
  private final LongAdder done = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private volatile boolean going;

  /** Opens so many clients of a port of loopback. */
  public Handshakes(int port, int count) {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 0; i < count; i++) {
      clients.add(new Client("dtls-" + i + "@sandbox"));
    }
  }

  /** Shakes hands for a time; returns how often it came to its end. */
  public long run(Duration time) throws InterruptedException {
    long before = done.sum();
    going = true;
    List<Thread> threads = new ArrayList<>();
    for (Client client : clients) {
      Thread thread = new Thread(client::shake, "handshakes");
      threads.add(thread);
      thread.start();
    }
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
    going = false;
    for (Thread thread : threads) {
      thread.join();
    }
    if (failed.sum() > 0) {
      throw new IllegalStateException(failed.sum() + " handshakes had no answer");
    }
    return done.sum() - before;
  }

  @Override
  public void close() {
    clients.forEach(client -> client.connector.destroy());
  }

  private final class Client {
    private final DTLSConnector connector;
    private final Semaphore answers = new Semaphore(0);

    Client(String identity) {
      Configuration config = new Configuration(DtlsConfig.DEFINITIONS);
      connector =
          new DTLSConnector(
              DtlsConnectorConfig.builder(config)
                  .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                  .set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY)
                  .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                  .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
                  .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_128_CCM_8)
                  .setAdvancedPskStore(new AdvancedSinglePskStore(identity, KEY))
                  .build());
      connector.setRawDataReceiver(data -> answers.release());
      try {
        connector.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void shake() {
      try {
        while (going) {
          connector.send(RawData.outbound(PING, new AddressEndpointContext(server), null, false));
          if (answers.tryAcquire(ANSWER_SECONDS, TimeUnit.SECONDS)) {
            done.increment();
          } else {
            failed.increment();
            return;
          }
          connector.clearConnectionState();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
