package org.byoemail.format.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.TransferEncoding;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;

/**
 * The fields of a message/delivery-status part (RFC 3464 section 2.1): the per-message fields, then
 * the per-recipient fields of each recipient. Groups should be separated by an empty line, but are
 * also sent without, with too many, or each encoded in base64.
 */
final class StatusFields {
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\s]{40,}+");
  private static final Set<String> PER_RECIPIENT =
      Set.of(
          "final-recipient",
          "original-recipient",
          "action",
          "status",
          "diagnostic-code",
          "remote-mta");

  private static final MailParser PARSER = new MailParser();
  private static final int MAX_RECIPIENTS = 1_000;
  private static final int MAX_TOGETHER = 100;

  private final List<HeaderField> perMessage = new ArrayList<>();
  private final List<MailHeaders> perRecipient = new ArrayList<>();
  private final List<HeaderField> group = new ArrayList<>();
  private final List<HeaderField> pending = new ArrayList<>();
  private final Set<String> seen = new TreeSet<>();

  StatusFields(String text) {
    read(text, true);
    endGroup();
  }

  private void read(String text, boolean mayBeEncoded) {
    StringBuilder block = new StringBuilder();
    int next = 0;
    while (next <= text.length()) {
      int end = text.indexOf('\n', next);
      String line = text.substring(next, end < 0 ? text.length() : end);
      next = end < 0 ? text.length() + 1 : end + 1;
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
    // Fields have colons.
    if (mayBeEncoded && block.indexOf(':') < 0 && BASE64.matcher(block.strip()).matches()) {
      decoded(block).ifPresent(inner -> read(inner, false));
      return;
    }
    if (seen.contains("action") && hasRecipient()) {
      endGroup();
    }
    pending.clear();
    for (HeaderField field : PARSER.parseHeader(block.getBytes(StandardCharsets.UTF_8)).fields()) {
      add(field);
    }
  }

  private static Optional<String> decoded(String block) {
    byte[] encoded = block.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = TransferEncoding.BASE64.decode(encoded, 0, encoded.length);
    String text = new String(bytes, StandardCharsets.UTF_8).replace("\r\n", "\n");
    return text.toLowerCase(Locale.ROOT).contains("recipient:")
        ? Optional.of(text)
        : Optional.empty();
  }

  private void add(HeaderField field) {
    String name = field.name().toLowerCase(Locale.ROOT);
    if (!isPerRecipient(field)) {
      (seen.isEmpty() ? perMessage : group).add(field);
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
    if (hasRecipient() && perRecipient.size() < MAX_RECIPIENTS) {
      addGroup();
    }
    group.clear();
    seen.clear();
  }

  private void addGroup() {
    List<HeaderField> names = group.stream().filter(StatusFields::namesRecipient).toList();
    if (seen.stream().allMatch(name -> name.endsWith("-recipient"))) {
      // Without an empty line between them, the fields of several recipients may follow the last.
      names.stream().limit(MAX_TOGETHER - pending.size()).forEach(pending::add);
      return;
    }
    pending.forEach(field -> perRecipient.add(headers(field)));
    pending.clear();
    if (names.size() > 1 || !addEach(names.get(0))) {
      perRecipient.add(new MailHeaders(group));
    }
  }

  /** A group for each, if one field names several. */
  private boolean addEach(HeaderField names) {
    if (names.value().indexOf(',') < 0) {
      return false;
    }
    List<NamedAddress> several = NamedAddress.parseAll(RecipientFields.withoutType(names.value()));
    if (several.size() < 2 || several.size() > MAX_TOGETHER) {
      return false;
    }
    for (NamedAddress each : several) {
      HeaderField name = new HeaderField(names.name(), each.address().written());
      perRecipient.add(headers(name));
    }
    return true;
  }

  /** The fields of this group with another recipient. */
  private MailHeaders headers(HeaderField name) {
    Stream<HeaderField> others =
        group.stream().filter(StatusFields::isPerRecipient).filter(field -> !namesRecipient(field));
    return new MailHeaders(Stream.concat(Stream.of(name), others).toList());
  }

  private static boolean isPerRecipient(HeaderField field) {
    return PER_RECIPIENT.contains(field.name().toLowerCase(Locale.ROOT));
  }

  private static boolean namesRecipient(HeaderField field) {
    return field.name().toLowerCase(Locale.ROOT).endsWith("-recipient");
  }

  /** The per-message fields: those before the first recipient. */
  MailHeaders perMessage() {
    return new MailHeaders(perMessage);
  }

  List<MailHeaders> perRecipient() {
    return List.copyOf(perRecipient);
  }
}
