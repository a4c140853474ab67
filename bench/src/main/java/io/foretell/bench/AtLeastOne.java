package io.foretell.bench;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A whole number that nothing can be measured below one of: devices, rounds, seconds, a rate. */
final class AtLeastOne implements ITypeConverter<Integer> {
  AtLeastOne() {}

  @Override
  public Integer convert(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a whole number; give 1 or more");
    }
    throw new TypeConversionException(text + " measures nothing; give 1 or more");
  }
}
