package org.byoemail.format.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.MimePart;

/** The parts of a report, without the parts of the returned mail, which may be a report itself. */
final class ReportParts {
  /** The types of the part with the fields of RFC 3464 and RFC 6533. */
  static final Set<String> STATUS =
      Set.of("message/delivery-status", "message/global-delivery-status");

  private static final int MAX_FIELD_BYTES = 64 << 10;
  private static final MailParser PARSER = new MailParser();

  private ReportParts() {}

  /** The fields of a part such as message/feedback-report. */
  static MailHeaders fields(MimePart part) {
    String text = part.text(MAX_FIELD_BYTES).strip();
    return PARSER.parseHeader((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** The mails that are returned or forwarded in it and may be reports. */
  static Stream<MimePart> reports(MimePart root) {
    return of(root).stream()
        .filter(part -> part.is("message/rfc822") || part.is("message/global"))
        .flatMap(part -> part.children().stream())
        .filter(inner -> inner.headers().mayBeReport());
  }

  /** The part and those within it, in order. */
  static List<MimePart> of(MimePart part) {
    if (!part.is("multipart/*")) {
      return List.of(part);
    }
    List<MimePart> parts = new ArrayList<>();
    add(part, parts);
    return parts;
  }

  private static void add(MimePart part, List<MimePart> parts) {
    parts.add(part);
    if (part.is("multipart/*")) {
      part.children().forEach(child -> add(child, parts));
    }
  }

  /** The first part of one of these types. */
  static Optional<MimePart> first(MimePart root, Set<String> types) {
    for (MimePart part : of(root)) {
      if (types.contains(part.type())) {
        return Optional.of(part);
      }
    }
    return Optional.empty();
  }
}
