package io.foretell.agent.update;

import io.foretell.proto.Telemetry.UpdateStep;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which slot of a component runs, which is to be tried, and what came of the last command: one
 * file, replaced in one rename, so that each decision is taken or not.
 *
 * @param active slot that runs; empty where there is none
 * @param pending slot to be tried at the next start; empty where there is none
 * @param attempts how often it was tried
 * @param pendingCommand the command that installed it
 * @param pendingCampaign that command's campaign
 * @param last what came of the last command
 */
record BootState(
    String active,
    String pending,
    int attempts,
    String pendingCommand,
    String pendingCampaign,
    Outcome last) {

  static final String SLOT_A = "slot-a";
  static final String SLOT_B = "slot-b";

  /**
   * What came of a command.
   *
   * @param step empty where there was no command yet
   * @param reported whether it was handed to who reports it
   */
  record Outcome(
      String command,
      String campaign,
      String step,
      String reason,
      String detail,
      boolean reported) {
    static final Outcome NONE = new Outcome("", "", "", "", "", true);

    static Outcome of(
        String command, String campaign, UpdateStep step, String reason, String detail) {
      return new Outcome(command, campaign, step.name(), reason, detail, false);
    }
  }

  static BootState running(String slot) {
    return new BootState(slot, "", 0, "", "", Outcome.NONE);
  }

  String other() {
    return active.equals(SLOT_A) ? SLOT_B : SLOT_A;
  }

  BootState trying(InstallOrder order) {
    return new BootState(active, other(), 0, order.commandId(), order.campaign(), last);
  }

  BootState oneMoreAttempt() {
    return new BootState(active, pending, attempts + 1, pendingCommand, pendingCampaign, last);
  }

  BootState committed(String detail) {
    return new BootState(
        pending,
        "",
        0,
        "",
        "",
        Outcome.of(pendingCommand, pendingCampaign, UpdateStep.RUNNING, "", detail));
  }

  BootState rolledBack(String reason, String detail) {
    return new BootState(
        active,
        "",
        0,
        "",
        "",
        Outcome.of(pendingCommand, pendingCampaign, UpdateStep.ROLLED_BACK, reason, detail));
  }

  BootState switchedTo(String slot) {
    return new BootState(slot, "", 0, "", "", last);
  }

  BootState concluded(Outcome outcome) {
    return new BootState(active, pending, attempts, pendingCommand, pendingCampaign, outcome);
  }

  BootState reported() {
    return concluded(
        new Outcome(
            last.command(), last.campaign(), last.step(), last.reason(), last.detail(), true));
  }

  byte[] bytes() {
    Map<String, Object> map = new TreeMap<>();
    map.put("active", active);
    map.put("pending", pending);
    map.put("attempts", attempts);
    map.put("pendingCommand", pendingCommand);
    map.put("pendingCampaign", pendingCampaign);
    map.put("command", last.command());
    map.put("campaign", last.campaign());
    map.put("step", last.step());
    map.put("reason", last.reason());
    map.put("detail", last.detail());
    map.put("reported", last.reported());
    return Json.plain(map);
  }

  static BootState read(byte[] bytes) throws RefusedException {
    Map<String, Object> map = Json.parse(bytes);
    return new BootState(
        Json.text(map, "active"),
        Json.text(map, "pending"),
        (int) Json.number(map, "attempts"),
        Json.text(map, "pendingCommand"),
        Json.text(map, "pendingCampaign"),
        new Outcome(
            Json.text(map, "command"),
            Json.text(map, "campaign"),
            Json.text(map, "step"),
            Json.text(map, "reason"),
            Json.text(map, "detail"),
            Boolean.TRUE.equals(map.get("reported"))));
  }
}
