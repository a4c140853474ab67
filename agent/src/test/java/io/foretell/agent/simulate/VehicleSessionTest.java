package io.foretell.agent.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.agent.ManualScheduler;
import io.foretell.agent.Message;
import io.foretell.agent.Numbering;
import io.foretell.agent.ScriptedLink;
import io.foretell.agent.update.Hardware;
import io.foretell.agent.update.SoftwareImage;
import io.foretell.agent.update.UpdateProgress;
import io.foretell.agent.update.Updater;
import io.foretell.proto.v1.CommandReply;
import io.foretell.proto.v1.CommandReply.Outcome;
import io.foretell.proto.v1.DeviceCommand;
import io.foretell.proto.v1.UpdateStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VehicleSessionTest {
  private static final long NOW = 1_795_308_448_257L;
  private static final String COMPONENT = Behaviour.COMPONENT;

  @TempDir Path folder;

  private final ManualScheduler time = new ManualScheduler(NOW);
  private ScriptedLink link;
  private SignedReleases server;
  private SimulatedVehicle vehicle;
  private VehicleSession session;
  private long boots;

  @BeforeEach
  void makeVehicle() throws Exception {
    server = new SignedReleases();
    updater(progress -> {})
        .provision(COMPONENT, "1.0.0", Behaviour.image("1.0.0", 0.25, true).bytes());
    begin();
  }

  /** A process of the vehicle; the one before, if there was one, is as good as dead. */
  private void begin() {
    link = new ScriptedLink();
    link.answersAtOnce = true;
    Numbering numbering = new Numbering(++boots);
    vehicle = new SimulatedVehicle(new Behaviour("1.0.0", 0.25), new Random(1), numbering);
    session =
        new VehicleSession(
            "truck-1",
            vehicle,
            numbering,
            link,
            this::updater,
            time,
            time,
            time,
            new VehicleSession.Pace(60_000, 5),
            folder.resolve("answers"));
    session.start();
    time.settle();
  }

  private Updater updater(Consumer<UpdateProgress> progress) {
    return new Updater(
        folder.resolve("device"),
        server.root(),
        new Hardware("ev", "B"),
        server,
        VehicleSessionTest::comesUp,
        progress,
        time,
        new Updater.Limits(1 << 20, 2));
  }

  private static boolean comesUp(String component, String version, Path image) {
    try {
      return SoftwareImage.parse(Files.readAllBytes(image)).comesUpAs(component, version);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DeviceCommand command(String id, String verb, String arguments) {
    return DeviceCommand.newBuilder()
        .setId(id)
        .setVerb(verb)
        .setArguments(arguments)
        .setExpiresAt(NOW + 3_600_000)
        .build();
  }

  private void send(DeviceCommand command) {
    link.commands.accept(command);
    time.settle();
  }

  private List<CommandReply> replies() throws InvalidProtocolBufferException {
    List<CommandReply> replies = new ArrayList<>();
    for (Message message : link.all) {
      if (message.path().equals("v1/replies")) {
        replies.add(CommandReply.parseFrom(message.payload()));
      }
    }
    return replies;
  }

  private List<Outcome> outcomes() throws InvalidProtocolBufferException {
    return replies().stream().map(CommandReply::getOutcome).toList();
  }

  private CommandReply last() throws InvalidProtocolBufferException {
    List<CommandReply> replies = replies();
    return replies.get(replies.size() - 1);
  }

  @Test
  void installation_is_accepted_and_then_proved_by_the_running_version() throws Exception {
    String order = server.release(Behaviour.image("1.1.0", 0.8, true));
    send(command("c1", "install", order));
    assertThat(outcomes()).containsExactly(Outcome.ACCEPTED, Outcome.DONE);
    assertThat(replies().get(0).getProofMap()).isEmpty();
    assertThat(last().getProofMap()).containsExactly(Map.entry(COMPONENT, "1.1.0"));
    assertThat(vehicle.software()).isEqualTo(new Behaviour("1.1.0", 0.8));
    assertThat(steps())
        .containsSubsequence(
            UpdateStatus.Step.RECEIVED,
            UpdateStatus.Step.VERIFIED,
            UpdateStatus.Step.INSTALLED,
            UpdateStatus.Step.RUNNING);
  }

  private List<UpdateStatus.Step> steps() throws InvalidProtocolBufferException {
    List<UpdateStatus.Step> steps = new ArrayList<>();
    for (Message message : link.all) {
      if (message.path().equals("v1/updates")) {
        steps.add(UpdateStatus.parseFrom(message.payload()).getStep());
      }
    }
    return steps;
  }

  @Test
  void software_that_does_not_come_up_is_a_failure_with_its_reason() throws Exception {
    String order = server.release(Behaviour.image("1.1.0", 0.8, false));
    send(command("c1", "install", order));
    assertThat(outcomes()).containsExactly(Outcome.ACCEPTED, Outcome.FAILED);
    assertThat(last().getProofMap()).containsEntry("reason", "SLOT_DID_NOT_START");
    assertThat(vehicle.software().version()).isEqualTo("1.0.0");
  }

  @Test
  void software_that_says_nothing_of_the_pump_is_not_proved() throws Exception {
    String order = server.release(new SoftwareImage(COMPONENT, "1.1.0", Map.of()));
    send(command("c1", "install", order));
    assertThat(outcomes()).containsExactly(Outcome.ACCEPTED, Outcome.FAILED);
    assertThat(last().getDetail()).contains("asked for 1.1.0, runs 1.0.0");
  }

  @Test
  void order_that_nobody_signed_fails_with_the_updaters_reason() throws Exception {
    server.release(Behaviour.image("1.1.0", 0.8, true));
    String order =
        server.release(Behaviour.image("1.2.0", 0.8, true)).replace("control-1.2.0", "control-9");
    send(command("c1", "install", order));
    assertThat(outcomes()).containsExactly(Outcome.ACCEPTED, Outcome.FAILED);
    assertThat(last().getProofMap()).containsEntry("reason", "BAD_SIGNATURE");
  }

  @Test
  void interrupted_installation_goes_on_when_the_server_is_back() throws Exception {
    String order = server.release(Behaviour.image("1.1.0", 0.8, true));
    server.reachable = false;
    send(command("c1", "install", order));
    time.pass(10_000);
    assertThat(outcomes()).containsExactly(Outcome.ACCEPTED);
    server.reachable = true;
    time.pass(2_000);
    assertThat(outcomes()).containsExactly(Outcome.ACCEPTED, Outcome.DONE);
  }

  @Test
  void answer_that_was_owed_is_given_after_a_restart_of_the_process() throws Exception {
    String order = server.release(Behaviour.image("1.1.0", 0.8, true));
    server.reachable = false;
    send(command("c1", "install", order));
    assertThat(outcomes()).containsExactly(Outcome.ACCEPTED);
    session.close();
    server.reachable = true;
    begin();
    assertThat(outcomes()).containsExactly(Outcome.DONE);
    assertThat(last().getCommandId()).isEqualTo("c1");
    assertThat(last().getProofMap()).containsExactly(Map.entry(COMPONENT, "1.1.0"));
  }

  @Test
  void process_that_died_after_the_boot_but_before_the_answer_still_proves_it() throws Exception {
    String order = server.release(Behaviour.image("1.1.0", 0.8, true));
    server.reachable = false;
    send(command("c1", "install", order));
    session.close();
    server.reachable = true;
    Updater alone = updater(progress -> {});
    assertThat(alone.resume()).hasValue(Updater.Result.RESTART_NEEDED);
    alone.boot();
    begin();
    assertThat(outcomes()).containsExactly(Outcome.DONE);
    assertThat(vehicle.software().version()).isEqualTo("1.1.0");
  }

  @Test
  void command_that_comes_again_is_answered_again_under_a_new_number() throws Exception {
    String order = server.release(Behaviour.image("1.1.0", 0.8, true));
    send(command("c1", "install", order));
    send(command("c1", "install", order));
    begin();
    send(command("c1", "install", order));
    CommandReply again = last();
    assertThat(again.getOutcome()).isEqualTo(Outcome.DONE);
    assertThat(again.getProofMap()).containsExactly(Map.entry(COMPONENT, "1.1.0"));
    assertThat(again.getOrigin().getBootId()).isEqualTo(2);
    assertThat(replies()).hasSize(1);
    assertThat(steps()).as("nothing was installed again").containsOnly(UpdateStatus.Step.RUNNING);
  }

  @Test
  void second_installation_takes_the_place_of_one_that_is_interrupted() throws Exception {
    server.reachable = false;
    send(command("c1", "install", server.release(Behaviour.image("1.1.0", 0.8, true))));
    server.reachable = true;
    send(command("c2", "install", server.release(Behaviour.image("1.2.0", 0.8, true))));
    assertThat(outcomes())
        .containsExactly(Outcome.ACCEPTED, Outcome.FAILED, Outcome.ACCEPTED, Outcome.DONE);
    assertThat(replies().get(1).getProofMap()).containsEntry("reason", "CONFLICT");
    time.pass(10_000);
    assertThat(replies()).hasSize(4);
    assertThat(vehicle.software().version()).isEqualTo("1.2.0");
  }

  @Test
  void precondition_that_does_not_hold_or_is_unknown_refuses_the_command() throws Exception {
    String order = server.release(Behaviour.image("1.1.0", 0.8, true));
    DeviceCommand install = command("c1", "install", order);
    send(install.toBuilder().addPreconditions("parked").build());
    send(install.toBuilder().setId("c2").addPreconditions("soc>30").build());
    assertThat(replies())
        .allSatisfy(
            reply -> {
              assertThat(reply.getOutcome()).isEqualTo(Outcome.REFUSED);
              assertThat(reply.getProofMap()).containsEntry("reason", "PRECONDITION_FAILED");
              assertThat(reply.getDetail()).startsWith("PRECONDITION_FAILED: ");
            });
    assertThat(vehicle.software().version()).isEqualTo("1.0.0");
    vehicle.park();
    send(
        install.toBuilder()
            .setId("c3")
            .addPreconditions("parked")
            .addPreconditions("speed<1")
            .build());
    assertThat(last().getOutcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void command_that_is_late_unknown_or_misshapen_is_not_begun() throws Exception {
    send(command("c1", "reboot", "{}").toBuilder().setExpiresAt(NOW).build());
    send(command("c2", "fly", "{}"));
    send(command("c3", "install", "{\"campaign\":1}"));
    assertThat(outcomes()).containsExactly(Outcome.EXPIRED, Outcome.REFUSED, Outcome.REFUSED);
    assertThat(last().getProofMap()).containsEntry("reason", "WRONG_SHAPE");
  }

  @Test
  void done_commands_carry_their_proof() throws Exception {
    send(command("c1", "reboot", "{}"));
    assertThat(last().getProofMap()).containsExactly(Map.entry(COMPONENT, "1.0.0"));
    send(command("c2", "read-faults", "{}"));
    assertThat(last().getProofMap()).containsExactly(Map.entry("faults", "none"));
    time.pass(3_600_000);
    send(command("c3", "read-faults", "{}").toBuilder().setExpiresAt(NOW * 2).build());
    assertThat(last().getProofMap()).containsExactly(Map.entry("faults", "P0A93"));
  }

  @Test
  void vehicle_drives_at_its_pace_and_stops_with_its_session() {
    long before = link.all.size();
    time.pass(600_000);
    assertThat(link.all.size() - before).isEqualTo(20);
    assertThat(session.backlog()).isZero();
    session.close();
    time.pass(600_000);
    assertThat(link.all.size() - before).isEqualTo(20);
    assertThat(session.device()).isEqualTo("truck-1");
  }

  @Test
  void answers_that_cannot_be_read_are_none() throws IOException {
    Path file = folder.resolve("torn");
    Files.write(file, new byte[] {50, 1, 2});
    Answers answers = new Answers(file);
    assertThat(answers.owed()).isEmpty();
    answers.answered(CommandReply.newBuilder().setCommandId("c").build());
    assertThat(new Answers(file).to("c")).isPresent();
  }
}
