package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.support.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Addresses beyond ASCII, those with odd dots, and those with capital letters. */
@SendingTest
class InternationalAddressesTest {
  private final OutboundFixtures fixtures;
  private final SubmittedMail mail;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();

  @Autowired
  InternationalAddressesTest(OutboundFixtures fixtures, SubmittedMail mail) {
    this.fixtures = fixtures;
    this.mail = mail;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void serverWithSmtputf8GetsTheAddressAsItIs() throws Exception {
    server.offering("SMTPUTF8", "8BITMIME", "SIZE 0");
    Account account = fixtures.account(server.port(), null);
    UUID message = mail.submit(account, submission("Jörg <jörg@bücher.test>"));

    mail.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(server.commands("MAIL FROM").get(0)).contains(" SMTPUTF8", " BODY=8BITMIME");
    assertThat(utf8(server.commands("RCPT TO").get(0)))
        .isEqualTo("RCPT TO:<jörg@xn--bcher-kva.test>");
    assertThat(utf8(SubmittedMail.raw(server))).contains("<jörg@xn--bcher-kva.test>");
  }

  @Test
  void serverWithoutSmtputf8GetsNothingAndTheReasonIsClear() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID message = mail.submit(account, submission("jörg@x.test", "ben@x.test"));

    mail.send();

    assertThat(server.mails()).isEmpty();
    assertThat(server.commands("MAIL FROM")).isEmpty();
    assertThat(fixtures.status(message)).isEqualTo("failed");
    assertThat(fixtures.lastAttempt(message)).containsEntry("error_code", "5.6.7");
    assertThat(String.valueOf(fixtures.lastAttempt(message).get("error"))).contains("SMTPUTF8");
  }

  @Test
  void hiddenRecipientAloneIsRefusedWhereTheHeaderDoesNotNameIt() throws Exception {
    Account account = fixtures.account(server.port(), null);
    Map<String, Object> fields = submission("ben@x.test");
    fields.put("bcc", List.of("jörg@x.test"));
    UUID message = mail.submit(account, fields);

    mail.send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
    assertThat(server.commands("RCPT TO")).hasSize(1);
  }

  @Test
  void ordinaryMailIsNotAnnouncedAsInternational() throws Exception {
    server.offering("SMTPUTF8", "8BITMIME", "SIZE 0");
    Account account = fixtures.account(server.port(), null);
    mail.submit(account, submission("Jörg <ben@bücher.test>"));

    mail.send();

    assertThat(server.commands("MAIL FROM").get(0)).doesNotContain("SMTPUTF8", "8BITMIME");
    assertThat(SubmittedMail.raw(server).chars()).allMatch(c -> c < 0x80);
  }

  @Test
  void addressOfAJapaneseCarrierIsQuoted() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID message =
        mail.submit(account, submission("Hana <hana..ko.@docomo.ne.jp>", "\"a<b\"@x.test"));

    mail.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(server.commands("RCPT TO"))
        .containsExactlyInAnyOrder(
            "RCPT TO:<\"hana..ko.\"@docomo.ne.jp>", "RCPT TO:<\"a<b\"@x.test>");
    assertThat(SubmittedMail.read(server).getHeader("To", null))
        .contains("Hana <\"hana..ko.\"@docomo.ne.jp>");
  }

  @Test
  void capitalLettersOfLocalPartsAreKeptAndNotCompared() throws Exception {
    server.answer("RCPT TO", "250 ok", "550 5.1.1 no such user");
    Account account = fixtures.account(server.port(), null);
    Map<String, Object> fields = submission("Ada <Ada.L@X.test>", "ada.l@x.test");
    fields.put("bcc", List.of("Ben.B@x.test"));
    UUID message = mail.submit(account, fields);

    mail.send();

    assertThat(server.commands("RCPT TO"))
        .containsExactly("RCPT TO:<Ada.L@x.test>", "RCPT TO:<Ben.B@x.test>");
    assertThat(SubmittedMail.read(server).getHeader("To", null)).isEqualTo("Ada <Ada.L@x.test>");
    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
  }

  private static String utf8(String latin1) {
    return new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> submission(String... to) {
    return new HashMap<>(Map.of("to", List.of(to), "subject", "Grüße", "body", "Hello"));
  }
}
