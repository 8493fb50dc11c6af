package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SenderRefusalTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "550 5.1.0 <a@b.test>: Sender address rejected: User unknown",
        "501 5.1.8 Domain of sender address ada@example.org does not exist",
        "550 (Sender unknown)",
        "550 we do not accept mail from 192.0.2.1",
        "550 Mail from this network is not welcome",
        "550-Your domain has no MX record",
        "550 Émetteur refusé",
        "550 Refusé : émetteur inconnu",
        "550 Ungültiger Absender",
        "550 Absenderadresse abgelehnt",
        "550 5.1.1 The sender's server says: no such user",
        "550 Sender's mail server said 550 no such user here",
        "550 5.1.0 your mail server reports that the user does not exist",
        "550 server for sender ada@example.org answers: user unknown",
        "550 according to the sender's server the user does not exist",
        "550-Callback failed while verifying <ada@example.org> 550 No such user",
        "550 Callout verification failed: 550 5.1.1 unknown user",
        "550 MAIL FROM does not exist",
        "550 5.1.1 The MAIL FROM <ada@example.org> doesn't exist",
        "553 mail from: address does not exist",
        "553 MAIL FROM is not a valid mailbox",
        "550 No such sender",
        "550 the address you are sending from does not exist",
      })
  void wordsAboutTheSenderAreRecognised(String reply) {
    assertThat(SenderRefusal.in(reply)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "550 5.1.1 The email account that you tried to reach does not exist",
        "550 5.1.1 <sender.rejected@example.org>: Recipient address rejected: User unknown",
        "550 5.1.1 User unknown; check the address for typing errors",
        "550 Empfänger unbekannt",
        "550 presender rejected: no such user",
        "550 5.1.1 returned to sender: no such user",
        "550 recipient callout verification failed: 550 no such user",
        "550-Callout verification failed: 550 no such user 550 Recipient verify failed",
        "550 5.1.1 The mail from <ada@example.org> could not be delivered: user unknown",
        "550 5.1.1 the mail from <ada@example.org> was for a user who does not exist",
        "550 the server of the recipient says: no such user",
        "550 RCPT TO address does not exist",
      })
  void wordsAboutTheRecipientAreNot(String reply) {
    assertThat(SenderRefusal.in(reply)).isFalse();
  }
}
