package io.foretell.bench.standin;

import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * HiveMQ CE, embedded, all in memory, everybody let in. In a process with its own libraries.
 *
 * <pre>
 *   DIR PORT
 * </pre>
 *
 * It prints {@code ready} and ends at the end of its input.
 */
public final class HiveMq {
  private static final String CONFIGURATION =
      """
      <?xml version="1.0"?>
      <hivemq>
        <listeners>
          <tcp-listener>
            <port>%s</port>
            <bind-address>127.0.0.1</bind-address>
          </tcp-listener>
        </listeners>
        <mqtt>
          <queued-messages>
            <max-queue-size>1000000</max-queue-size>
          </queued-messages>
        </mqtt>
        <persistence>
          <mode>in-memory</mode>
        </persistence>
        <anonymous-usage-statistics>
          <enabled>false</enabled>
        </anonymous-usage-statistics>
      </hivemq>
      """;

  private HiveMq() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    Path home = Path.of(args[0]);
    Path conf = Files.createDirectories(home.resolve("conf"));
    Path data = Files.createDirectories(home.resolve("data"));
    Path extensions = Files.createDirectories(home.resolve("extensions"));
    Files.writeString(conf.resolve("config.xml"), CONFIGURATION.formatted(args[1]));
    System.setProperty("hivemq.log.folder", home.resolve("log").toString());
    EmbeddedHiveMQ broker =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(conf)
            .withDataFolder(data)
            .withExtensionsFolder(extensions)
            .withoutLoggingBootstrap()
            .build();
    broker.start().join();
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // nothing is asked of it but to end
    }
    Runtime.getRuntime().halt(0);
  }
}
