package io.foretell.firmwareota;

/**
 * A staged rollout of one artifact over the devices of one tenant.
 *
 * @param rollbackOf the campaign whose software it takes back; empty for others
 * @param createdAt ms since 1970
 * @param createdBy who made it
 */
public record Campaign(
    String id,
    String tenant,
    Plan plan,
    Install install,
    String rollbackOf,
    long createdAt,
    String createdBy,
    Rollout rollout) {

  Campaign with(Rollout next) {
    return new Campaign(id, tenant, plan, install, rollbackOf, createdAt, createdBy, next);
  }

  DeviceRules rules(int wave) {
    return new DeviceRules(id, install, plan.waves().get(wave).halt().silenceMillis());
  }
}
