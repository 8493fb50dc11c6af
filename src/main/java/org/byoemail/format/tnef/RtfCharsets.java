package org.byoemail.format.tnef;

import java.nio.charset.Charset;
import java.util.Map;
import java.util.Optional;
import org.byoemail.format.mail.Charsets;

/** The charsets of fonts in RTF, as Windows numbers them. */
final class RtfCharsets {
  private static final Map<Integer, Integer> CODE_PAGES =
      Map.ofEntries(
          Map.entry(0, 1252),
          Map.entry(128, 932),
          Map.entry(129, 949),
          Map.entry(134, 936),
          Map.entry(136, 950),
          Map.entry(161, 1253),
          Map.entry(162, 1254),
          Map.entry(163, 1258),
          Map.entry(177, 1255),
          Map.entry(178, 1256),
          Map.entry(186, 1257),
          Map.entry(204, 1251),
          Map.entry(222, 874),
          Map.entry(238, 1250));

  private RtfCharsets() {}

  static Optional<Charset> find(int number) {
    return Optional.ofNullable(CODE_PAGES.get(number)).flatMap(Charsets::ofCodePage);
  }
}
