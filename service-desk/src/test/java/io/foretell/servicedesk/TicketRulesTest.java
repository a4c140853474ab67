package io.foretell.servicedesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.TicketEvent.State;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TicketRulesTest {
  private static final Set<Verb> WORK =
      EnumSet.of(Verb.ASSIGN, Verb.START_REMEDY, Verb.APPLY_REMEDY, Verb.FORCE_CLOSE, Verb.COMMENT);

  @Test
  void each_state_allows_what_the_table_says() {
    Map<State, Set<Verb>> table = new EnumMap<>(State.class);
    table.put(State.OPEN, and(WORK, Verb.ACKNOWLEDGE, Verb.START));
    table.put(State.ACKNOWLEDGED, and(WORK, Verb.START));
    table.put(State.IN_PROGRESS, WORK);
    table.put(State.VERIFYING, and(WORK, Verb.START));
    table.put(State.REOPENED, and(WORK, Verb.ACKNOWLEDGE, Verb.START));
    table.put(State.VERIFIED, EnumSet.of(Verb.APPLY_REMEDY, Verb.CLOSE, Verb.REOPEN, Verb.COMMENT));
    table.put(State.CLOSED, EnumSet.of(Verb.REOPEN, Verb.COMMENT));

    table.forEach(
        (state, verbs) -> assertThat(TicketRules.allowed(state)).as("%s", state).isEqualTo(verbs));
    assertThat(table).hasSize(State.values().length);
  }

  private static Set<Verb> and(Set<Verb> verbs, Verb... more) {
    Set<Verb> all = EnumSet.copyOf(verbs);
    all.addAll(Set.of(more));
    return all;
  }
}
