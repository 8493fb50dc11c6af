package org.byoemail.support;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.net.ConnectException;
import java.util.List;
import java.util.Properties;
import javax.net.SocketFactory;
import org.eclipse.angus.mail.dsn.DeliveryStatus;
import org.eclipse.angus.mail.dsn.MultipartReport;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MailServersTest {
  @RegisterExtension static final DovecotServer dovecot = DovecotServer.shared();
  @RegisterExtension static final PostfixServer postfix = PostfixServer.shared();

  private static final byte[] MAIL =
      "Subject: Delivered\n\n.A line with a dot\n".getBytes(US_ASCII);

  private final MailUser ada = dovecot.freshUser("ada");
  private final MailUser bob = dovecot.freshUser("bob");

  @Test
  void submittedMailReachesItsMailbox() throws Exception {
    MimeMessage mail = mailTo(bob.address());

    postfix.submit(ada, mail, mail.getAllRecipients());

    MimeMessage received = dovecot.awaitMessage(bob, any -> true);
    assertThat(received.getSubject()).isEqualTo("A question");
    assertThat(received.getHeader("Return-Path")).containsExactly("<" + ada.address() + ">");
    assertThat(received.getHeader("Received", "\n")).contains("ESMTPSA");
  }

  @Test
  void unknownUserIsReportedToTheSender() throws Exception {
    MimeMessage mail = mailTo("nobody@partner.test");
    mail.setHeader("X-Gobii-Message-ID", "attempt-1");

    postfix.submit(ada, mail, mail.getAllRecipients());

    MimeMessage bounce = dovecot.awaitMessage(ada, any -> true);
    MultipartReport report = (MultipartReport) bounce.getContent();
    DeliveryStatus status = (DeliveryStatus) report.getReport();
    assertThat(bounce.getHeader("Return-Path")).containsExactly("<>");
    assertThat(status.getRecipientDSN(0).getHeader("Status")).containsExactly("5.1.1");
    assertThat(status.getRecipientDSN(0).getHeader("Final-Recipient"))
        .containsExactly("rfc822; nobody@partner.test");
    assertThat(report.getReturnedMessage().getHeader("X-Gobii-Message-ID"))
        .containsExactly("attempt-1");
  }

  @Test
  void recipientInAnotherDomainIsRefused() throws Exception {
    MimeMessage mail = mailTo("someone@elsewhere.test");

    assertThatThrownBy(() -> postfix.submit(ada, mail, mail.getAllRecipients()))
        .isInstanceOf(SendFailedException.class)
        .rootCause()
        .hasMessageContaining("554 5.7.1");
  }

  @Test
  void wrongPasswordIsRefused() throws Exception {
    MailUser impostor = new MailUser(ada.address(), "guessed");
    MimeMessage mail = mailTo(bob.address());

    assertThatThrownBy(() -> postfix.submit(impostor, mail, mail.getAllRecipients()))
        .isInstanceOf(AuthenticationFailedException.class);
    assertThatThrownBy(() -> dovecot.messages(impostor))
        .hasCauseInstanceOf(AuthenticationFailedException.class);
  }

  @Test
  void restartKeepsMailsAndUidValidity() throws Exception {
    dovecot.deliver(ada.address(), MAIL);
    String before = uidValidity(ada);

    dovecot.stop();
    assertThatThrownBy(() -> dovecot.messages(ada)).hasCauseInstanceOf(MessagingException.class);
    dovecot.start();

    assertThat(uidValidity(ada)).isEqualTo(before).contains("uidvalidity=");
    assertThat(dovecot.messages(ada))
        .singleElement()
        .extracting("content")
        .asString()
        .isEqualTo(".A line with a dot\r\n");
  }

  @Test
  void restartedPostfixListensOnItsPortAgain() throws Exception {
    MimeMessage mail = mailTo(bob.address());

    postfix.stop();
    assertThatThrownBy(() -> postfix.submit(ada, mail, mail.getAllRecipients()))
        .isInstanceOf(MessagingException.class)
        .hasRootCauseInstanceOf(ConnectException.class);
    postfix.start();
    postfix.submit(ada, mail, mail.getAllRecipients());

    assertThat(dovecot.awaitMessage(bob, any -> true).getSubject()).isEqualTo("A question");
  }

  @Test
  void imapPortOffersStartTlsAndSmtpsPortSpeaksTlsAtOnce() throws Exception {
    Properties settings = new Properties();
    SocketFactory sockets = CertificateAuthority.shared().clientContext().getSocketFactory();
    settings.put("mail.imap.starttls.required", "true");
    settings.put("mail.imap.ssl.socketFactory", sockets);
    settings.put("mail.smtps.ssl.socketFactory", sockets);
    Session session = Session.getInstance(settings);

    try (IMAPStore store = (IMAPStore) session.getStore("imap");
        Transport smtps = session.getTransport("smtps")) {
      store.connect(dovecot.host(), dovecot.imapPort(), ada.address(), ada.password());
      smtps.connect(postfix.host(), postfix.smtpsPort(), ada.address(), ada.password());

      assertThat(store.isSSL()).isTrue();
      assertThat(store.hasCapability("IDLE")).isTrue();
      assertThat(store.hasCapability("UIDPLUS")).isTrue();
      assertThat(smtps.isConnected()).isTrue();
    }
  }

  @Test
  void separateServerHasItsOwnUsers() throws Exception {
    try (DovecotServer other = DovecotServer.separate(DovecotServer.Storage.SDBOX)) {
      MailUser carol = other.freshUser("carol");

      other.deliver("someone@partner.test", carol.address(), List.of(MAIL, MAIL));

      assertThat(other.messages(carol)).hasSize(2);
      assertThatThrownBy(() -> dovecot.messages(carol))
          .hasCauseInstanceOf(AuthenticationFailedException.class);
    }
  }

  private static String uidValidity(MailUser user) {
    return dovecot.doveadm("mailbox", "status", "-u", user.address(), "uidvalidity", "INBOX");
  }

  private MimeMessage mailTo(String recipient) throws MessagingException {
    MimeMessage mail = new MimeMessage(Session.getInstance(new Properties()));
    mail.setFrom(ada.address());
    mail.setRecipients(RecipientType.TO, recipient);
    mail.setSubject("A question");
    mail.setText("Is anybody there?");
    return mail;
  }
}
