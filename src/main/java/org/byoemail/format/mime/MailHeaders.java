package org.byoemail.format.mime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Pattern;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EncodedWords;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.NamedAddress;
import org.jspecify.annotations.Nullable;

/**
 * The header of a mail or a part: its fields in order, and what the well-known ones say. Strange
 * content never throws: what cannot be read is empty. What is asked of every mail several times is
 * read once and kept. Thread-safe.
 */
public final class MailHeaders {
  private static final int MAX_FIELDS_READ = 20;
  private static final int MAX_FIELD_READ = 64 << 10;
  private static final String NULL_PATH = "<>";
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final List<String> FINGERPRINT =
      List.of("Message-ID", "Date", "From", "To", "Subject");

  private final List<HeaderField> fields;
  private final boolean charsetGuessed;
  private final List<HeaderField> fingerprinted;

  /** The addresses of the fields that were read for them. */
  private final AtomicReferenceArray<List<NamedAddress>> addresses;

  private volatile @Nullable String subject;
  private volatile @Nullable Boolean nullSender;
  private volatile @Nullable Boolean report;
  private volatile @Nullable AutoSubmitted autoSubmitted;

  /**
   * @param charsetGuessed whether raw text in it is no UTF-8, so that nothing says what it is in
   * @param fingerprinted the fields as fingerprints are made of them: stored ones have to stay
   *     true, whatever the parser learns
   */
  MailHeaders(List<HeaderField> fields, boolean charsetGuessed, List<HeaderField> fingerprinted) {
    this.fields = List.copyOf(fields);
    this.charsetGuessed = charsetGuessed;
    this.fingerprinted = List.copyOf(fingerprinted);
    this.addresses = new AtomicReferenceArray<>(fields.size());
  }

  /** Fields that were put together, and not read. */
  public MailHeaders(List<HeaderField> fields) {
    this(fields, false, fields);
  }

  /** All fields, in order. */
  public List<HeaderField> fields() {
    return fields;
  }

  /** Whether raw text in it is no UTF-8, so that nothing says what it is in. */
  boolean charsetGuessed() {
    return charsetGuessed;
  }

  /** The value of the first field of that name as it was sent, unfolded. */
  public Optional<String> first(String name) {
    return first(fields, name);
  }

  /** A loop, since most fields are asked for in every mail. */
  static Optional<String> first(List<HeaderField> fields, String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equalsIgnoreCase(name)) {
        return Optional.of(fields.get(i).value());
      }
    }
    return Optional.empty();
  }

  /** The values of all fields of that name, the topmost first. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    for (HeaderField field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        values.add(field.value());
      }
    }
    return List.copyOf(values);
  }

  /** The first value of that name with its encoded words decoded, on one line. */
  public Optional<String> decoded(String name) {
    return first(name).map(EncodedWords::decode);
  }

  /** The decoded subject; empty if absent. */
  public String subject() {
    String known = subject;
    if (known == null) {
      known = decoded("Subject").orElse("");
      subject = known;
    }
    return known;
  }

  /** The author; empty if the field holds no usable address: see {@link #fromName()}. */
  public Optional<NamedAddress> from() {
    return firstAddress("From");
  }

  /** The author's display name, or what stands in place of an address. */
  public String fromName() {
    return from().map(NamedAddress::name).orElseGet(() -> decoded("From").orElse(""));
  }

  public List<NamedAddress> replyTo() {
    return addresses("Reply-To");
  }

  public List<NamedAddress> to() {
    return addresses("To");
  }

  public List<NamedAddress> cc() {
    return addresses("Cc");
  }

  /** The addresses of every field of that name; what is no address is left out. */
  public List<NamedAddress> addresses(String name) {
    List<NamedAddress> all = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equalsIgnoreCase(name)) {
        all.addAll(addresses(i));
      }
    }
    return List.copyOf(all);
  }

  private List<NamedAddress> addresses(int field) {
    List<NamedAddress> known = addresses.get(field);
    if (known == null) {
      known = NamedAddress.parseAll(fields.get(field).value());
      addresses.set(field, known);
    }
    return known;
  }

  /** A header may repeat a field thousands of times, or have one of megabytes. */
  private Optional<NamedAddress> firstAddress(String name) {
    int count = 0;
    for (int i = 0; i < fields.size() && count < MAX_FIELDS_READ; i++) {
      if (fields.get(i).name().equalsIgnoreCase(name)) {
        count++;
        String value = fields.get(i).value();
        List<NamedAddress> read =
            value.length() <= MAX_FIELD_READ
                ? addresses(i)
                : NamedAddress.parseAll(value.substring(0, MAX_FIELD_READ));
        if (!read.isEmpty()) {
          return Optional.of(read.get(0));
        }
      }
    }
    return Optional.empty();
  }

  /** When the mail says it was written. */
  public Optional<Instant> date() {
    return date("Date");
  }

  /** The time in the first field of that name; empty if it holds none. */
  public Optional<Instant> date(String name) {
    return first(name).flatMap(MailDates::parse);
  }

  public Optional<MessageId> messageId() {
    return first("Message-ID").flatMap(MessageId::parse);
  }

  public Optional<MessageId> inReplyTo() {
    return first("In-Reply-To").flatMap(MessageId::parse);
  }

  /** The ids of the mails before this one, oldest first. */
  public List<MessageId> references() {
    return MessageId.parseAll(first("References").orElse(null));
  }

  /** The envelope sender, as the server of the mailbox recorded it; empty if null or unknown. */
  public Optional<EmailAddress> returnPath() {
    return firstAddress("Return-Path").map(NamedAddress::address);
  }

  /** Whether the envelope sender is null, as in every report (RFC 5321 section 4.5.5). */
  public boolean hasNullSender() {
    Boolean known = nullSender;
    if (known == null) {
      known = first("Return-Path").filter(MailHeaders::isNullPath).isPresent();
      nullSender = known;
    }
    return known;
  }

  private static boolean isNullPath(String path) {
    int read = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != ' ' && (c < '\t' || c > '\r')) {
        if (read == NULL_PATH.length() || c != NULL_PATH.charAt(read)) {
          return false;
        }
        read++;
      }
    }
    return read == NULL_PATH.length();
  }

  /** Adds what is wrong with the text of the fields, and with addresses in them. */
  void addTo(ParseProblems problems) {
    if (charsetGuessed) {
      problems.add(ParseProblems.CHARSET_GUESSED);
    }
    int ofAuthors = 0;
    for (int i = 0; i < fields.size(); i++) {
      HeaderField field = fields.get(i);
      if (field.value().contains("=?")) {
        EncodedWords.Read read = EncodedWords.read(field.value());
        problems.add(read.charsetGuessed(), ParseProblems.CHARSET_GUESSED);
        problems.add(read.encodingBroken(), ParseProblems.ENCODING_BROKEN);
      }
      if (isAuthor(field.name()) && ofAuthors++ < MAX_FIELDS_READ) {
        for (NamedAddress one : addresses(i)) {
          problems.add(!one.address().isValid(), ParseProblems.ADDRESS_ODD);
        }
      }
    }
  }

  private static boolean isAuthor(String name) {
    return name.equalsIgnoreCase("From")
        || name.equalsIgnoreCase("Reply-To")
        || name.equalsIgnoreCase("Sender")
        || name.equalsIgnoreCase("To")
        || name.equalsIgnoreCase("Cc");
  }

  /** Whether this mail was generated automatically. */
  public AutoSubmitted autoSubmitted() {
    AutoSubmitted known = autoSubmitted;
    if (known == null) {
      known = AutomaticMail.autoSubmitted(this);
      autoSubmitted = known;
    }
    return known;
  }

  /** Whether this mail came over a mailing list (RFC 2919, RFC 2369). */
  public boolean isListMail() {
    return AutomaticMail.isListMail(this);
  }

  /** The type in Content-Type without its parameters, in lower case; empty if absent. */
  public String type() {
    return HeaderParameters.value(first("Content-Type").orElse(""));
  }

  /** The parameter boundary of Content-Type; empty if absent. */
  public String boundary() {
    return HeaderParameters.parse(first("Content-Type").orElse(null))
        .parameters()
        .getOrDefault("boundary", "");
  }

  /**
   * Whether this mail may be a delivery report, so that it has to be read to the end before
   * anything is decided about it. Says yes too often rather than too seldom.
   */
  public boolean mayBeReport() {
    Boolean known = report;
    if (known == null) {
      known = AutomaticMail.mayBeReport(this);
      report = known;
    }
    return known;
  }

  /**
   * Identifies the same mail in any mailbox, at any time: SHA-256 over Message-ID, Date, From, To
   * and Subject as sent, however folded.
   *
   * @return 32 bytes
   */
  public byte[] fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String name : FINGERPRINT) {
        String value = first(fingerprinted, name).orElse("");
        value = BLANKS.matcher(value).replaceAll(" ").strip();
        // Values have no NUL in them, so this one cannot be mistaken for a part of one.
        digest.update((value + '\0').getBytes(StandardCharsets.UTF_8));
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MailHeaders that
        && charsetGuessed == that.charsetGuessed
        && fields.equals(that.fields)
        && fingerprinted.equals(that.fingerprinted);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** Field names only: the content of a mail must not be logged. */
  @Override
  public String toString() {
    return fields.stream().map(HeaderField::name).toList().toString();
  }
}
