package org.byoemail.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A text that is one of the words of these enumerations, in their order. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@interface EnumWords {
  /** The enumerations. */
  Class<? extends Enum<?>>[] value();

  /** Their words. */
  final class Values {
    private Values() {}

    @SafeVarargs
    static List<String> of(Class<? extends Enum<?>>... types) {
      return Arrays.stream(types).flatMap(Values::each).distinct().toList();
    }

    private static Stream<String> each(Class<? extends Enum<?>> type) {
      return Arrays.stream(type.getEnumConstants()).map(one -> one.name().toLowerCase(Locale.ROOT));
    }
  }
}
