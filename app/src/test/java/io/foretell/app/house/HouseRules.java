package io.foretell.app.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of the house for the code under a root package; the tests run them over the real house
 * and over a small one with planted faults, so that a rule that cannot fail is seen.
 */
final class HouseRules {
  private static final List<String> STAGES =
      List.of("gateway", "ingest", "diagnostics", "servicedesk", "firmwareota");

  /** Which library may be used where; the packages are relative to the root. */
  private static final Map<String, List<String>> LIBRARIES = new LinkedHashMap<>();

  static {
    LIBRARIES.put(
        "com.fasterxml.jackson",
        List.of(
            "app.backup",
            "app.cli",
            "app.client",
            "app.demo",
            "app.erasure",
            "app.http",
            "agent.update",
            "diagnostics.offline.json",
            "diagnostics.predict.json",
            "diagnostics.obdb.json",
            "diagnostics.signals.json",
            "diagnostics.tables.json",
            "firmwareota.tuf",
            "ingest.payload.json",
            "ingest.payload.senml",
            "servicedesk.webhook"));
    LIBRARIES.put(
        "com.google.protobuf",
        List.of(
            "proto.v1",
            "proto.wire",
            "gateway.downlink.protobuf",
            "gateway.sparkplug",
            "ingest.payload.protobuf",
            "ingest.payload.sparkplug",
            "agent",
            "agent.coap",
            "agent.mqtt",
            "agent.recording",
            "agent.simulate"));
    LIBRARIES.put("com.google.gson", List.of("ingest.payload.protobuf"));
    LIBRARIES.put("io.vertx", List.of("gateway.mqtt", "gateway.http", "app", "app.http"));
    LIBRARIES.put("io.netty", List.of("gateway.mqtt", "gateway.http"));
    LIBRARIES.put("org.eclipse.californium", List.of("gateway.coap", "agent.coap"));
    LIBRARIES.put("org.eclipse.paho", List.of("agent.mqtt", "gateway.bridge"));
    LIBRARIES.put("org.rocksdb", List.of("ingest.engine.rocksdb", "ingest.history.rocksdb"));
    LIBRARIES.put("com.influxdb", List.of("ingest.history.influx"));
    LIBRARIES.put("okhttp3", List.of("ingest.history.influx"));
    LIBRARIES.put(
        "org.jdbi",
        List.of(
            "gateway.identity.sql",
            "gateway.downlink.sql",
            "gateway.mqtt.sql",
            "gateway.presence.sql",
            "servicedesk.sql",
            "firmwareota.sql"));
    LIBRARIES.put(
        "org.flywaydb", List.of("gateway.identity.sql", "servicedesk.sql", "firmwareota.sql"));
    LIBRARIES.put("software.amazon.awssdk", List.of("firmwareota.blobs.s3"));
    LIBRARIES.put("com.zaxxer", List.of("app.records"));
    LIBRARIES.put("org.postgresql", List.of("app.records"));
    LIBRARIES.put("org.bouncycastle", List.of("app.tls"));
    LIBRARIES.put("io.micrometer", List.of("app.metrics"));
    LIBRARIES.put("io.opentelemetry", List.of("app.otel"));
    LIBRARIES.put("picocli", List.of("app.cli"));
    LIBRARIES.put("me.tongfei", List.of("app.cli"));
    LIBRARIES.put("ch.qos.logback", List.of("app.cli", "app.logs"));
    LIBRARIES.put("org.yaml", List.of("app"));
  }

  private final String root;

  HouseRules(String root) {
    this.root = root;
  }

  List<ArchRule> stagesDoNotImportEachOther() {
    List<ArchRule> rules = new ArrayList<>();
    for (String stage : STAGES) {
      String[] others =
          STAGES.stream()
              .filter(other -> !other.equals(stage))
              .map(other -> root + "." + other + "..")
              .toArray(String[]::new);
      rules.add(
          noClasses()
              .that()
              .resideInAPackage(root + "." + stage + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(others)
              .allowEmptyShould(true));
      rules.add(
          noClasses()
              .that()
              .resideInAPackage(root + "." + stage + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(root + ".app..", root + ".agent..", root + ".bench..")
              .allowEmptyShould(true));
    }
    return rules;
  }

  ArchRule packagesHaveNoCycles() {
    return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
  }

  List<ArchRule> rootsKnowNoTechnology() {
    List<ArchRule> rules = new ArrayList<>();
    for (String stage : STAGES) {
      rules.add(
          noClasses()
              .that()
              .resideInAPackage(root + "." + stage)
              .should()
              .dependOnClassesThat(
                  describe(
                      "are of a library",
                      c ->
                          !c.getPackageName().startsWith("java.")
                              && !c.getPackageName().startsWith("javax.")
                              && !c.isPrimitive()
                              && !c.isArray()
                              && !c.getPackageName().startsWith("io.foretell.")
                              && !c.getPackageName().startsWith("org.slf4j")
                              && !c.getPackageName().startsWith("org.jspecify")))
              .allowEmptyShould(true));
    }
    return rules;
  }

  List<ArchRule> librariesLiveInOnePlace() {
    List<ArchRule> rules = new ArrayList<>();
    LIBRARIES.forEach(
        (library, places) ->
            rules.add(
                noClasses()
                    .that(describe("live elsewhere than in " + places, c -> elsewhere(c, places)))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(library + "..")
                    .allowEmptyShould(true)));
    return rules;
  }

  private boolean elsewhere(JavaClass c, List<String> places) {
    String name = c.getPackageName();
    return name.startsWith(root + ".")
        && !name.startsWith(root + ".bench")
        && places.stream().noneMatch(place -> name.equals(root + "." + place));
  }

  ArchRule onlyConfigReadsTheEnvironment() {
    return noClasses()
        .that()
        .doNotHaveFullyQualifiedName(root + ".app.Config")
        .should()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .allowEmptyShould(true);
  }

  ArchRule onlyTheCommandLinePrints() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(root + ".app.cli..", root + ".bench..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .allowEmptyShould(true);
  }

  ArchRule nothingThrowsRawRuntimeExceptions() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".proto.v1") // generated
        .should()
        .callConstructorWhere(
            describe(
                "makes a raw RuntimeException, not one of a subclass",
                call ->
                    call.getTargetOwner().isEquivalentTo(RuntimeException.class)
                        && !call.getOriginOwner().isAssignableTo(RuntimeException.class)))
        .allowEmptyShould(true);
  }

  ArchRule nothingSleeps() {
    return noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class, int.class)
        .allowEmptyShould(true);
  }

  /** Where a library may be used and is not: a row that nothing needs any more. */
  List<String> idlePlaces(JavaClasses classes) {
    List<String> idle = new ArrayList<>();
    LIBRARIES.forEach(
        (library, places) -> {
          for (String place : places) {
            if (classes.stream().noneMatch(c -> uses(c, place, library))) {
              idle.add(library + " in " + place);
            }
          }
        });
    return idle;
  }

  private boolean uses(JavaClass c, String place, String library) {
    return c.getPackageName().equals(root + "." + place)
        && c.getDirectDependenciesFromSelf().stream()
            .map(d -> d.getTargetClass().getPackageName())
            .anyMatch(p -> p.equals(library) || p.startsWith(library + "."));
  }

  /** All rules, by name. */
  Map<String, List<ArchRule>> all() {
    Map<String, List<ArchRule>> all = new LinkedHashMap<>();
    all.put("stages do not import each other", stagesDoNotImportEachOther());
    all.put("packages have no cycles", List.of(packagesHaveNoCycles()));
    all.put("roots know no technology", rootsKnowNoTechnology());
    all.put("libraries live in one place", librariesLiveInOnePlace());
    all.put("only Config reads the environment", List.of(onlyConfigReadsTheEnvironment()));
    all.put("only the command line prints", List.of(onlyTheCommandLinePrints()));
    all.put("no raw RuntimeException", List.of(nothingThrowsRawRuntimeExceptions()));
    all.put("nothing sleeps", List.of(nothingSleeps()));
    return all;
  }
}
