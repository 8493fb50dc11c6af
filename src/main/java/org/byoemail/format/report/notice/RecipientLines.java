package org.byoemail.format.report.notice;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.byoemail.format.mail.EmailAddress;

/**
 * Finds the failed recipients in the lines of a notice. The ways in which notices name a recipient
 * are tried from the clearest to the vaguest; the first that finds one counts. In a mail that may
 * be from a person or a shop, addresses within a sentence do not count.
 */
final class RecipientLines {
  private static final Set<String> JOINERS =
      Set.of(",", ";", "and", ", and", "&", "or", "und", "et", "y", "e", "en", "och", "i", "и");

  private final List<NoticeLine> lines;
  private final MtaSignature signature;
  private final Set<EmailAddress> excluded;

  /** The lines of recipients that the mail arrived at. */
  private final BitSet arrived;

  /** The recipients, with the index of their line. */
  private final Map<EmailAddress, Integer> found = new LinkedHashMap<>();

  /**
   * @param excluded addresses that are no recipients: the author's and the server's
   */
  RecipientLines(List<NoticeLine> lines, MtaSignature signature, Set<EmailAddress> excluded) {
    this.lines = lines;
    this.signature = signature;
    this.excluded = excluded;
    this.arrived = ArrivalLines.in(lines);
  }

  /** The recipients, with the index of their line; empty if none is named. */
  Map<EmailAddress, Integer> find(NoticeAuthor author) {
    for (Runnable way : ways(author)) {
      way.run();
      if (!found.isEmpty()) {
        break;
      }
    }
    return found;
  }

  private List<Runnable> ways(NoticeAuthor author) {
    Runnable withColon = () -> leading(line -> line.afterAddress().startsWith(":"));
    Runnable alone = () -> leading(NoticeLine::isAddress);
    Runnable withReason = () -> leading(RecipientLines::isFollowedByReason);
    Runnable inBrackets = () -> leading(line -> line.text().startsWith("<"));
    return switch (author) {
      case MACHINE ->
          List.of(
              () -> labelled(signature.recipientLabels()),
              this::listed,
              withColon,
              () -> labelled(RecipientLabels.CLEAR),
              alone,
              withReason,
              this::inTranscript,
              this::announcedInLine,
              inBrackets,
              () -> labelled(RecipientLabels.VAGUE));
      case SYSTEM ->
          List.of(
              this::listed,
              withColon,
              this::fields,
              alone,
              withReason,
              this::inTranscript,
              inBrackets);
      case ANYBODY -> List.of(this::listed);
    };
  }

  private void add(FoundAddress address, int line) {
    if (!excluded.contains(address.address()) && !arrived.get(line)) {
      found.putIfAbsent(address.address(), line);
    }
  }

  /** An address, and those that follow in its line with only a comma or "and" between them. */
  private void addAll(FoundAddress first, int index) {
    NoticeLine line = lines.get(index);
    add(first, index);
    FoundAddress last = first;
    for (FoundAddress next : line.addresses()) {
      if (next.start() >= last.end()) {
        if (!JOINERS.contains(line.lower().substring(last.end(), next.start()).strip())) {
          return;
        }
        add(next, index);
        last = next;
      }
    }
  }

  /** Addresses at the start of lines below one that announces them. */
  private void listed() {
    boolean announced = false;
    int indent = -1;
    boolean afterBlank = true;
    for (int i = 0; i < lines.size(); i++) {
      NoticeLine line = lines.get(i);
      if (line.isBlank()) {
        afterBlank = true;
        continue;
      }
      if (RecipientLabels.announces(line.lower())) {
        announced = true;
        indent = -1;
      } else if (line.isHeading() && line.addresses().isEmpty()) {
        announced = false;
      } else if (announced && line.startsWithAddress() && isListed(line)) {
        // A deeper indent continues the diagnostic of the recipient above.
        if (indent < 0 || line.indent() <= indent || afterBlank && line.isAddress()) {
          addAll(line.leadingAddress(), i);
          indent = indent < 0 ? line.indent() : indent;
        }
      }
      afterBlank = false;
    }
  }

  /** Addresses in the line that announces them. */
  private void announcedInLine() {
    for (int i = 0; i < lines.size(); i++) {
      NoticeLine line = lines.get(i);
      if (!line.addresses().isEmpty()
          && RecipientLabels.announces(
              line.lower().substring(0, line.addresses().get(0).start()))) {
        addAll(line.addresses().get(0), i);
      }
    }
  }

  private static boolean isListed(NoticeLine line) {
    return line.isAddress()
        || isFollowedByReason(line)
        || line.text().startsWith("<")
        || line.indent() > 0;
  }

  private static boolean isFollowedByReason(NoticeLine line) {
    String rest = line.afterAddress();
    return rest.startsWith(":")
        || rest.startsWith("(")
        || rest.startsWith("[")
        || rest.startsWith("...")
        || rest.startsWith("- ")
        || rest.startsWith("on ")
        || rest.startsWith("; on ")
        || rest.startsWith("Invalid ")
        || rest.startsWith("=");
  }

  private void leading(Predicate<NoticeLine> isIt) {
    for (int i = 0; i < lines.size(); i++) {
      NoticeLine line = lines.get(i);
      if (line.startsWithAddress() && isIt.test(line)) {
        addAll(line.leadingAddress(), i);
      }
    }
  }

  /** Addresses right after a label, or alone in the line below one. */
  private void labelled(List<String> labels) {
    for (int i = 0; i < lines.size() && !labels.isEmpty(); i++) {
      NoticeLine line = lines.get(i);
      int from = 0;
      for (FoundAddress address : line.addresses()) {
        String before = line.lower().substring(Math.min(from, address.start()), address.start());
        if (RecipientLabels.endsWithOne(before, labels)) {
          addAll(address, i);
        }
        from = address.end();
      }
      boolean nextIsAddress = i + 1 < lines.size() && lines.get(i + 1).isAddress();
      if (nextIsAddress && RecipientLabels.endsWithOne(line.lower(), labels)) {
        add(lines.get(i + 1).addresses().get(0), i + 1);
      }
    }
  }

  /** Addresses that are all that follows a label in a line. */
  private void fields() {
    for (int i = 0; i < lines.size(); i++) {
      NoticeLine line = lines.get(i);
      if (line.endsWithAddress()) {
        String before = line.lower().substring(0, line.addresses().get(0).start());
        if (RecipientLabels.isField(before)) {
          add(line.addresses().get(0), i);
        }
      }
    }
  }

  /** Addresses in the transcript of an SMTP session. */
  private void inTranscript() {
    for (int i = 0; i < lines.size(); i++) {
      NoticeLine line = lines.get(i);
      if (!line.addresses().isEmpty() && SmtpWords.isRefusal(line.lower())) {
        add(line.addresses().get(0), i);
      }
    }
  }
}
