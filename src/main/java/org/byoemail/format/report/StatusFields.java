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
 * The fields of a message/delivery-status part (RFC 3464 section 2.1): one group about the mail,
 * then one for each recipient. Groups should be separated by an empty line, but are also sent with
 * none between them, with too many, or encoded in base64 one by one.
 */
final class StatusFields {
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/=\\s]{40,}+");
  private static final Set<String> OF_RECIPIENT =
      Set.of(
          "final-recipient",
          "original-recipient",
          "action",
          "status",
          "diagnostic-code",
          "remote-mta");

  private static final int MAX_RECIPIENTS = 1_000;
  private static final int MAX_TOGETHER = 100;

  private final MailParser parser = new MailParser();
  private final List<HeaderField> ofMail = new ArrayList<>();
  private final List<MailHeaders> ofRecipients = new ArrayList<>();
  private final List<HeaderField> group = new ArrayList<>();
  private final List<HeaderField> untold = new ArrayList<>();
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
    untold.clear();
    parser.parseHeader(block.getBytes(StandardCharsets.UTF_8)).fields().forEach(this::add);
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
    if (!isOfRecipient(field)) {
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
    if (hasRecipient() && ofRecipients.size() < MAX_RECIPIENTS) {
      addGroup();
    }
    group.clear();
    seen.clear();
  }

  private void addGroup() {
    List<HeaderField> names = group.stream().filter(StatusFields::namesRecipient).toList();
    if (seen.stream().allMatch(name -> name.endsWith("-recipient"))) {
      // What became of it may stand below the next, if no empty line does.
      names.stream().limit(MAX_TOGETHER - untold.size()).forEach(untold::add);
      return;
    }
    untold.forEach(field -> ofRecipients.add(headers(field)));
    untold.clear();
    if (names.size() > 1 || !addEach(names.get(0))) {
      ofRecipients.add(new MailHeaders(group));
    }
  }

  /** Where one field names several, a group for each. */
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
      ofRecipients.add(headers(name));
    }
    return true;
  }

  /** What is told of a recipient in this group, for another. */
  private MailHeaders headers(HeaderField name) {
    Stream<HeaderField> told =
        group.stream().filter(StatusFields::isOfRecipient).filter(field -> !namesRecipient(field));
    return new MailHeaders(Stream.concat(Stream.of(name), told).toList());
  }

  private static boolean isOfRecipient(HeaderField field) {
    return OF_RECIPIENT.contains(field.name().toLowerCase(Locale.ROOT));
  }

  private static boolean namesRecipient(HeaderField field) {
    return field.name().toLowerCase(Locale.ROOT).endsWith("-recipient");
  }

  /** The fields in front of those of the first recipient. */
  MailHeaders ofMail() {
    return new MailHeaders(ofMail);
  }

  List<MailHeaders> ofRecipients() {
    return List.copyOf(ofRecipients);
  }
}
