package org.byoemail.support;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Folder;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GreenMailServerTest {
  @RegisterExtension static final GreenMailServer greenMail = GreenMailServer.shared();

  private static final byte[] MAIL = "Subject: Hello\r\n\r\nA line.\r\n".getBytes(US_ASCII);

  private final Session session = Session.getInstance(new Properties());

  @Test
  void mailSentOverSmtpReachesItsUser() throws Exception {
    MailUser ada = greenMail.freshUser("ada");
    MailUser bob = greenMail.freshUser("bob");
    MimeMessage mail = new MimeMessage(session, new ByteArrayInputStream(MAIL));

    try (Transport transport = session.getTransport("smtp")) {
      transport.connect(greenMail.host(), greenMail.smtpPort(), ada.address(), ada.password());
      transport.sendMessage(mail, InternetAddress.parse(bob.address()));
    }

    assertThat(greenMail.messages(bob)).singleElement().extracting("subject").isEqualTo("Hello");
  }

  @Test
  void deliveredMailIsReadOverImap() throws Exception {
    MailUser ada = greenMail.freshUser("ada");

    greenMail.deliver(ada, MAIL);

    try (Store store = session.getStore("imap")) {
      store.connect(greenMail.host(), greenMail.imapPort(), ada.address(), ada.password());
      Folder inbox = store.getFolder("INBOX");
      inbox.open(Folder.READ_ONLY);
      assertThat(inbox.getMessage(1).getSubject()).isEqualTo("Hello");
    }
  }
}
