package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailOctetsTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7_000, 8_192, 20_000, 32_600, 32_768, 100_000})
  void octetsAreCountedAndWrittenAgainWhetherTheyWereKeptOrNot(int length) throws Exception {
    MimeMessage mail = new MimeMessage((Session) null);
    mail.setHeader("Subject", "Hello");
    mail.setHeader("Bcc", "hidden@example.test");
    mail.setText("x".repeat(length));
    mail.saveChanges();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    mail.writeTo(expected, new String[] {"Bcc"});

    MailOctets octets = MailOctets.of(mail);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    octets.writeTo(written);

    assertThat(written.toByteArray()).isEqualTo(expected.toByteArray());
    assertThat(octets.total()).isBetween((long) expected.size(), expected.size() + 2L);
    assertThat(octets.isEightBit()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100_000})
  void octetBeyondAsciiIsSeen(int length) throws Exception {
    MimeMessage mail = new MimeMessage((Session) null);
    mail.setText("x".repeat(length) + "é", "UTF-8");
    mail.setHeader("Content-Transfer-Encoding", "8bit");

    assertThat(MailOctets.of(mail).isEightBit()).isTrue();
  }
}
