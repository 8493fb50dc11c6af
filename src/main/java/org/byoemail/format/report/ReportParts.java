package org.byoemail.format.report;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.MimePart;

/** The parts of a report, without those of the returned mail, which may be a report itself. */
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

  /** The mails that are returned or forwarded in it. */
  static Stream<MimePart> mails(MimePart root) {
    return of(root)
        .filter(part -> part.is("message/rfc822") || part.is("message/global"))
        .flatMap(part -> part.children().stream());
  }

  static Stream<MimePart> of(MimePart part) {
    return part.is("multipart/*")
        ? Stream.concat(Stream.of(part), part.children().stream().flatMap(ReportParts::of))
        : Stream.of(part);
  }
}
