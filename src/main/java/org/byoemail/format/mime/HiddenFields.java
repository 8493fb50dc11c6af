package org.byoemail.format.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.byoemail.format.mail.ByteSlice;

/** Finds the MIME fields that an empty line has cut off from the header they belong to. */
final class HiddenFields {
  private HiddenFields() {}

  /** The header with the fields that stand at the start of the body, if it lacks a type. */
  static HeaderReader.Header join(ParseRun run, HeaderReader.Header header, ByteSlice source) {
    if (hasType(header)) {
      return header;
    }
    LineScanner lines = LineScanner.of(source.startingAt(header.bodyStart()));
    boolean more = lines.advance();
    while (more && lines.isBlank()) {
      more = lines.advance();
    }
    if (!more || !isMimeField(lines.fieldName())) {
      return header;
    }
    HeaderReader.Header hidden = HeaderReader.ofPart(run, source.startingAt(lines.start));
    if (!hasType(hidden)) {
      return header;
    }
    run.problems.add(ParseProblems.HEADER_SPLIT);
    List<HeaderReader.Field> all = new ArrayList<>(header.fields());
    // Only these: the others of a header say the same whether or not the body was read.
    hidden.fields().stream().filter(each -> isMimeField(each.field().name())).forEach(all::add);
    return new HeaderReader.Header(List.copyOf(all), hidden.bodyStart());
  }

  private static boolean hasType(HeaderReader.Header header) {
    return header.first("Content-Type").isPresent();
  }

  private static boolean isMimeField(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("content-") || lower.equals("mime-version");
  }
}
