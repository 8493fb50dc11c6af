package org.byoemail.outbound.sentfolder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.byoemail.account.connection.ImapFolderName;
import org.junit.jupiter.api.Test;

class SentFolderNameTest {

  @Test
  void markedFolderIsChosenWhateverItsName() {
    assertThat(
            SentFolderVisit.choose(
                List.of(
                    folder("Sent", "\\hasnochildren"),
                    folder("Odeslané", "\\hasnochildren", "\\sent"))))
        .hasValue("Odeslané");
  }

  @Test
  void mostUsualNameIsChosenWhereNoneIsMarked() {
    assertThat(
            SentFolderVisit.choose(
                List.of(
                    folder("INBOX"),
                    folder("INBOX/Gesendete Objekte"),
                    folder("INBOX/Sent Items"),
                    folder("Archive/notsent"))))
        .hasValue("INBOX/Sent Items");
  }

  @Test
  void folderThatHoldsNoMailIsNotChosen() {
    assertThat(
            SentFolderVisit.choose(
                List.of(folder("Sent", "\\noselect"), folder("Archive"), folder("Presents"))))
        .isEmpty();
  }

  private static ImapFolderName folder(String name, String... attributes) {
    return new ImapFolderName(Set.of(attributes), "/", name);
  }
}
