package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.byoemail.account.connection.ConnectionTest.Step;
import org.byoemail.account.registry.ServerSettings.Security;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers say otherwise than the standard has it, and what they want to hear. */
class ImapLeniencyTest extends ScriptedImapTest {
  ImapLeniencyTest() {
    super(null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* 5 EXISTS",
        "*  5 EXISTS",
        "* 5  EXISTS",
        "* 5 EXISTS ",
        "*\t5\tEXISTS",
        "*5 EXISTS",
        "* 5EXISTS",
        " * 5 exists",
      })
  void numbersAreReadWhateverBlanksAreAroundThem(String line) {
    ImapResponse response = response(line);

    assertThat(response.isUntagged()).isTrue();
    assertThat(response.is("EXISTS")).isTrue();
    assertThat(response.number()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* OK [UIDNEXT 11] next",
        "*  OK  [UIDNEXT  11 ]",
        "* ok [ uidnext 11]",
        "* OK [UIDNEXT 11",
      })
  void codesAreReadWhateverBlanksAreAroundThem(String line) {
    assertThat(response(line).codeNumber("UIDNEXT")).isEqualTo(11);
  }

  @Test
  void fetchIsReadWithOddBlanksAndWithoutItsLastParenthesis() {
    ImapResponse response =
        new ImapResponse(
            List.of(
                bytes("*  2 FETCH  ( UID\t11  RFC822.SIZE 5 BODY[]<0>  "),
                bytes("hello"),
                bytes("")));

    assertThat(response.fetched()).containsEntry("UID", "11").containsEntry("RFC822.SIZE", "5");
    assertThat(response.fetched().get("BODY[]<0>")).isEqualTo(bytes("hello"));
  }

  @Test
  void programIsNamedBeforeAndAfterTheSignInWhereTheServerOffersIt() {
    server.offering("IMAP4rev1 ID AUTH=PLAIN SASL-IR");

    ConnectionTest test = connections.tests.imap(account(Security.NONE));

    assertThat(test.ok()).isTrue();
    List<String> verbs = server.commands.stream().map(command -> command.split(" ")[0]).toList();
    assertThat(verbs)
        .containsSubsequence("ID", "AUTHENTICATE", "ID", "EXAMINE")
        .doesNotContainSequence("EXAMINE", "ID");
    assertThat(server.commands)
        .anyMatch(
            command ->
                command.matches(
                    "ID \\(\"name\" \"BYO Email\" \"version\" \"[^\"]+\" \"vendor\" \"BYO Email\"\\)"));
  }

  @Test
  void programThatTheServerDoesNotWantNamedSignsInAllTheSame() {
    server.offering("IMAP4rev1 ID AUTH=PLAIN SASL-IR");
    server.answer("^ID", "%t BAD what\r\n");

    assertThat(connections.tests.imap(account(Security.NONE)).ok()).isTrue();
  }

  @Test
  void programIsNotNamedWhereTheServerDoesNotOfferIt() {
    connections.tests.imap(account(Security.NONE));

    assertThat(server.commands).noneMatch(command -> command.startsWith("ID"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NO [NONEXISTENT] sorry                       | true",
        "NO Mailbox doesn't exist: Archiv             | true",
        "NO Unknown Mailbox: Archiv (now in Failure)  | true",
        "NO [TRYCREATE] no                            | true",
        "NO folder not found                          | true",
        "NO EXAMINE Unsafe Login. Please contact kefu | false",
        "NO [UNAVAILABLE] the backend is away         | false",
        "NO [NOPERM] access denied                    | false",
        "BAD command unknown                          | false"
      })
  void folderIsBlamedOnlyWhereTheServerSaysSo(String refusal, boolean ofName) {
    server.answer("EXAMINE", "%t " + refusal + "\r\n");

    ConnectionTest test = connections.tests.imap(account(Security.NONE));

    assertThat(last(test).detail()).contains(refusal.substring(refusal.indexOf(' ') + 1));
    assertThat("Check the name of the folder.".equals(test.hint())).isEqualTo(ofName);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "421 Server is busy, try again later.",
        "554 5.7.1 your address is blocked",
        "220 mail.example.test ESMTP",
        "* NO too many connections",
        "* BYE too many connections",
        "+OK POP3 ready",
        "-ERR not now",
        "Too many connections from your host"
      })
  void greetingOfAMailServerIsShownThoughItIsNotThatOfImap(String greeting) {
    server.greetWith(greeting + "\r\n");

    ConnectionTest test = connections.tests.imap(account(Security.NONE));

    assertThat(test.ok()).isFalse();
    assertThat(last(test).name()).isEqualTo("greeting");
    assertThat(last(test).detail()).contains(greeting.replaceFirst("^\\* BYE ", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2p1 Debian-2",
        "HTTP/1.1 400 Bad Request",
        "{\"secret\":\"busy\"}",
        "5.5.5-10.4-MariaDB",
        "200 internal.example: admin token busy=1"
      })
  void greetingOfAnythingElseIsNotShown(String greeting) {
    server.greetWith(greeting + "\r\n");

    ConnectionFailed failure =
        catchThrowableOfType(
            () -> connections.imap.open(account(Security.NONE)), ConnectionFailed.class);

    assertThat(failure.stage()).isEqualTo(Stage.GREETING);
    assertThat(failure.words()).isNull();
    assertThat(failure).hasMessageNotContaining(greeting);
  }

  private static Step last(ConnectionTest test) {
    return test.steps().get(test.steps().size() - 1);
  }

  private static ImapResponse response(String line) {
    return new ImapResponse(List.of(bytes(line)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
