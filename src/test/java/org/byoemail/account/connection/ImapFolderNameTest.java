package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImapFolderNameTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "(\\HasNoChildren \\Sent) \"/\" \"Sent Items\" | Sent Items | Sent Items",
        "(\\Sent) \".\" INBOX.Sent | INBOX.Sent | Sent",
        "() NIL Sent | Sent | Sent",
        "() \"\\\\\" \"a\\\"b\\\\Sent\" | a\"b\\Sent | Sent",
        "(\\Sent) \"/\" \"Entw&APw-rfe\" | Entwürfe | Entwürfe",
        "(\\Sent) \"/\" Sent (\"CHILDINFO\" (\"SUBSCRIBED\")) | Sent | Sent"
      })
  void listedFolderIsRead(String line, String name, String lastPart) {
    ImapFolderName folder = ImapFolderName.parse(line).orElseThrow();

    assertThat(folder.name()).isEqualTo(name);
    assertThat(folder.lastPart()).isEqualTo(lastPart);
  }

  @Test
  void attributesAreReadWithoutCase() {
    ImapFolderName folder =
        ImapFolderName.parse("(\\HasNoChildren \\SENT) \"/\" \"x\"").orElseThrow();

    assertThat(folder.is("\\sent")).isTrue();
    assertThat(folder.is("\\noselect")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Sent", "(\\Sent) \"/\"", "(\\Sent \"/\" Sent", "() \"/\" \"open"})
  void whatIsNoneIsLeftOut(String line) {
    assertThat(ImapFolderName.parse(line)).isEmpty();
  }
}
