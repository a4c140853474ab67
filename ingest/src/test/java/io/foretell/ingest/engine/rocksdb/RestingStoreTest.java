package io.foretell.ingest.engine.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.ingest.engine.Kept;
import io.foretell.proto.DeviceId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** A folder at rest is held, read whole, and left as it is. */
final class RestingStoreTest {
  private static final DeviceId DEVICE = DeviceId.parse("d");

  @TempDir Path dir;

  @Test
  void entries_areThoseThatWereFilledIn_fromTheFirstThatIsKept() {
    byte[] large = new byte[20_000];
    try (FillingStore filling = FillingStore.in(dir, 3)) {
      assertThat(filling.begin("uplink", 2, 70)).isEqualTo(70);
      for (int i = 0; i < 50; i++) {
        byte[] value = i % 7 == 0 ? large : ("v" + i).getBytes(UTF_8);
        assertThat(filling.append("uplink", 2, new Kept(0, DEVICE, i, value))).isEqualTo(70 + i);
      }
      filling.sinkOffset("desk", "findings", 1, 9);
      filling.filled().close();
    }

    try (RestingStore resting = RestingStore.open(dir)) {
      List<Kept> entries = new ArrayList<>();
      resting.entries("uplink", 2, entries::add);
      assertThat(resting.partitions()).isEqualTo(3);
      assertThat(resting.before("uplink", 2)).isEqualTo(70);
      assertThat(entries).extracting(Kept::offset).first().isEqualTo(70L);
      assertThat(entries).hasSize(50).allMatch(kept -> kept.offset() == 70 + kept.at());
      assertThat(entries.get(7).value()).hasSize(20_000);
      assertThat(entries.get(8).value()).isEqualTo("v8".getBytes(UTF_8));
      assertThat(resting.offset("desk", "findings", 1)).hasValue(9);
      assertThat(resting.offset("desk", "findings", 0)).isEmpty();
      assertThatThrownBy(() -> RestingStore.open(dir))
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("in use by another process");
    }
  }

  @Test
  void format_ofAnEarlierVersion_staysUntilItIsBroughtUp() throws RocksDBException {
    FillingStore.in(dir, 1).close();
    format("1");

    try (RestingStore resting = RestingStore.open(dir)) {
      assertThat(resting.format()).isEqualTo(1);
    }
    RestingStore.upgrade(dir);
    try (RestingStore resting = RestingStore.open(dir)) {
      assertThat(resting.format()).isEqualTo(RestingStore.FORMAT);
    }
    format("99");
    assertThatThrownBy(() -> RestingStore.open(dir))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageContainingAll("format 99", "later version", "restore a backup");
  }

  private void format(String text) throws RocksDBException {
    try (Store store = new Store(dir)) {
      store.open(List.of());
      store.write(
          db -> {
            db.put(Keys.FORMAT, text.getBytes(UTF_8));
            return true;
          });
    }
  }
}
