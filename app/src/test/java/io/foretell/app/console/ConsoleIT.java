package io.foretell.app.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.foretell.app.journey.RunningServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The console in Chromium, over a server with a small fleet. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConsoleIT {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path SHOTS = Path.of("target", "screenshots");

  /** For whatever the browser is waited for; long enough for a machine that builds beside. */
  private static final double PATIENCE_MILLIS = 90_000;

  private static final int WIDTH = 1280;
  private static final int HEIGHT = 800;
  private static final String SAMPLES =
      "() => window.Chart?.getChart(document.querySelector('canvas.signals'))"
          + "?.data.datasets[0]?.data.length"
          + " ?? 0";
  private static final String LINES =
      "() => window.Chart?.getChart(document.querySelector('canvas.signals'))"
          + "?.data.datasets.map((line) => line.label).join(' ')";
  private static final String FRAME = "() => new Promise(requestAnimationFrame)";

  private RunningServer server;
  private Fleet fleet;
  private Playwright playwright;
  private Browser browser;
  private BrowserContext context;
  private Page page;
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  @BeforeAll
  void open(@TempDir Path folder) {
    assertThat(CHROMIUM).as("Chromium is missing: apt-get install chromium").exists();
    server = RunningServer.in(folder.resolve("data"), "diagnostics.lateness", "100ms");
    fleet = new Fleet(server);
    fleet.fill();
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setTimeout(PATIENCE_MILLIS)
                    .setExecutablePath(CHROMIUM)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
  }

  @AfterAll
  void close() {
    browser.close();
    playwright.close();
    server.close();
  }

  @BeforeEach
  void openPage() {
    complaints.clear();
    openPage(ColorScheme.LIGHT, WIDTH);
  }

  private void openPage(ColorScheme scheme, int width) {
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, HEIGHT)
                .setLocale("en-GB")
                .setColorScheme(scheme));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add("console: " + message.text());
          }
        });
    page.onPageError(error -> complaints.add("script: " + error));
    page.onRequestFailed(this::failed);
    page.onResponse(
        response -> {
          if (response.status() >= 400) {
            complaints.add("status " + response.status() + ": " + response.url());
          }
        });
  }

  private void failed(Request request) {
    // What is under way, such as the stream of events, is broken off when a page is left.
    boolean left =
        request.url().contains("/api/v1/") && "net::ERR_ABORTED".equals(request.failure());
    if (!left) {
      complaints.add("request: " + request.url() + " " + request.failure());
    }
  }

  @AfterEach
  void closePage() {
    context.close();
  }

  private void enter() {
    page.navigate(server.url() + "/");
    page.getByLabel("Administrator's token").fill(server.token());
    page.getByRole(AriaRole.BUTTON, named("Enter")).click();
    assertThat(heading("Fleet")).isVisible();
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private Locator heading(String name) {
    return page.getByRole(AriaRole.HEADING, named(name));
  }

  private Locator link(String name) {
    return page.getByRole(AriaRole.LINK, named(name));
  }

  private Locator chip(String signal) {
    return page.locator(".chip", new Page.LocatorOptions().setHasText(signal));
  }

  /** How many samples the chart's first line has. */
  private int samples() {
    return ((Number) page.evaluate(SAMPLES)).intValue();
  }

  // The policy of the page forbids the polling function that the driver has for this.
  private void awaitSamples(int atLeast) {
    RunningServer.await("samples on the chart", () -> samples() >= atLeast);
  }

  private void shoot(String name) {
    assertThat(Files.exists(Path.of("pom.xml"))).as("runs in the module's folder").isTrue();
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SHOTS.resolve(name + ".png")).setFullPage(true));
    assertThat((Boolean) page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
        .as("%s is no wider than the window", name)
        .isTrue();
  }

  @Test
  void signIn_withAWrongAndThenTheRightToken_opensTheFleet() {
    page.navigate(server.url() + "/");
    shoot("sign-in");
    page.getByLabel("Administrator's token").fill("wrong");
    page.getByRole(AriaRole.BUTTON, named("Enter")).click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("The token is wrong.");
    // The browser tells of the answer and, some time later, on its console.
    RunningServer.await(
        "both complaints",
        () -> {
          page.evaluate(FRAME);
          return complaints.size() >= 2;
        });
    assertThat(complaints).hasSize(2).allMatch(c -> c.contains("401"));
    complaints.clear();

    page.getByLabel("Administrator's token").fill(server.token());
    page.getByRole(AriaRole.BUTTON, named("Enter")).click();
    assertThat(heading("Fleet")).isVisible();
    page.reload();
    assertThat(heading("Fleet")).isVisible();
    page.getByRole(AriaRole.BUTTON, named("Sign out")).click();
    assertThat(page.getByLabel("Administrator's token")).isVisible();
    assertThat(complaints).isEmpty();
  }

  @Test
  void fleetPage_showsFiguresAndFindsDevices() {
    enter();
    assertThat(page.locator(".tile").first()).containsText("8");
    assertThat(link(Fleet.TRUCK)).isVisible();
    assertThat(page.locator("tbody tr")).hasCount(8);
    shoot("fleet");
    page.getByPlaceholder("Name, model or label").fill("north");
    assertThat(page.locator("tbody tr")).hasCount(1);
    page.getByPlaceholder("Name, model or label").fill("nothing of the kind");
    assertThat(page.getByText("No device fits the filter.")).isVisible();
    assertThat(complaints).isEmpty();
  }

  @Test
  void devicePage_withoutReload_getsNewSamplesAndFaults() {
    enter();
    link(Fleet.TRUCK).click();
    assertThat(heading(Fleet.TRUCK)).isVisible();
    chip("ElectricMotor.Load").click();
    chip(Fleet.SPEED).click();

    RunningServer.await(
        "the plot of the speed alone", () -> Fleet.SPEED.equals(page.evaluate(LINES)));
    awaitSamples(120);
    int before = samples();
    page.evaluate("() => { window.notReloaded = true; }");
    RunningServer.await(
        "a sample on the chart",
        () -> {
          fleet.speed(Fleet.TRUCK, 77.25);
          return samples() > before;
        });
    assertThat(chip(Fleet.SPEED)).containsText("77.25");
    assertThat(page.locator("tbody").first()).containsText("P0301");
    fleet.fault(Fleet.TRUCK, 0x2B, "P0302");
    assertThat(page.getByText("P0302").first()).isVisible();
    assertThat(page.evaluate("() => window.notReloaded")).isEqualTo(true);
    shoot("device");
    assertThat(complaints).isEmpty();
  }

  @Test
  void devicePage_withChoicesThatOvertakeEachOther_showsTheLast() {
    enter();
    link(Fleet.TRUCK).click();
    awaitSamples(1);
    List<Route> held = new ArrayList<>();
    page.route(Pattern.compile("/history\\?.*signal=[^&]*ElectricMotor\\.Load"), held::add);
    chip(Fleet.SPEED).click();
    RunningServer.await(
        "a plot that waits",
        () -> {
          page.evaluate(FRAME);
          return !held.isEmpty();
        });
    chip("ElectricMotor.Load").click();
    RunningServer.await("the later plot", () -> Fleet.SPEED.equals(page.evaluate(LINES)));
    page.waitForResponse(
        answer -> answer.url().contains("signal=" + Fleet.SPEED),
        () -> held.forEach(Route::resume));
    page.evaluate(FRAME);
    page.evaluate(FRAME);
    assertThat(page.evaluate(LINES)).isEqualTo(Fleet.SPEED);
    assertThat(complaints).isEmpty();
  }

  @Test
  void devicePage_ofASilentDevice_saysWhatThereIsNotAndSendsCommands() {
    enter();
    link("never-heard-of").click();
    assertThat(page.locator(".empty"))
        .hasText(
            new String[] {"No samples yet.", "No open faults.", "No tickets.", "No commands yet."});
    page.getByLabel("Command", new Page.GetByLabelOptions().setExact(true)).fill("read-faults");
    page.getByLabel("Arguments (JSON)").fill("{ no JSON");
    page.getByRole(AriaRole.BUTTON, named("Send")).click();
    assertThat(page.getByText("The arguments are no JSON.")).isVisible();
    page.getByLabel("Arguments (JSON)").fill("{\"source\": \"ecm\"}");
    page.getByRole(AriaRole.BUTTON, named("Send")).click();
    assertThat(page.locator("tbody tr")).containsText("Queued");
    shoot("device-silent");
    assertThat(complaints).isEmpty();

    page.navigate(server.url() + "/#/devices/nobody");
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("There is nothing of that name.");
    assertThat(page.getByText("Loading")).isHidden();
  }

  @Test
  void ticketPage_whenAcknowledged_changesAtOnce() {
    enter();
    link("Tickets").click();
    assertThat(heading("Tickets")).isVisible();
    assertThat(page.locator("tbody tr").first()).isVisible();
    shoot("tickets");
    page.getByLabel("State").selectOption("OPEN");
    Locator open = page.locator(".state-open");
    assertThat(page.locator("tbody tr").filter(new Locator.FilterOptions().setHasNot(open)))
        .hasCount(0);
    page.locator("tbody tr td.name a").first().click();
    assertThat(page.locator(".steps .now")).hasText("Open");
    page.getByRole(AriaRole.BUTTON, named("Acknowledge")).click();
    assertThat(page.locator(".steps .now")).hasText("Acknowledged");
    assertThat(page.locator(".timeline")).containsText("Acknowledged by console");
    shoot("ticket");
    page.getByLabel("Language").selectOption("zh-CN");
    assertThat(page.locator(".timeline")).containsText("console 已确认");
    shoot("ticket-zh");
    assertThat(complaints).isEmpty();
  }

  @Test
  void campaignPage_showsWavesDevicesAndWhatHappened() {
    enter();
    link("Campaigns").click();
    assertThat(page.locator(".card")).hasCount(1);
    shoot("campaigns");
    page.locator(".card").click();
    assertThat(page.locator(".wave")).hasCount(2);
    assertThat(page.locator(".timeline")).containsText("Wave 1 began");
    shoot("campaign");
    page.onDialog(dialog -> dialog.accept());
    page.getByRole(AriaRole.BUTTON, named("Halt")).click();
    assertThat(page.getByRole(AriaRole.ALERT)).isVisible();
    assertThat(page.getByRole(AriaRole.BUTTON, named("Resume"))).isVisible();
    page.getByRole(AriaRole.BUTTON, named("Resume")).click();
    assertThat(page.getByRole(AriaRole.BUTTON, named("Halt"))).isVisible();
    assertThat(complaints).isEmpty();
  }

  @Test
  void language_switchedToChineseAndBack_changesEveryText() {
    enter();
    page.getByLabel("Language").selectOption("zh-CN");
    assertThat(heading("车队")).isVisible();
    assertThat(page).hasTitle(Pattern.compile("车队.*"));
    shoot("fleet-zh");
    page.reload();
    assertThat(heading("车队")).isVisible();
    page.getByLabel("语言").selectOption("en");
    assertThat(heading("Fleet")).isVisible();
    assertThat(complaints).isEmpty();
  }

  @Test
  void keyboard_reachesNavigationAndContent() {
    enter();
    page.keyboard().press("Tab");
    assertThat(page.locator(":focus")).hasText("Skip to the content");
    page.keyboard().press("Enter");
    assertThat(page.locator("#main")).isFocused();
    assertThat(heading("Fleet")).isVisible();
    assertThat(page).hasURL(Pattern.compile(".*/(#/)?$"));

    page.reload();
    assertThat(heading("Fleet")).isVisible();
    for (int i = 0; i < 4; i++) {
      page.keyboard().press("Tab");
    }
    assertThat(page.locator(":focus")).hasText("Tickets");
    page.keyboard().press("Enter");
    assertThat(heading("Tickets")).isVisible();
    assertThat(complaints).isEmpty();
  }

  @Test
  void pages_inTheDarkAndOnATelephone_fit() {
    context.close();
    openPage(ColorScheme.DARK, WIDTH);
    enter();
    shoot("fleet-dark");
    link(Fleet.TRUCK).click();
    awaitSamples(1);
    shoot("device-dark");
    context.close();
    openPage(ColorScheme.LIGHT, 390);
    enter();
    shoot("fleet-narrow");
    link(Fleet.LONG).click();
    awaitSamples(1);
    shoot("device-narrow");
    link("Tickets").click();
    assertThat(page.locator("main h1")).hasText("Tickets");
    assertThat(page.locator("tbody tr").first()).isVisible();
    shoot("tickets-narrow");
    page.locator("tbody tr td.name a").first().click();
    assertThat(page.locator(".timeline li").first()).isVisible();
    shoot("ticket-narrow");
    assertThat(complaints).isEmpty();
  }
}
