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
      })
  void wordsAboutTheRecipientAreNot(String reply) {
    assertThat(SenderRefusal.in(reply)).isFalse();
  }
}
