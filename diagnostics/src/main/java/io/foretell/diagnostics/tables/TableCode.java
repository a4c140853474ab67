package io.foretell.diagnostics.tables;

import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.util.List;

/**
 * One code of a table.
 *
 * @param value the bit's number, or the value of the register
 * @param code as the maker writes it: {@code E17}
 * @param text short, in English
 * @param chinese 简体中文; empty: none
 * @param urgency how bad
 * @param lamp what a person at the device sees
 * @param causes likeliest first
 * @param check what to look at first; empty: unknown
 */
public record TableCode(
    long value,
    String code,
    String text,
    String chinese,
    Severity urgency,
    Fault.Lamp lamp,
    List<String> causes,
    String check) {
  /** Copies the causes. */
  public TableCode {
    causes = List.copyOf(causes);
  }
}
