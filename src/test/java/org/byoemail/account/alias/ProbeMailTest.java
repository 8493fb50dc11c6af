package org.byoemail.account.alias;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MailParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeMailTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {"sales@acme.test", "jörg@acme.test", "\"a..b\"@acme.test", "ada+x@bücher.test"})
  void probeNamesItsSenderAsTheMailboxReadsIt(String address) throws Exception {
    EmailAddress alias = EmailAddress.parse(address);
    ProbeToken token = ProbeToken.random();

    MailHeaders headers =
        headers(new ProbeMail(alias, new EmailAddress("ada@acme.test"), token, AT).composed());

    assertThat(headers.from().map(from -> from.address())).contains(alias);
    assertThat(ProbeToken.in(headers.subject()).orElseThrow().sha256()).isEqualTo(token.sha256());
    assertThat(headers.date()).contains(AT);
    assertThat(headers.messageId()).isPresent();
    assertThat(headers.first("Auto-Submitted")).contains("auto-generated");
  }

  private static MailHeaders headers(MimeMessage mail) throws MessagingException, IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    mail.writeTo(bytes);
    String text = bytes.toString(StandardCharsets.UTF_8);
    return new MailParser()
        .parseHeader(
            text.substring(0, text.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.UTF_8));
  }
}
