package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.Outlook.Prediction;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A trained predictor of remaining life, with everything that it needs: which signals, how they are
 * scaled, the trees, and how far they are off. Immutable; serves any number of threads.
 */
public final class RulModel {
  private static final int MAGIC = 0x46544c31;
  private static final int VERSION = 1;
  private static final int ID_DIGITS = 12;

  private final String subject;
  private final int cap;
  private final Digest trainedOn;
  private final Scaling scaling;
  private final List<Trees> sets;
  private final TreeMap<String, Integer> heldOut;
  private final Calibration calibration;
  private final String id;

  RulModel(
      String subject,
      int cap,
      Digest trainedOn,
      Scaling scaling,
      List<Trees> sets,
      Map<String, Integer> heldOut,
      Calibration calibration) {
    this.subject = subject;
    this.cap = cap;
    this.trainedOn = trainedOn;
    this.scaling = scaling;
    this.sets = List.copyOf(sets);
    this.heldOut = new TreeMap<>(heldOut);
    this.calibration = calibration;
    this.id = "rul-gbdt/" + sha256(pack()).substring(0, ID_DIGITS);
  }

  /** How models are kept in files. */
  public static Codec<RulModel> codec() {
    return new Codec<>() {
      @Override
      public byte[] encode(RulModel value) {
        return value.pack();
      }

      @Override
      public RulModel decode(byte[] bytes) {
        return unpack(bytes);
      }
    };
  }

  /** Name and version: {@code rul-gbdt/} and 12 digits of the SHA-256 of the model's bytes. */
  public String id() {
    return id;
  }

  /** What wears out: {@code engine}. */
  public String subject() {
    return subject;
  }

  /** Cycles beyond which it does not look. */
  public int cap() {
    return cap;
  }

  /** The signals that it reads: settings, then sensors. */
  public List<String> signals() {
    return Stream.concat(scaling.settings().stream(), scaling.sensors().stream()).toList();
  }

  /** The digest of the table that it was trained on. */
  public Digest trainedOn() {
    return trainedOn;
  }

  Scaling scaling() {
    return scaling;
  }

  /** Remaining life by the mean of all sets of trees, cycles, 0 to the cap. */
  double remaining(float[] features) {
    double sum = 0;
    for (Trees set : sets) {
      sum += set.predict(features);
    }
    return capped(sum / sets.size());
  }

  /** The same by the one set that had not seen this unit of the training table. */
  double remainingHeldOut(float[] features, String unit) {
    Integer set = heldOut.get(unit);
    return set == null ? remaining(features) : capped(sets.get(set).predict(features));
  }

  /** The figures that people see, in tenths of a cycle. */
  Prediction prediction(long at, int cycle, double remaining) {
    double rul = tenths(remaining);
    double p10 = Math.min(rul, tenths(calibration.at(remaining, 0.1)));
    double p90 = Math.max(rul, tenths(calibration.at(remaining, 0.9)));
    return new Prediction(at, cycle, rul, p10, p90);
  }

  /** The probability that the life ends within some cycles. */
  double within(double remaining, double cycles) {
    return calibration.within(remaining, cycles);
  }

  /** Which signals move the prediction most, and by how many cycles, strongest first. */
  Map<String, Double> drivers(float[] features, int most) {
    double[] byFeature = new double[features.length];
    sets.forEach(set -> set.explain(features, byFeature));
    double[] bySensor = new double[scaling.sensors().size()];
    for (int f = 0; f < byFeature.length; f++) {
      int sensor = LifeWindow.sensorOf(f);
      if (sensor >= 0) {
        bySensor[sensor] += byFeature[f] / sets.size();
      }
    }
    Map<String, Double> drivers = new LinkedHashMap<>();
    IntStream.range(0, bySensor.length)
        .boxed()
        .sorted(Comparator.comparingDouble(s -> -Math.abs(bySensor[s])))
        .limit(most)
        .forEach(s -> drivers.put(scaling.sensors().get(s), Math.rint(bySensor[s] * 10) / 10));
    return drivers;
  }

  private double capped(double cycles) {
    return Math.max(0, Math.min(cap, cycles));
  }

  private double tenths(double cycles) {
    return Math.rint(capped(cycles) * 10) / 10;
  }

  private byte[] pack() {
    Packer out = new Packer().count(MAGIC).count(VERSION);
    out.text(subject).count(cap).text(trainedOn.hex());
    scaling.pack(out);
    out.count(sets.size());
    sets.forEach(set -> set.pack(out));
    out.count(heldOut.size());
    heldOut.forEach((unit, set) -> out.text(unit).count(set));
    calibration.pack(out);
    byte[] body = out.toBytes();
    return new Packer().bytes(body).text(sha256(body)).toBytes();
  }

  private static RulModel unpack(byte[] bytes) {
    Unpacker outer = new Unpacker(bytes);
    byte[] body = outer.bytes();
    Unpacker in = new Unpacker(body);
    if (in.count() != MAGIC || in.count() != VERSION) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "no model of remaining life, or of a later version");
    }
    if (!outer.text().equals(sha256(body))) {
      throw new InvalidInputException(ReasonCode.DIGEST_MISMATCH, "the model is damaged");
    }
    String subject = in.text();
    int cap = in.whole();
    Digest trainedOn = new Digest(in.text());
    Scaling scaling = Scaling.unpack(in);
    int features = LifeWindow.features(scaling.sensors().size());
    Trees[] sets = new Trees[in.length()];
    Arrays.setAll(sets, i -> Trees.unpack(in, features));
    Map<String, Integer> heldOut = new TreeMap<>();
    for (int i = in.length(); i > 0; i--) {
      heldOut.put(in.text(), in.whole());
    }
    return new RulModel(
        subject, cap, trainedOn, scaling, List.of(sets), heldOut, Calibration.unpack(in));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
