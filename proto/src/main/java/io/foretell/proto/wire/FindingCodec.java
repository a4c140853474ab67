package io.foretell.proto.wire;

import io.foretell.proto.Codec;
import io.foretell.proto.Fault;
import io.foretell.proto.Finding;
import io.foretell.proto.Finding.Evidence;
import io.foretell.proto.Severity;
import io.foretell.proto.v1.EvidenceRecord;
import io.foretell.proto.v1.FaultRecord;
import io.foretell.proto.v1.FindingRecord;
import java.time.Duration;
import java.util.Optional;

/** Codec of lane {@code findings}; a horizon is kept in whole milliseconds. */
final class FindingCodec implements Codec<Finding> {
  private static final long NO_HORIZON = -1;

  @Override
  public byte[] encode(Finding value) {
    FindingRecord.Builder message =
        FindingRecord.newBuilder()
            .setId(value.id())
            .setKind(value.kind().name())
            .setCause(value.cause())
            .setTitle(value.title())
            .setSeverity(value.severity().name())
            .setConfidence(value.confidence())
            .setHorizon(value.horizon().map(Duration::toMillis).orElse(NO_HORIZON))
            .setAt(value.at())
            .setSince(value.since())
            .setOccurrences(value.occurrences())
            .setModel(value.model());
    value.fault().ifPresent(fault -> message.setFault(message(fault)));
    value.evidence().forEach(evidence -> message.addEvidence(message(evidence)));
    return Bytes.of(message.build());
  }

  @Override
  public Finding decode(byte[] bytes) {
    FindingRecord message = Bytes.read(FindingRecord.parser(), bytes);
    return new Finding(
        message.getId(),
        Bytes.name(Finding.Kind.class, message.getKind()),
        message.getCause(),
        message.getTitle(),
        Bytes.name(Severity.class, message.getSeverity()),
        message.getConfidence(),
        message.getHorizon() < 0
            ? Optional.empty()
            : Optional.of(Duration.ofMillis(message.getHorizon())),
        message.getAt(),
        message.getSince(),
        message.getOccurrences(),
        message.hasFault() ? Optional.of(fault(message.getFault())) : Optional.empty(),
        message.getEvidenceList().stream().map(FindingCodec::evidence).toList(),
        message.getModel());
  }

  private static FaultRecord message(Fault fault) {
    return FaultRecord.newBuilder()
        .setFamily(fault.family())
        .setSystem(fault.system())
        .setCode(fault.code())
        .setSubType(fault.subType())
        .setStatus(fault.status())
        .setLamp(fault.lamp().name())
        .setCount(fault.count())
        .putAllFreezeFrame(fault.freezeFrame())
        .setTitle(fault.title())
        .build();
  }

  private static Fault fault(FaultRecord message) {
    return new Fault(
        message.getFamily(),
        message.getSystem(),
        message.getCode(),
        message.getSubType(),
        message.getStatus(),
        Bytes.name(Fault.Lamp.class, message.getLamp()),
        message.getCount(),
        message.getFreezeFrameMap(),
        message.getTitle());
  }

  private static EvidenceRecord message(Evidence evidence) {
    return EvidenceRecord.newBuilder()
        .setKind(evidence.kind())
        .setAt(evidence.at())
        .setText(evidence.text())
        .putAllValues(evidence.values())
        .build();
  }

  private static Evidence evidence(EvidenceRecord message) {
    return new Evidence(
        message.getKind(), message.getAt(), message.getText(), message.getValuesMap());
  }
}
