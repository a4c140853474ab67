package io.foretell.ingest.history.influx;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.domain.InfluxQLQuery;
import com.influxdb.client.domain.InfluxQLQuery.AcceptHeader;
import com.influxdb.client.domain.InfluxQLQuery.InfluxQLPrecision;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.exceptions.InfluxException;
import com.influxdb.query.InfluxQLQueryResult;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Design note. The client writes to /api/v2/write, which InfluxDB has from 1.8 on, and VictoriaMetrics
 * and QuestDB have too. Older servers of 1.x answer 404 there and take the same lines at /write. The
 * version in the answer to /ping, asked once before the first write, decides: 1.0–1.7 gets v1, every
 * other answer v2. A user with a password exists in 1.x alone and so also means v1. There a request
 * of the JDK's HTTP client does what the Influx client does not know. Reading is InfluxQL at /query
 * for all, through the Influx client.
 */
/**
 * One InfluxDB server as it is spoken to: blocking calls, for one thread to write and any to ask.
 */
final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final Pattern BEFORE_V2 = Pattern.compile("v?1\\.[0-7](\\D.*)?");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int UNPROCESSABLE = 422;

  private final InfluxSettings settings;
  private final InfluxDBClient client;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private @Nullable Boolean v1;

  Server(InfluxSettings settings) {
    this.settings = settings;
    OkHttpClient.Builder transport =
        new OkHttpClient.Builder().connectTimeout(PATIENCE).readTimeout(PATIENCE);
    InfluxDBClientOptions.Builder options =
        InfluxDBClientOptions.builder()
            .url(settings.url().toString())
            // The client refuses an empty one; servers without organisations do not look at it.
            .org(settings.org().isEmpty() ? "-" : settings.org())
            .bucket(settings.database());
    if (!settings.user().isEmpty()) {
      transport.addInterceptor(
          chain ->
              chain.proceed(chain.request().newBuilder().header("Authorization", basic()).build()));
    } else if (!settings.secret().isEmpty()) {
      options.authenticateToken(settings.secret().toCharArray());
    }
    this.client = InfluxDBClientFactory.create(options.okHttpClient(transport).build());
  }

  /**
   * Writes lines.
   *
   * @return how the server says that it took only a part, because the others can never be taken;
   *     empty where it took all
   * @throws IOException where the same may be tried again
   */
  String write(String lines) throws IOException {
    if (v1()) {
      HttpResponse<String> answer = post("/write?precision=ms&db=", lines, "text/plain");
      String problem = answer.statusCode() + " " + answer.body();
      if (answer.statusCode() / 100 == 2) {
        return "";
      } else if (partial(answer.statusCode(), answer.body())) {
        return problem;
      }
      throw new IOException("InfluxDB answered " + problem);
    }
    try {
      client.getWriteApiBlocking().writeRecord(WritePrecision.MS, lines);
      return "";
    } catch (InfluxException e) {
      if (partial(e.status(), String.valueOf(e.getMessage()))) {
        return e.status() + " " + e.getMessage();
      }
      throw new IOException("InfluxDB: " + e.getMessage(), e);
    }
  }

  /** Asks an InfluxQL question; times of the answer are ms. */
  List<InfluxQLQueryResult.Result> query(String influxQl) throws IOException {
    try {
      return client
          .getInfluxQLQueryApi()
          .query(
              new InfluxQLQuery(influxQl, settings.database(), AcceptHeader.JSON)
                  .setPrecision(InfluxQLPrecision.MILLISECONDS))
          .getResults();
    } catch (InfluxException e) {
      throw new IOException("InfluxDB: " + e.getMessage(), e);
    }
  }

  /** The same, where it does not matter which series a row is of. */
  List<InfluxQLQueryResult.Series.Record> rows(String influxQl) throws IOException {
    List<InfluxQLQueryResult.Series.Record> rows = new ArrayList<>();
    for (InfluxQLQueryResult.Result result : query(influxQl)) {
      for (InfluxQLQueryResult.Series series : result.getSeries()) {
        rows.addAll(series.getValues());
      }
    }
    return rows;
  }

  /** Does what an InfluxQL statement says. */
  void execute(String influxQl) throws IOException {
    String form = "q=" + encoded(influxQl);
    HttpResponse<String> answer = post("/query?db=", form, "application/x-www-form-urlencoded");
    if (answer.statusCode() / 100 != 2 || answer.body().contains("\"error\"")) {
      throw new IOException("InfluxDB answered " + answer.statusCode() + " " + answer.body());
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private boolean v1() throws IOException {
    Boolean known = v1;
    if (known == null) {
      known = !settings.user().isEmpty() || BEFORE_V2.matcher(version()).matches();
      if (known) {
        createDatabase();
      }
      v1 = known;
      LOG.info("history at {} takes the {} protocol", settings.url(), known ? "v1" : "v2");
    }
    return known;
  }

  private String version() throws IOException {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(at("/ping")).timeout(PATIENCE).GET().build());
    return answer.headers().firstValue("X-Influxdb-Version").orElse("");
  }

  /** A database that is there stays as it is; who may not make one is told by the first write. */
  private void createDatabase() throws IOException {
    String name = settings.database().replace("\\", "\\\\").replace("\"", "\\\"");
    String question = "q=" + encoded("CREATE DATABASE \"" + name + "\"");
    HttpResponse<String> answer = post("/query?db=", question, "application/x-www-form-urlencoded");
    if (answer.statusCode() / 100 != 2) {
      LOG.warn("database {} could not be made: {}", settings.database(), answer.body().strip());
    }
  }

  private HttpResponse<String> post(String path, String body, String type) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(path + encoded(settings.database())))
            .timeout(PATIENCE)
            .header("Content-Type", type + "; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!settings.user().isEmpty()) {
      request.header("Authorization", basic());
    } else if (!settings.secret().isEmpty()) {
      request.header("Authorization", "Token " + settings.secret());
    }
    return send(request.build());
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private URI at(String path) {
    String base = settings.url().toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  private String basic() {
    String pair = settings.user() + ":" + settings.secret();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean partial(int status, String text) {
    return status == UNPROCESSABLE
        || (status == 400 && text.toLowerCase(Locale.ROOT).contains("partial write"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
