package org.byoemail.outbound.composition;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with placeholders for the body and the fields of a message: {@code {{body}}} once, and
 * {@code {{subject}}}, {@code {{fromName}}}, {@code {{fromAddress}}}, {@code {{organization}}}.
 */
final class BodyTemplate {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([^{}\n]{0,50})}}");
  private static final String BODY = "body";
  private static final Set<String> KNOWN =
      Set.of(BODY, "subject", "fromName", "fromAddress", "organization");

  private final String source;

  /**
   * @throws IllegalArgumentException if it has another place, or not one for the body
   */
  BodyTemplate(String source) {
    this.source = source.replace("\r\n", "\n").replace('\r', '\n');
    int bodies = 0;
    for (Matcher place = PLACE.matcher(this.source); place.find(); ) {
      if (!KNOWN.contains(place.group(1).strip())) {
        throw new IllegalArgumentException(
            place.group() + " is none of the places " + KNOWN.stream().sorted().toList());
      }
      bodies += place.group(1).strip().equals(BODY) ? 1 : 0;
    }
    if (bodies != 1) {
      throw new IllegalArgumentException(
          "{{body}} must be there once, and is " + bodies + " times");
    }
  }

  /** Fills in the placeholders; inserted text is not expanded again. */
  String around(String body, Map<String, String> values) {
    return PLACE
        .matcher(source)
        .replaceAll(
            place -> {
              String name = place.group(1).strip();
              return Matcher.quoteReplacement(
                  name.equals(BODY) ? body : values.getOrDefault(name, ""));
            });
  }
}
