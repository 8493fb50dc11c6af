package org.byoemail.outbound.composition;

import jakarta.activation.DataHandler;
import jakarta.activation.DataSource;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimePart;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.byoemail.format.mail.Ascii;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.jspecify.annotations.Nullable;

/**
 * The body of a mail: text alone, or with HTML (multipart/alternative), the HTML with its images
 * (multipart/related, RFC 2387), and files around them (multipart/mixed).
 */
final class MimeBody {

  private static final String OPAQUE = "application/octet-stream";

  private final ContentStore content;
  private final String text;
  private final @Nullable String html;
  private final List<Attachment> inline = new ArrayList<>();
  private final List<Attachment> attached = new ArrayList<>();

  MimeBody(ContentStore content, BodyParts body, List<Attachment> attachments) {
    this.content = content;
    this.text = body.text();
    this.html = body.html();
    for (Attachment attachment : attachments) {
      boolean shown = html != null && attachment.inline() && attachment.contentId() != null;
      (shown ? inline : attached).add(attachment);
    }
  }

  void writeTo(MimeMessage mail) throws MessagingException {
    if (attached.isEmpty()) {
      writeBody(mail);
      return;
    }
    MimeMultipart mixed = new MimeMultipart("mixed");
    MimeBodyPart body = new MimeBodyPart();
    writeBody(body);
    mixed.addBodyPart(body);
    for (Attachment attachment : attached) {
      mixed.addBodyPart(file(attachment, MimePart.ATTACHMENT));
    }
    mail.setContent(mixed);
  }

  private void writeBody(MimePart part) throws MessagingException {
    if (html == null) {
      writeText(part, text, "plain");
      return;
    }
    MimeMultipart alternative = new MimeMultipart("alternative");
    MimeBodyPart plain = new MimeBodyPart();
    writeText(plain, text, "plain");
    alternative.addBodyPart(plain);
    MimeBodyPart rich = new MimeBodyPart();
    writeHtml(rich, html);
    alternative.addBodyPart(rich);
    part.setContent(alternative);
  }

  private void writeHtml(MimePart part, String source) throws MessagingException {
    if (inline.isEmpty()) {
      writeText(part, source, "html");
      return;
    }
    MimeMultipart related = new MimeMultipart("related; type=\"text/html\"");
    MimeBodyPart root = new MimeBodyPart();
    writeText(root, source, "html");
    related.addBodyPart(root);
    for (Attachment attachment : inline) {
      related.addBodyPart(file(attachment, MimePart.INLINE));
    }
    part.setContent(related);
  }

  // Of other text than 7bit the encoding is chosen when the mail is saved: quoted-printable or
  // base64, whichever is shorter. That would find 7bit, too, but byte by byte.
  private static void writeText(MimePart part, String text, String subtype)
      throws MessagingException {
    String charset = Ascii.isAll(text) ? "us-ascii" : "UTF-8";
    part.setText(text.replace("\n", "\r\n"), charset, subtype);
    if (Ascii.isSevenBit(text)) {
      part.setHeader("Content-Transfer-Encoding", "7bit");
    }
  }

  private MimeBodyPart file(Attachment attachment, String disposition) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setDataHandler(new DataHandler(new StoredContent(content, attachment, type(attachment))));
    part.setHeader("Content-Type", type(attachment));
    part.setHeader("Content-Disposition", Disposition.field(disposition, attachment.name()));
    if (attachment.contentId() != null) {
      part.setContentID("<" + HeaderCheck.line("Content-ID", attachment.contentId()) + ">");
    }
    part.setHeader("Content-Transfer-Encoding", "base64");
    return part;
  }

  // RFC 2046 section 5: a composite type cannot be in base64, and its lines are not ours to change.
  private static String type(Attachment attachment) {
    String type = HeaderCheck.line("content type", attachment.contentType());
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.startsWith("message/") || lower.startsWith("multipart/") ? OPAQUE : type;
  }

  private record StoredContent(ContentStore content, Attachment attachment, String type)
      implements DataSource {
    @Override
    public InputStream getInputStream() {
      if (attachment.sha256() == null) {
        throw new IllegalStateException("attachment " + attachment.id() + " has no content");
      }
      return content.open(attachment.sha256());
    }

    @Override
    public OutputStream getOutputStream() {
      throw new UnsupportedOperationException("stored content does not change");
    }

    @Override
    public String getContentType() {
      return type;
    }

    @Override
    public String getName() {
      return attachment.name();
    }
  }
}
