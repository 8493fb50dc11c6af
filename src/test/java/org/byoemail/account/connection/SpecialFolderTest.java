package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpecialFolderTest {

  @Test
  void markedFolderIsChosenWhateverItsName() {
    assertThat(
            SpecialFolder.SENT.choose(
                List.of(
                    folder("Sent", "\\hasnochildren"),
                    folder("Odeslané", "\\hasnochildren", "\\sent"))))
        .hasValue("Odeslané");
  }

  @Test
  void mostUsualNameIsChosenWhereNoneIsMarked() {
    assertThat(
            SpecialFolder.SENT.choose(
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
            SpecialFolder.SENT.choose(
                List.of(folder("Sent", "\\noselect"), folder("Archive"), folder("Presents"))))
        .isEmpty();
  }

  @Test
  void draftsAreNotTakenForAnotherUse() {
    List<ImapFolderName> listed =
        List.of(folder("Sent"), folder("Brouillons"), folder("Drafts", "\\noselect"));

    assertThat(SpecialFolder.DRAFTS.choose(listed)).hasValue("Brouillons");
    assertThat(
            SpecialFolder.DRAFTS.choose(
                List.of(folder("Drafts"), folder("Konzepte", "\\drafts"), folder("Sent"))))
        .hasValue("Konzepte");
  }

  private static ImapFolderName folder(String name, String... attributes) {
    return new ImapFolderName(Set.of(attributes), "/", name);
  }
}
