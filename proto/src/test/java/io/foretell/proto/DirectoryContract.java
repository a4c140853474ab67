package io.foretell.proto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every directory of devices must do. An adapter's test extends it. */
public abstract class DirectoryContract {
  /** The directory under test; empty when a test begins, the same object within a test. */
  protected abstract Directory directory();

  /** Makes a device known, as an administrator would. */
  protected abstract void register(Device device);

  @Test
  void find_registered_device_gives_all_that_was_registered() {
    Device truck =
        new Device(
            new DeviceId("acme", "truck-1"),
            "truck-2016",
            "B2",
            Map.of("ecm", "1.0.1"),
            Map.of("site", "Antwerp"),
            1_795_308_448_257L);
    register(truck);

    assertThat(directory().find(truck.id())).contains(truck);
  }

  @Test
  void find_unknown_device_is_empty() {
    register(device("acme", "truck-1"));

    assertThat(directory().find(new DeviceId("acme", "truck-2"))).isEmpty();
    assertThat(directory().find(new DeviceId("other", "truck-1"))).isEmpty();
  }

  @Test
  void list_is_in_the_order_of_names_whatever_came_first() {
    for (String name : List.of("b", "a", "C", "a.1", "10", "9")) {
      register(device("acme", name));
    }

    assertThat(names(directory().list("acme", "", 100)))
        .containsExactly("10", "9", "C", "a", "a.1", "b");
  }

  @Test
  void list_page_after_page_gives_every_device_once() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      String name = "d%02d".formatted(i);
      all.add(name);
      register(device("acme", name));
    }

    List<String> seen = new ArrayList<>();
    String after = "";
    for (int page = 0; page < 100; page++) {
      List<String> names = names(directory().list("acme", after, 10));
      if (names.isEmpty()) {
        break;
      }
      assertThat(names).hasSizeLessThanOrEqualTo(10);
      seen.addAll(names);
      after = names.get(names.size() - 1);
    }

    assertThat(seen).isEqualTo(all);
  }

  @Test
  void list_after_a_name_that_is_not_there_goes_on_behind_it() {
    register(device("acme", "a"));
    register(device("acme", "c"));

    assertThat(names(directory().list("acme", "b", 10))).containsExactly("c");
  }

  @Test
  void tenants_do_not_see_each_other() {
    register(device("acme", "a"));
    register(device("beta", "b"));
    register(device("beta", "c"));

    assertThat(names(directory().list("acme", "", 10))).containsExactly("a");
    assertThat(directory().count("acme")).isEqualTo(1);
    assertThat(directory().count("beta")).isEqualTo(2);
    assertThat(directory().count("nobody")).isZero();
    assertThat(directory().list("nobody", "", 10)).isEmpty();
    assertThat(directory().tenants()).containsExactlyInAnyOrder("acme", "beta");
  }

  @Test
  void learn_software_of_a_known_device_is_found_again() {
    Device device = device("acme", "a");
    register(device);

    directory().learnSoftware(device.id(), Map.of("ecm", "1.0.1"));
    directory().learnSoftware(device.id(), Map.of("ecm", "1.0.2"));

    Device now = directory().find(device.id()).orElseThrow();
    assertThat(now.software()).containsEntry("ecm", "1.0.2");
    assertThat(now.model()).isEqualTo(device.model());
    assertThat(now.labels()).isEqualTo(device.labels());
  }

  @Test
  void learn_software_of_an_unknown_device_makes_none() {
    directory().learnSoftware(new DeviceId("acme", "ghost"), Map.of("ecm", "1"));

    assertThat(directory().find(new DeviceId("acme", "ghost"))).isEmpty();
    assertThat(directory().count("acme")).isZero();
  }

  private static Device device(String tenant, String name) {
    return new Device(
        new DeviceId(tenant, name), "truck-2016", "A", Map.of(), Map.of("site", "Ghent"), 1000);
  }

  private static List<String> names(List<Device> devices) {
    return devices.stream().map(device -> device.id().device()).toList();
  }
}
