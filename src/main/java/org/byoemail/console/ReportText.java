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

/** Reads the words of a report from its raw mail: those for people, and those for machines. */
@Component
class ReportText {
  private static final int LONGEST = 100_000;

  private static final int COPIES = 4;
  private static final int LARGEST = 10 << 20;

  private final Inbox inbox;
  private final ResponseBudget budget;
  // Whatever its server said of its size.
  private final MailParser parser =
      new MailParser(
          new ParseLimits(
              LARGEST,
              ParseLimits.DEFAULT.depth(),
              ParseLimits.DEFAULT.parts(),
              ParseLimits.DEFAULT.headerBytes(),
              ParseLimits.DEFAULT.fieldBytes(),
              LONGEST));

  ReportText(Inbox inbox, ResponseBudget budget) {
    this.budget = budget;
    this.inbox = inbox;
  }

  /**
   * What a report says.
   *
   * @param subject of the report
   * @param text for people
   * @param fields for machines (RFC 3464); empty where it has none
   */
  record Words(String subject, String text, String fields) {}

  /** The words of a report; empty where its mail is not kept. */
  Optional<Words> of(UUID inboundMail) {
    return inbox.find(null, inboundMail).flatMap(this::read);
  }

  private Optional<Words> read(InboxEntry item) {
    return budget.during(Math.min(item.size(), LARGEST) * COPIES, () -> readWhole(item));
  }

  private Optional<Words> readWhole(InboxEntry item) {
    Optional<InputStream> raw = inbox.raw(item);
    if (raw.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = raw.get()) {
      ParsedMail mail = parser.parse(in);
      String fields =
          parts(mail.root())
              .filter(part -> part.is("message/*") && part.children().isEmpty())
              .map(part -> part.text(LONGEST))
              .collect(Collectors.joining("\n"));
      return Optional.of(
          new Words(mail.headers().subject(), bounded(mail.text()), bounded(fields)));
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
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }
}
