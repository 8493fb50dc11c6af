package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JunkFolderTest {
  @ParameterizedTest
  @CsvSource({
    "Junk, true",
    "[Gmail]/Spam, true",
    "INBOX.Spam, true",
    "Junk Email, true",
    "Junk-E-Mail, true",
    "Courrier indésirable, true",
    "INBOX, false",
    "Spam/Reviewed, false",
    "Junkyard, false",
    "Support, false"
  })
  void foldersAreToldByTheirNames(String folder, boolean junk) {
    assertThat(JunkFolder.isNamedSo(folder)).isEqualTo(junk);
  }
}
