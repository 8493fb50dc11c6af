package org.byoemail.account.testmail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.byoemail.account.connection.ImapFolderName;
import org.junit.jupiter.api.Test;

class TestMailSearchTest {
  @Test
  void watchedFoldersAreSearchedFirstThenJunk() {
    List<String> order =
        TestMailSearch.order(
            List.of("Agent", "Orders"),
            List.of(
                folder("INBOX"),
                folder("Agent"),
                folder("Orders"),
                folder("Spam", "\\junk"),
                folder("Lists")));

    assertThat(order).containsExactly("Agent", "Orders", "Spam", "INBOX", "Lists");
  }

  @Test
  void copiesOfWhatWasSentAreNoArrival() {
    List<String> order =
        TestMailSearch.order(
            List.of("INBOX"),
            List.of(
                folder("INBOX"),
                folder("Gesendet", "\\sent"),
                folder("INBOX.Sent"),
                folder("[Gmail]", "\\noselect"),
                folder("Alle", "\\all"),
                folder("Entwürfe", "\\drafts")));

    assertThat(order).containsExactly("INBOX");
  }

  @Test
  void mailboxWithManyFoldersIsSearchedInPart() {
    List<ImapFolderName> many =
        Stream.concat(
                IntStream.range(0, 500).mapToObj(i -> folder("f" + i)),
                Stream.of(folder("Spam", "\\junk")))
            .toList();

    assertThat(TestMailSearch.order(List.of("INBOX"), many))
        .hasSize(20)
        .startsWith("INBOX", "Spam", "f0");
  }

  private static ImapFolderName folder(String name, String... attributes) {
    return new ImapFolderName(Set.of(attributes), ".", name);
  }
}
