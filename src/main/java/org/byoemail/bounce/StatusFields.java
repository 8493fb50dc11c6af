package org.byoemail.bounce;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.byoemail.mail.HeaderField;
import org.byoemail.mime.MailHeaders;
import org.byoemail.mime.MailParser;

/**
 * The fields of a message/delivery-status part (RFC 3464 section 2.1): one group about the mail,
 * then one for each recipient. Groups should be separated by an empty line, but are also sent with
 * none between them, with too many, or encoded in base64 one by one.
 */
final class StatusFields {
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/\\s]{40,}+={0,2}");
  private static final Set<String> OF_RECIPIENT =
      Set.of(
          "final-recipient",
          "original-recipient",
          "action",
          "status",
          "diagnostic-code",
          "remote-mta");

  private final MailParser parser = new MailParser();
  private final List<HeaderField> ofMail = new ArrayList<>();
  private final List<MailHeaders> ofRecipients = new ArrayList<>();
  private final List<HeaderField> group = new ArrayList<>();
  private final Set<String> seen = new TreeSet<>();

  StatusFields(String text) {
    read(text, true);
    endGroup();
  }

  private void read(String text, boolean mayBeEncoded) {
    StringBuilder block = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank()) {
        block.append(line).append('\n');
      } else if (!block.isEmpty()) {
        readBlock(block.toString(), mayBeEncoded);
        block.setLength(0);
      }
    }
    readBlock(block.toString(), mayBeEncoded);
  }

  private void readBlock(String block, boolean mayBeEncoded) {
    if (mayBeEncoded && BASE64.matcher(block.strip()).matches()) {
      decoded(block).ifPresent(inner -> read(inner, false));
      return;
    }
    if (seen.contains("action") && hasRecipient()) {
      endGroup();
    }
    parser.parseHeader(block.getBytes(StandardCharsets.UTF_8)).fields().forEach(this::add);
  }

  private static Optional<String> decoded(String block) {
    byte[] bytes = Base64.getMimeDecoder().decode(trimmed(block.replaceAll("[\\s=]", "")));
    String text = new String(bytes, StandardCharsets.UTF_8).replace("\r\n", "\n");
    return text.toLowerCase(Locale.ROOT).contains("recipient:")
        ? Optional.of(text)
        : Optional.empty();
  }

  /** A single character left over stands for nothing. */
  private static String trimmed(String base64) {
    return base64.length() % 4 == 1 ? base64.substring(0, base64.length() - 1) : base64;
  }

  private void add(HeaderField field) {
    String name = field.name().toLowerCase(Locale.ROOT);
    if (!OF_RECIPIENT.contains(name)) {
      (seen.isEmpty() ? ofMail : group).add(field);
      return;
    }
    if (seen.contains(name) && hasRecipient()) {
      endGroup();
    }
    seen.add(name);
    group.add(field);
  }

  private boolean hasRecipient() {
    return seen.contains("final-recipient") || seen.contains("original-recipient");
  }

  private void endGroup() {
    if (hasRecipient()) {
      ofRecipients.add(new MailHeaders(group));
    }
    group.clear();
    seen.clear();
  }

  /** The fields in front of those of the first recipient. */
  MailHeaders ofMail() {
    return new MailHeaders(ofMail);
  }

  List<MailHeaders> ofRecipients() {
    return List.copyOf(ofRecipients);
  }
}
