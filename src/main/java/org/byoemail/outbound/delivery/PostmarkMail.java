package org.byoemail.outbound.delivery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.outbound.composition.BodyParts;
import org.byoemail.outbound.composition.BodyTemplates;
import org.byoemail.outbound.composition.EncodedSize;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Writes a mail in the JSON of Postmark's API. Files go through a temporary file and are never held
 * in memory. Safe for use by many threads.
 */
@Component
public class PostmarkMail {
  /** The name of the attempt's id in the metadata of the JSON. */
  public static final String ATTEMPT = "attempt";

  // Fields of their own in the JSON, made by Postmark, or about the MIME form that it makes.
  private static final Set<String> NOT_AS_HEADERS =
      Set.of("from", "to", "cc", "bcc", "reply-to", "subject", "date", "mime-version");

  private final TransportSettings.Postmark settings;
  private final ContentStore content;
  private final BodyTemplates templates;
  private final JsonFactory json = new JsonFactory();

  PostmarkMail(TransportSettings settings, ContentStore content, BodyTemplates templates) {
    this.settings = settings.postmark();
    this.content = content;
    this.templates = templates;
  }

  /** A written mail; closing it removes it. */
  record Json(Path file) implements AutoCloseable {
    BodyPublisher publisher() throws IOException {
      return BodyPublishers.ofFile(file);
    }

    @Override
    public void close() throws IOException {
      Files.deleteIfExists(file);
    }
  }

  /** About how large it is when it is sent. */
  long size(OutgoingMail mail) {
    return length(mail.message().text())
        + length(mail.message().html())
        + mail.files().stream().mapToLong(file -> EncodedSize.base64(file.size())).sum();
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * Writes a composed mail, for some of its recipients.
   *
   * @throws UncheckedIOException if the content of a file is missing
   */
  Json write(OutgoingMail mail, List<EmailAddress> recipients) throws MessagingException {
    try {
      Json written = new Json(Files.createTempFile("byo-postmark", ".json"));
      boolean complete = false;
      try (OutputStream out = Files.newOutputStream(written.file());
          JsonGenerator generator = json.createGenerator(out)) {
        write(generator, mail, recipients);
        complete = true;
      } finally {
        if (!complete) {
          written.close();
        }
      }
      return written;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write message " + mail.messageId(), e);
    }
  }

  /** Writes a plain text of the gateway itself. */
  String plain(MimeMessage mail, EmailAddress to) throws IOException, MessagingException {
    InternetAddress from = (InternetAddress) mail.getFrom()[0];
    StringWriter written = new StringWriter();
    try (JsonGenerator out = json.createGenerator(written)) {
      out.writeStartObject();
      out.writeStringField("From", named(from.getPersonal(), from.getAddress()));
      out.writeStringField("To", to.value());
      out.writeStringField("Subject", mail.getSubject());
      out.writeStringField("TextBody", (String) mail.getContent());
      out.writeStringField("MessageStream", settings.stream());
      out.writeBooleanField("TrackOpens", false);
      out.writeStringField("TrackLinks", "None");
      out.writeArrayFieldStart("Headers");
      header(out, "Message-ID", mail.getMessageID());
      header(out, "Auto-Submitted", "auto-generated");
      header(out, "X-PM-KeepID", "true");
      out.writeEndArray();
      out.writeEndObject();
    }
    return written.toString();
  }

  private void write(JsonGenerator out, OutgoingMail mail, List<EmailAddress> recipients)
      throws IOException, MessagingException {
    Message message = mail.message();
    BodyParts body = body(mail);
    out.writeStartObject();
    out.writeStringField("From", from(message));
    Set<EmailAddress> left = recipients.stream().collect(Collectors.toSet());
    recipients(out, "To", message.to(), left);
    recipients(out, "Cc", message.cc(), left);
    recipients(out, "Bcc", left.stream().map(EmailAddress::value).sorted().toList(), left);
    text(out, "ReplyTo", message.replyTo());
    out.writeStringField("Subject", message.subject());
    out.writeStringField("TextBody", body.text());
    text(out, "HtmlBody", body.html());
    out.writeStringField("MessageStream", settings.stream());
    out.writeBooleanField("TrackOpens", false);
    out.writeStringField("TrackLinks", "None");
    headers(out, mail);
    // Postmark repeats it in what it reports.
    out.writeObjectFieldStart("Metadata");
    out.writeStringField(ATTEMPT, mail.claim().attempt().toString());
    out.writeEndObject();
    out.writeArrayFieldStart("Attachments");
    for (Attachment file : mail.files()) {
      attachment(out, file, message.html() != null);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** Of approved mail exactly the bodies that were approved: a template may have changed since. */
  private BodyParts body(OutgoingMail mail) throws IOException, MessagingException {
    if (mail.kept() == null) {
      return templates.around(mail.message());
    }
    String text = body(mail, "text/plain");
    return new BodyParts(text == null ? "" : text, body(mail, "text/html"));
  }

  private static @Nullable String body(Part part, String type)
      throws IOException, MessagingException {
    // A file has a disposition, bodies have none.
    if (part.isMimeType(type) && part.getDisposition() == null) {
      return ((String) part.getContent()).replace("\r\n", "\n");
    }
    if (part.isMimeType("multipart/*")) {
      Multipart parts = (Multipart) part.getContent();
      for (int i = 0; i < parts.getCount(); i++) {
        String found = body(parts.getBodyPart(i), type);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static String from(Message message) {
    return named(message.fromName(), message.from());
  }

  private static String named(@Nullable String name, String address) {
    return AddressText.format(
        new NamedAddress(name == null ? "" : name, EmailAddress.parse(address)));
  }

  private static void recipients(
      JsonGenerator out, String field, List<String> named, Set<EmailAddress> left)
      throws IOException {
    List<String> now = new ArrayList<>();
    for (String written : named) {
      if (left.remove(AddressText.parse(written).address())) {
        now.add(written);
      }
    }
    if (!now.isEmpty()) {
      out.writeStringField(field, String.join(", ", now));
    }
  }

  private static void text(JsonGenerator out, String field, @Nullable String text)
      throws IOException {
    if (text != null) {
      out.writeStringField(field, text);
    }
  }

  private static void headers(JsonGenerator out, OutgoingMail mail)
      throws IOException, MessagingException {
    out.writeArrayFieldStart("Headers");
    // From the raw lines: the library spells some names differently.
    for (String line : Collections.list(mail.getAllHeaderLines())) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon);
      String key = name.toLowerCase(Locale.ROOT);
      if (!NOT_AS_HEADERS.contains(key) && !key.startsWith("content-")) {
        header(out, name, MimeUtility.unfold(line.substring(colon + 1).strip()));
      }
    }
    // Else it replaces our Message-ID by its own.
    header(out, "X-PM-KeepID", "true");
    out.writeEndArray();
  }

  private static void header(JsonGenerator out, String name, String value) throws IOException {
    out.writeStartObject();
    out.writeStringField("Name", name);
    out.writeStringField("Value", MimeUtility.decodeText(value));
    out.writeEndObject();
  }

  private void attachment(JsonGenerator out, Attachment file, boolean html) throws IOException {
    if (file.sha256() == null) {
      throw new IllegalStateException("attachment " + file.id() + " has no content");
    }
    out.writeStartObject();
    out.writeStringField("Name", file.name());
    out.writeStringField("ContentType", file.contentType());
    if (html && file.inline() && file.contentId() != null) {
      out.writeStringField("ContentID", "cid:" + file.contentId());
    }
    out.writeFieldName("Content");
    try (InputStream bytes = content.open(file.sha256())) {
      out.writeBinary(bytes, (int) file.size());
    }
    out.writeEndObject();
  }
}
