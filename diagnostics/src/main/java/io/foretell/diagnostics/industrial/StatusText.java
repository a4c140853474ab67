package io.foretell.diagnostics.industrial;

/**
 * What a standard's condition means.
 *
 * @param code the family's canonical notation
 * @param signal what it makes of the device; GOOD: worth knowing, no fault
 * @param english short text
 * @param chinese 简体中文
 * @param check what to look at first, in English; empty: what its signal says
 * @param checkChinese the same in Chinese
 */
public record StatusText(
    String code, Ne107 signal, String english, String chinese, String check, String checkChinese) {}
