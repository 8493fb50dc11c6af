package org.byoemail.outbound.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class ComposerTest extends WebTest {
  @Autowired private Composer composer;
  @Autowired private ContentStore content;

  @Test
  void plainTextIsOnePart() throws Exception {
    MimeMessage mail = composed(new Draft());

    assertThat(mail.getContentType()).startsWith("text/plain").containsIgnoringCase("us-ascii");
    assertThat(mail.getContent()).isEqualTo("Hello\r\nyou\r\n");
    assertThat(mail.getEncoding()).isEqualTo("7bit");
  }

  @Test
  void headersSayWhatTheMessageSays() throws Exception {
    Draft draft = new Draft();
    draft.fromName = "Ada, Countess";
    draft.to = List.of("Jörg Müller <j@x.test>", "b@x.test");
    draft.cc = List.of("c@x.test");
    draft.replyTo = "Desk <desk@x.test>";
    draft.subject = "Grüße aus Köln, " + "und noch mehr davon ".repeat(10);
    draft.inReplyTo = new MessageId("q@x.test");
    draft.references = List.of(new MessageId("p@x.test"), new MessageId("q@x.test"));
    draft.headers = List.of(new HeaderField("X-Order", "17"), new HeaderField("X-Note", "süß"));

    MimeMessage mail = composed(draft);

    assertThat(mail.getFrom()).containsExactly(new InternetAddress("ada@example.org"));
    assertThat(((InternetAddress) mail.getFrom()[0]).getPersonal()).isEqualTo("Ada, Countess");
    assertThat(((InternetAddress) mail.getRecipients(RecipientType.TO)[0]).getPersonal())
        .isEqualTo("Jörg Müller");
    assertThat(mail.getRecipients(RecipientType.TO)).hasSize(2);
    assertThat(mail.getRecipients(RecipientType.CC)).hasSize(1);
    assertThat(mail.getHeader("Reply-To", null)).isEqualTo("Desk <desk@x.test>");
    assertThat(mail.getSubject()).isEqualTo(draft.subject.strip() + " ");
    assertThat(mail.getSentDate()).isEqualTo(Instant.parse("2030-01-31T09:00:00Z"));
    assertThat(mail.getMessageID()).isEqualTo("<m-1@example.org>");
    assertThat(mail.getHeader("In-Reply-To", null)).isEqualTo("<q@x.test>");
    assertThat(MimeUtility.unfold(mail.getHeader("References", null)))
        .isEqualTo("<p@x.test> <q@x.test>");
    assertThat(mail.getHeader("X-Order", null)).isEqualTo("17");
    assertThat(MimeUtility.decodeText(mail.getHeader("X-Note", null))).isEqualTo("süß");
    assertThat(mail.getHeader("MIME-Version", null)).isEqualTo("1.0");
  }

  @Test
  void textThatLooksEncodedArrivesAsItWasTyped() throws Exception {
    String typed =
        "=?utf-8?q?=0D=0ABcc:_evil=40x.test?= " + "and more ".repeat(20) + "\uD83D\uDE00";
    Draft draft = new Draft();
    draft.subject = typed;
    draft.fromName = "=?utf-8?q?Boss?=";
    draft.headers = List.of(new HeaderField("X-Note", "=?utf-8?q?a?="));

    MimeMessage mail = composed(draft);

    assertThat(mail.getSubject()).isEqualTo(typed);
    assertThat(((InternetAddress) mail.getFrom()[0]).getPersonal()).isEqualTo("=?utf-8?q?Boss?=");
    assertThat(MimeUtility.decodeText(mail.getHeader("X-Note", null))).isEqualTo("=?utf-8?q?a?=");
  }

  @Test
  void attemptIsTheOnlyDifferenceBetweenTries() throws Exception {
    AttemptId first = AttemptId.next();
    AttemptId second = AttemptId.next();

    String one = raw(new Draft(), first);
    String two = raw(new Draft(), second);

    assertThat(one).contains("X-Gobii-Message-ID: " + first + "\r\n");
    assertThat(two.replace(second.toString(), first.toString())).isEqualTo(one);
  }

  @Test
  void hiddenRecipientsAreNotInTheMail() throws Exception {
    Draft draft = new Draft();
    draft.to = List.of();

    assertThat(raw(draft, null)).contains("To: undisclosed-recipients:;\r\n").doesNotContain("Bcc");
  }

  @Test
  void htmlWithImagesAndFilesIsNested() throws Exception {
    Draft draft = new Draft();
    draft.html = "<p>Grüße <img src=\"cid:logo\">";
    byte[] image = new byte[3000];
    image[7] = 7;
    draft.attachments.add(
        file("Rechnung für März.pdf", "application/pdf", null, "%PDF".getBytes()));
    draft.attachments.add(file("logo.png", "image/png", "logo", image));

    MimeMessage mail = composed(draft);

    MimeMultipart mixed = (MimeMultipart) mail.getContent();
    assertThat(mixed.getContentType()).startsWith("multipart/mixed");
    MimeMultipart alternative = (MimeMultipart) mixed.getBodyPart(0).getContent();
    assertThat(alternative.getContentType()).startsWith("multipart/alternative");
    assertThat(alternative.getBodyPart(0).getContent()).isEqualTo("Hello\r\nyou\r\n");
    MimeMultipart related = (MimeMultipart) alternative.getBodyPart(1).getContent();
    assertThat(related.getContentType())
        .startsWith("multipart/related")
        .contains("type=\"text/html\"");
    assertThat((String) related.getBodyPart(0).getContent())
        .startsWith("<!DOCTYPE html>")
        .contains(draft.html);
    MimeBodyPart logo = (MimeBodyPart) related.getBodyPart(1);
    assertThat(logo.getContentID()).isEqualTo("<logo>");
    assertThat(logo.getDisposition()).isEqualTo("inline");
    assertThat(logo.getInputStream().readAllBytes()).isEqualTo(image);
    MimeBodyPart bill = (MimeBodyPart) mixed.getBodyPart(1);
    assertThat(bill.getFileName()).isEqualTo("Rechnung für März.pdf");
    assertThat(bill.getHeader("Content-Disposition", null))
        .contains("filename=\"Rechnung fur Marz.pdf\"", "filename*0*=UTF-8''Rechnung");
    assertThat(bill.getContentType()).startsWith("application/pdf");
    assertThat(bill.getInputStream().readAllBytes()).isEqualTo("%PDF".getBytes());
  }

  @Test
  void everyLineIsShortAndSevenBit() throws Exception {
    Draft draft = new Draft();
    draft.text = "ä".repeat(5000) + "\n" + "a".repeat(5000);
    draft.html = "<p>" + "a".repeat(5000);
    draft.subject = "ü".repeat(900);
    draft.to = java.util.stream.IntStream.range(0, 100).mapToObj(i -> "n" + i + "@x.test").toList();
    draft.references =
        java.util.stream.IntStream.range(0, 20)
            .mapToObj(i -> new MessageId("r".repeat(400) + i))
            .toList();
    draft.headers = List.of(new HeaderField("X-Long", ("b".repeat(890) + " ").repeat(4)));
    draft.attachments.add(
        file(
            "ß".repeat(255),
            "text/csv",
            null,
            ("z".repeat(3000) + "\u00e4").getBytes(StandardCharsets.UTF_8)));

    String raw = raw(draft, AttemptId.next());

    assertThat(raw.lines()).allMatch(line -> line.length() <= 998);
    assertThat(raw.chars()).allMatch(c -> c < 0x80);
    assertThat(raw.replace("\r\n", "")).doesNotContain("\r", "\n");
    MimeMessage mail = parsed(raw);
    assertThat(mail.getSubject()).isEqualTo(draft.subject);
    assertThat(((MimeMultipart) mail.getContent()).getBodyPart(1).getFileName())
        .isEqualTo("ß".repeat(255));
  }

  @Test
  void attachedMailsAreOpaque() throws Exception {
    Draft draft = new Draft();
    byte[] mail = "Subject: x\r\n\r\nä".getBytes(StandardCharsets.UTF_8);
    draft.attachments.add(file("old.eml", "message/rfc822", null, mail));

    MimeMultipart mixed = (MimeMultipart) composed(draft).getContent();

    assertThat(mixed.getBodyPart(1).getContentType()).startsWith("application/octet-stream");
    assertThat(mixed.getBodyPart(1).getInputStream().readAllBytes()).isEqualTo(mail);
  }

  @Test
  void idsThatNoHeaderCanHoldAreLeftOut() throws Exception {
    Draft draft = new Draft();
    draft.inReplyTo = new MessageId("ä@x\u0001.test");
    draft.references = List.of(new MessageId("ä@x.test"), new MessageId("q@x.test"));

    MimeMessage mail = composed(draft);

    assertThat(mail.getHeader("In-Reply-To")).isNull();
    assertThat(mail.getHeader("References", null)).isEqualTo("<q@x.test>");
  }

  @Test
  void lineBreaksAreRefusedWhateverTheirPath() {
    Draft subject = new Draft();
    subject.subject = "a\r\nBcc: x@y.test";
    Draft name = new Draft();
    name.fromName = "a\nBcc: x@y.test";
    Draft header = new Draft();
    header.headers = List.of(new HeaderField("X-A", "a\r\nBcc: x@y.test"));
    Draft folded = new Draft();
    folded.headers = List.of(new HeaderField("X-A", "a\r\n\r\nBody"));
    Draft headerName = new Draft();
    headerName.headers = List.of(new HeaderField("X-A: b\r\nBcc", "x@y.test"));
    Draft recipient = new Draft();
    recipient.to = List.of("a@x.test\r\nBcc: x@y.test");
    Draft fileName = new Draft();
    fileName.attachments.add(file("a\r\nX: y", "text/plain", null, new byte[1]));
    Draft type = new Draft();
    type.attachments.add(file("a", "text/plain\r\nX: y", null, new byte[1]));
    Draft contentId = new Draft();
    contentId.attachments.add(file("a", "text/plain", "b\r\nX: y", new byte[1]));

    for (Draft draft :
        List.of(subject, name, header, folded, headerName, recipient, fileName, type, contentId)) {
      assertThatThrownBy(() -> raw(draft, null)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private MimeMessage composed(Draft draft) throws Exception {
    return parsed(raw(draft, AttemptId.next()));
  }

  private static MimeMessage parsed(String raw) throws MessagingException {
    return new MimeMessage(
        null, new ByteArrayInputStream(raw.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private String raw(Draft draft, @Nullable AttemptId attempt) throws Exception {
    MimeMessage mail = new MimeMessage((jakarta.mail.Session) null);
    composer.compose(mail, draft.message(), draft.attachments, attempt);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    mail.writeTo(bytes);
    return boundaries(bytes.toString(StandardCharsets.ISO_8859_1));
  }

  // Its numbers change from mail to mail.
  private static String boundaries(String raw) {
    return raw.replaceAll("----=_Part_(\\d+)_[0-9.]+", "----=_Part_$1");
  }

  private Attachment file(String name, String type, @Nullable String contentId, byte[] bytes) {
    ContentStore.Stored stored = content.store(new ByteArrayInputStream(bytes));
    return new Attachment(
        Ids.next(),
        new OrganizationId("acme"),
        StoredMessageId.next(),
        name,
        type,
        contentId != null,
        contentId,
        stored.size(),
        stored.sha256(),
        null);
  }

  private static final class Draft {
    String fromName = "";
    List<String> to = List.of("ben@example.net");
    List<String> cc = List.of();
    @Nullable String replyTo;
    String subject = "Hello";
    String text = "Hello\nyou\n";
    @Nullable String html;
    @Nullable MessageId inReplyTo;
    List<MessageId> references = List.of();
    List<HeaderField> headers = List.of();
    final List<Attachment> attachments = new ArrayList<>();

    Message message() {
      return new Message(
          StoredMessageId.next(),
          new OrganizationId("acme"),
          ConversationId.next(),
          EndpointId.next(),
          Direction.OUTBOUND,
          "ada@example.org",
          fromName,
          to,
          cc,
          replyTo,
          subject,
          text,
          html,
          new MessageId("m-1@example.org"),
          inReplyTo,
          references,
          headers,
          Map.of(),
          Instant.parse("2030-01-31T09:00:00Z"),
          Instant.parse("2030-01-30T09:00:00Z"));
    }
  }
}
