package io.foretell.diagnostics.signals;

import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcSignal;
import io.foretell.diagnostics.obdb.ObdbCommand;
import io.foretell.diagnostics.tables.CodeTable;
import java.util.List;
import java.util.Map;

/**
 * How the raw data of a device model is read: which DBC files, which names, which tables, which SPN
 * conversion.
 *
 * @param name unique: {@code truck-2016}
 * @param version of the manifest, from 1; the higher one counts
 * @param models device models it is for; {@code *} at the end of one stands for anything
 * @param buses what is spoken on each bus; the name {@code *} stands for any other bus
 * @param tables of the maker's codes
 * @param spnVersions J1939 source address (-1: any other) to the SPN conversion version (1–4)
 * @param notices what of its files could not be read
 */
public record Manifest(
    String name,
    int version,
    List<String> models,
    Map<String, Bus> buses,
    List<CodeTable> tables,
    Map<Integer, Integer> spnVersions,
    List<String> notices) {
  /** Copies the collections. */
  public Manifest {
    models = List.copyOf(models);
    buses = Map.copyOf(buses);
    tables = List.copyOf(tables);
    spnVersions = Map.copyOf(spnVersions);
    notices = List.copyOf(notices);
  }

  /**
   * What is spoken on a bus.
   *
   * @param protocol what its 29-bit identifiers mean
   * @param files in the order in which they are asked
   * @param answers the OBDb commands whose answers are read where control units give them
   * @param mapping {@code Message.Signal} or {@code Signal} to what becomes of it
   * @param mappedOnly whether signals without a mapping are passed over; otherwise they are called
   *     {@code Message.Signal}
   */
  public record Bus(
      Protocol protocol,
      List<DbcFile> files,
      List<ObdbCommand> answers,
      Map<String, Mapped> mapping,
      boolean mappedOnly) {
    /** Copies the collections. */
    public Bus {
      files = List.copyOf(files);
      answers = List.copyOf(answers);
      mapping = Map.copyOf(mapping);
    }

    /** Whether its 29-bit identifiers are those of SAE J1939, which NMEA 2000 builds on. */
    public boolean j1939() {
      return protocol != Protocol.CAN;
    }
  }

  /** What 29-bit identifiers and raw values of a bus mean. */
  public enum Protocol {
    /** What the DBC files say, and nothing else. */
    CAN,
    /** Parameter groups of SAE J1939. */
    J1939,
    /** Parameter groups of NMEA 2000: J1939's, and fast packets. */
    NMEA2000;

    private static final int RESERVED = 3;

    /**
     * Whether a raw value is one, and no indicator, error or "not available": SAE J1939-71 table 1;
     * in NMEA 2000 the three highest values of a field of at least eight bits, signed or not.
     */
    boolean isValue(DbcSignal signal, long raw) {
      int bits = signal.bits();
      boolean signed = signal.kind() == DbcSignal.Kind.SIGNED;
      long pattern = raw & -1L >>> Long.SIZE - bits;
      if (this == NMEA2000 && bits >= Byte.SIZE) {
        long highest = -1L >>> Long.SIZE - bits + (signed ? 1 : 0);
        return signed
            ? raw <= highest - RESERVED
            : Long.compareUnsigned(pattern, highest - RESERVED) <= 0;
      }
      return this == CAN || J1939Signal.valid(pattern, bits);
    }
  }

  /** Name and version, as in {@code truck-2016@2}. */
  public String label() {
    return name + "@" + version;
  }

  /** Whether it is for a device model. */
  public boolean isFor(String model) {
    for (String pattern : models) {
      boolean any = pattern.endsWith("*");
      String plain = any ? pattern.substring(0, pattern.length() - 1) : pattern;
      if (any ? model.startsWith(plain) : model.equals(plain)) {
        return true;
      }
    }
    return false;
  }
}
