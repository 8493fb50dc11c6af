package org.byoemail.platform.dossier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import org.byoemail.platform.dossier.MessageDossier.Entry;
import org.byoemail.platform.dossier.MessageDossier.SentMail;
import org.junit.jupiter.api.Test;

class SentMailsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SMTP =
      "{'transport':'smtp','sentSha256':'ab','sentBytes':12,'results':[]}";

  @Test
  void approvedBytesAreLinkedForEveryAttempt() throws Exception {
    List<SentMail> sent =
        SentMails.of(
            List.of(
                entry(1, "review", "{'review':'r','state':'approved','version':1}"),
                entry(2, "review", "{'review':'r','state':'used','version':2}"),
                entry(3, "attempt", SMTP),
                entry(4, "attempt", SMTP)));

    assertThat(sent).extracting(SentMail::entry).containsExactly(3L, 4L);
    assertThat(sent).allSatisfy(one -> assertThat(one.sha256()).isEqualTo("ab"));
    assertThat(sent).extracting(SentMail::kept).containsOnly("/api/v1/reviews/r/versions/2/raw");
  }

  @Test
  void whyBytesAreNotKeptIsSaid() throws Exception {
    List<SentMail> sent =
        SentMails.of(
            List.of(
                entry(1, "attempt", SMTP),
                entry(2, "attempt", "{'transport':'postmark'}"),
                entry(3, "attempt", "{'transport':'simulated'}"),
                entry(4, "attempt", "{}"),
                new Entry(5, "attempt", Instant.EPOCH, null, null, null, "", null, null, null)));

    assertThat(sent).extracting(SentMail::kept).containsOnlyNulls().hasSize(4);
    assertThat(sent.get(0).sha256()).isEqualTo("ab");
    assertThat(sent.get(0).words()).startsWith("not kept: the digest shows");
    assertThat(sent.get(1).words()).startsWith("not kept: Postmark");
    assertThat(sent.get(2).words()).startsWith("none: the mail was simulated");
    assertThat(sent.get(3).words()).startsWith("none known");
  }

  private static Entry entry(long number, String kind, String content) throws Exception {
    return new Entry(
        number,
        kind,
        Instant.EPOCH,
        JSON.readTree(content.replace('\'', '"')),
        content,
        "",
        "",
        null,
        null,
        null);
  }
}
