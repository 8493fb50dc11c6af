package org.byoemail.outbound.submission;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.outbound.composition.AttemptHeader;
import org.byoemail.outbound.composition.BodyParts;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads submissions, strictly: a field that is unknown or of another type is refused by name, and
 * nothing is coerced. What depends on stored data (the sender, uploaded files, the message replied
 * to) is left to {@link Submissions}. Safe for use by many threads.
 */
@Component
public class SubmissionReader {

  /** The fields of a submission. */
  static final Set<String> FIELDS =
      Set.of(
          "id",
          "from",
          "to",
          "cc",
          "bcc",
          "replyTo",
          "subject",
          "body",
          "bodyFormat",
          "text",
          "html",
          "inReplyTo",
          "headers",
          "attachments",
          "sendAt",
          "expiresAt",
          "priority",
          "autoSubmitted",
          "listUnsubscribe",
          "requestDeliveryReport",
          "metadata");

  private static final ObjectMapper METADATA = new ObjectMapper();
  private static final int MAX_ID_LENGTH = 200;
  private static final int MAX_SUBJECT_LENGTH = 900;
  private static final int MAX_METADATA_LENGTH = 16_384;
  private static final int PRIORITIES = 9;
  private static final int MAX_ERRORS = 100;
  private static final int MAX_ERROR_LENGTH = 500;

  private final SubmissionJson json;
  private final ObjectMapper mapper;
  private final HeaderRules headers;
  private final FileRules files;
  private final int maxRecipients;
  private final int largest;

  SubmissionReader(SubmissionSettings settings, AttemptHeader attemptHeader) {
    this.json = new SubmissionJson(settings);
    this.mapper = SubmissionDigest.canonical(json.factory());
    this.headers = new HeaderRules(attemptHeader.name());
    this.files = new FileRules(settings.maxAttachments());
    this.maxRecipients = settings.maxRecipients();
    this.largest = (int) (2 * settings.maxMessageSize().toBytes());
  }

  /**
   * Reads bytes, as UTF-8.
   *
   * @throws SubmissionRejected naming as many errors as possible
   * @throws UncheckedIOException if the stream breaks; nothing is wrong with the submission then
   */
  public Submission read(InputStream bytes) {
    return read(bytes, null);
  }

  /**
   * Reads a submission in UTF-8 whose id may be given separately, which is the same as an id in the
   * body.
   *
   * @param key the value of Idempotency-Key; null if it is not given
   * @throws SubmissionRejected naming as many errors as possible
   * @throws UncheckedIOException if the stream breaks; nothing is wrong with the submission then
   */
  public Submission read(InputStream bytes, @Nullable String key) {
    ObjectNode node = json(bytes, key);
    return bounded(() -> read(node));
  }

  /**
   * Reads the JSON of a submission that is completed before {@link #read(ObjectNode, String)}.
   *
   * @param key as in {@link #read(InputStream, String)}
   */
  public ObjectNode json(InputStream bytes, @Nullable String key) {
    try {
      JsonParser parser = json.factory().createParser(bytes);
      ObjectNode node = bounded(() -> json.read(parser));
      if (key != null) {
        identify(node, key);
      }
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a submission", e);
    }
  }

  /**
   * What distinguishes a request from others of the same id.
   *
   * @param about what it is about, in addition to its JSON
   */
  public String digest(ObjectNode request, String about) {
    ObjectNode all = mapper.createObjectNode().put("about", about);
    all.set("request", request);
    return bounded(() -> SubmissionDigest.of(mapper, all));
  }

  /**
   * Reads JSON that was completed.
   *
   * @param digest of what the producer handed in
   * @throws SubmissionRejected naming as many errors as possible
   */
  public Submission read(ObjectNode completed, String digest) {
    return bounded(() -> submission(completed, digest));
  }

  /**
   * Reads JSON that need not have recipients and a body yet.
   *
   * @throws SubmissionRejected naming as many errors as possible
   */
  public Submission readDraft(ObjectNode draft) {
    return bounded(() -> submission(draft, SubmissionDigest.of(mapper, draft), false));
  }

  /**
   * Reads text.
   *
   * @throws SubmissionRejected naming as many errors as possible
   */
  public Submission read(String text) {
    if (text.length() > largest) {
      throw new SubmissionRejected(
          null, "", "is too large: longer than " + largest + " characters");
    }
    try {
      return read(json.factory().createParser(text));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a submission", e);
    }
  }

  /**
   * Reads text.
   *
   * @throws SubmissionRejected naming as many errors as possible
   * @throws UncheckedIOException if it cannot be read at all; nothing is wrong with the submission
   *     then
   */
  public Submission read(Reader text) {
    try {
      return read(json.factory().createParser(text));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a submission", e);
    }
  }

  /** The largest submission that is looked at, in bytes or characters. */
  public int largest() {
    return largest;
  }

  private Submission read(JsonParser parser) {
    return bounded(() -> read(json.read(parser)));
  }

  private Submission read(ObjectNode node) {
    return submission(node, SubmissionDigest.of(mapper, node));
  }

  private static <T> T bounded(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (StackOverflowError e) {
      // Its depth is bounded, and yet: whatever it is in it, it would come again and again.
      throw new SubmissionRejected(null, "", "is nested too deeply");
    }
  }

  private static void identify(ObjectNode node, String key) {
    JsonNode id = node.get("id");
    if (id == null || id.isNull()) {
      node.put("id", key);
    } else if (!key.equals(id.textValue())) {
      throw new SubmissionRejected(
          null,
          List.of(
              new InvalidField(
                  "id", "differs from Idempotency-Key: give only one, or the same in both"),
              new InvalidField("Idempotency-Key", "differs from id")));
    }
  }

  private Submission submission(ObjectNode node, String digest) {
    return submission(node, digest, true);
  }

  private Submission submission(ObjectNode node, String digest, boolean mustBeComplete) {
    List<InvalidField> invalid = new ArrayList<>();
    JsonFields fields = new JsonFields(node, "", invalid);
    fields.only(FIELDS);
    String id = id(fields);
    SenderField from = from(fields);
    boolean tooMany = !recipients(fields, mustBeComplete);
    BodyParts body = body(fields, mustBeComplete);
    Submission submission =
        new Submission(
            id,
            from.place(),
            from.name(),
            tooMany ? List.of() : List.copyOf(fields.list("to", AddressText::parse)),
            tooMany ? List.of() : List.copyOf(fields.list("cc", AddressText::parse)),
            tooMany ? List.of() : List.copyOf(fields.list("bcc", AddressText::parse)),
            replyTo(fields),
            subject(fields),
            body.text(),
            body.html(),
            fields.uuid("inReplyTo"),
            List.copyOf(headers.read(fields)),
            List.copyOf(files.read(fields, invalid)),
            fields.instant("sendAt"),
            fields.instant("expiresAt"),
            priority(fields),
            fields.flag("autoSubmitted"),
            fields.flag("listUnsubscribe"),
            fields.flag("requestDeliveryReport"),
            metadata(fields),
            digest);
    if (!invalid.isEmpty()) {
      throw new SubmissionRejected(id, summarized(invalid));
    }
    return submission;
  }

  /** The first errors, each shortened: a producer must be able to read them. */
  private static List<InvalidField> summarized(List<InvalidField> invalid) {
    List<InvalidField> summary = new ArrayList<>();
    for (InvalidField error : invalid.subList(0, Math.min(invalid.size(), MAX_ERRORS))) {
      summary.add(new InvalidField(shortened(error.field()), shortened(error.reason())));
    }
    if (invalid.size() > MAX_ERRORS) {
      summary.add(new InvalidField("", (invalid.size() - MAX_ERRORS) + " more errors"));
    }
    return summary;
  }

  private static String shortened(String text) {
    return text.length() <= MAX_ERROR_LENGTH ? text : text.substring(0, MAX_ERROR_LENGTH) + "...";
  }

  private record SenderField(String place, String name) {}

  private static SenderField from(JsonFields fields) {
    String text = fields.text("from");
    if (text == null) {
      if (!fields.has("from")) {
        fields.refuse("from", "is missing");
      }
      return new SenderField("", "");
    }
    if (!text.contains("@")) {
      if (!isUuid(text)) {
        fields.refuse(
            "from",
            text.isBlank()
                ? "is empty"
                : "is neither an address (local@domain) nor the id of an endpoint (a UUID)");
        return new SenderField("", "");
      }
      return new SenderField(String.valueOf(fields.uuid("from")), "");
    }
    List<NamedAddress> one = fields.list("from", AddressText::parse);
    return one.isEmpty()
        ? new SenderField("", "")
        : new SenderField(one.get(0).address().value(), one.get(0).name());
  }

  private static boolean isUuid(String text) {
    return text.length() == 36 && text.charAt(8) == '-' && text.charAt(23) == '-';
  }

  private static @Nullable NamedAddress replyTo(JsonFields fields) {
    JsonNode value = fields.get("replyTo");
    if (value != null && value.isArray() && value.size() != 1) {
      fields.refuse("replyTo", "must be one address");
      return null;
    }
    return fields.list("replyTo", AddressText::parse).stream().findFirst().orElse(null);
  }

  private static @Nullable String id(JsonFields fields) {
    String id = fields.line("id", MAX_ID_LENGTH);
    if (id != null && id.isBlank()) {
      fields.refuse("id", "is empty");
      return null;
    }
    return id;
  }

  /** Whether their number is right. */
  private boolean recipients(JsonFields fields, boolean mustBeComplete) {
    int count = 0;
    for (String kind : List.of("to", "cc", "bcc")) {
      JsonNode value = fields.get(kind);
      count += value == null ? 0 : value.isArray() ? value.size() : 1;
    }
    if (count == 0 && mustBeComplete) {
      fields.refuse("to", "is missing: a message needs a recipient in to, cc or bcc");
    }
    if (count > maxRecipients) {
      fields.refuse("to", "has more than " + maxRecipients + " recipients, with cc and bcc");
    }
    return count <= maxRecipients;
  }

  private static String subject(JsonFields fields) {
    String subject = fields.line("subject", MAX_SUBJECT_LENGTH);
    return subject == null ? "" : subject.strip();
  }

  private static BodyParts body(JsonFields fields, boolean mustBeComplete) {
    String body = fields.text("body");
    String text = fields.text("text");
    String html = fields.text("html");
    boolean parts = fields.has("text") || fields.has("html");
    if (fields.has("body") == parts && (parts || mustBeComplete)) {
      fields.refuse(
          "body",
          parts
              ? "cannot be there together with text or html"
              : "is missing: give body, text or html");
    }
    BodyParts.Format format = format(fields);
    return body == null ? BodyParts.of(text, html) : BodyParts.of(body, format);
  }

  private static BodyParts.Format format(JsonFields fields) {
    String word = fields.text("bodyFormat");
    if (word == null) {
      return BodyParts.Format.AUTO;
    }
    if (!fields.has("body")) {
      fields.refuse("bodyFormat", "needs body");
    }
    return BodyParts.Format.of(word)
        .orElseGet(
            () -> {
              fields.refuse("bodyFormat", "must be auto, text, markdown or html");
              return BodyParts.Format.AUTO;
            });
  }

  private static int priority(JsonFields fields) {
    JsonNode value = fields.get("priority");
    if (value == null) {
      return 0;
    }
    if (!value.isIntegralNumber() || Math.abs(value.doubleValue()) > PRIORITIES) {
      fields.refuse("priority", "must be a whole number from -9 to 9");
      return 0;
    }
    return value.intValue();
  }

  private Map<String, Object> metadata(JsonFields fields) {
    JsonNode value = fields.get("metadata");
    if (value == null) {
      return Map.of();
    }
    if (!value.isObject()) {
      fields.refuse("metadata", "must be an object");
      return Map.of();
    }
    if (value.toString().length() > MAX_METADATA_LENGTH) {
      fields.refuse("metadata", "is longer than " + MAX_METADATA_LENGTH + " characters of JSON");
      return Map.of();
    }
    // Not by the canonical mapper, which leaves nulls out.
    return METADATA.convertValue(value, new TypeReference<Map<String, Object>>() {});
  }
}
