package org.byoemail.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.MimePart;
import org.byoemail.format.mime.ParseLimits;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.platform.access.ResponseBudget;
import org.springframework.stereotype.Component;

/** Reads the text and the status fields of a report from its raw mail. */
@Component
class ReportText {
  private static final int MAX_LENGTH = 100_000;

  private static final int COPIES = 4;
  private static final int MAX_BYTES = 10 << 20;

  private final Inbox inbox;
  private final ResponseBudget budget;
  // Bounded by itself: the size that the server announced may be wrong.
  private final MailParser parser =
      new MailParser(
          new ParseLimits(
              MAX_BYTES,
              ParseLimits.DEFAULT.depth(),
              ParseLimits.DEFAULT.parts(),
              ParseLimits.DEFAULT.headerBytes(),
              ParseLimits.DEFAULT.fieldBytes(),
              MAX_LENGTH));

  ReportText(Inbox inbox, ResponseBudget budget) {
    this.budget = budget;
    this.inbox = inbox;
  }

  /**
   * The content of a report.
   *
   * @param text for people
   * @param fields for machines (RFC 3464); empty if absent
   */
  record Content(String subject, String text, String fields) {}

  /** The content of a report; empty if its mail is not stored. */
  Optional<Content> of(UUID inboundMail) {
    return inbox.find(null, inboundMail).flatMap(this::read);
  }

  private Optional<Content> read(InboxEntry item) {
    return budget.during(Math.min(item.size(), MAX_BYTES) * COPIES, () -> readWhole(item));
  }

  private Optional<Content> readWhole(InboxEntry item) {
    Optional<InputStream> raw = inbox.raw(item);
    if (raw.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = raw.get()) {
      ParsedMail mail = parser.parse(in);
      String fields =
          parts(mail.root())
              .filter(part -> part.is("message/*") && part.children().isEmpty())
              .map(part -> part.text(MAX_LENGTH))
              .collect(Collectors.joining("\n"));
      return Optional.of(
          new Content(mail.headers().subject(), bounded(mail.text()), bounded(fields)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the raw mail " + item.id(), e);
    }
  }

  private static Stream<MimePart> parts(MimePart part) {
    return part.is("multipart/*")
        ? part.children().stream().flatMap(ReportText::parts)
        : Stream.of(part);
  }

  private static String bounded(String text) {
    return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
  }
}
