package org.byoemail.platform.dossier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class DossierTest extends WebTest {
  @Autowired private Dossier dossier;
  @Autowired private PlatformTransactionManager transactions;

  private final StoredMessageId message = StoredMessageId.next();

  @Test
  void allEntriesOfATransactionAreInOneStatementAndInTheirOrder() {
    record(DossierKind.GATES, DossierKind.REVIEW, DossierKind.ACCEPTED);

    assertThat(kinds()).containsExactly("gates", "review", "accepted");
    assertThat(
            jdbc.sql("SELECT count(DISTINCT xmin::text) FROM dossier_entry WHERE message_id = :id")
                .param("id", message.value())
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void digestIsOfSaltAndContent() {
    record(DossierKind.ACCEPTED);

    jdbc.sql("SELECT digest, salt, content FROM dossier_entry WHERE message_id = :id")
        .param("id", message.value())
        .query(
            row -> {
              byte[] salt = row.getBytes("salt");
              assertThat(salt).hasSize(16);
              assertThat(DossierDigests.content(salt, row.getString("content")))
                  .isEqualTo(row.getBytes("digest"));
            });
  }

  @Test
  void nothingIsRecordedWithoutItsChange() {
    assertThatThrownBy(
            () ->
                new TransactionTemplate(transactions)
                    .executeWithoutResult(
                        status -> {
                          dossier.record(entry(DossierKind.ACCEPTED));
                          throw new IllegalStateException("the change fails");
                        }))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> dossier.record(entry(DossierKind.ACCEPTED)))
        .isInstanceOf(IllegalTransactionStateException.class);

    assertThat(kinds()).isEmpty();
  }

  private void record(DossierKind... kinds) {
    new TransactionTemplate(transactions)
        .executeWithoutResult(
            status -> {
              for (DossierKind kind : kinds) {
                dossier.record(entry(kind));
              }
            });
  }

  private DossierEntry entry(DossierKind kind) {
    return new DossierEntry(
        new OrganizationId("acme"), message, kind, Map.of("text", "a\u0000b", "kind", kind));
  }

  private List<String> kinds() {
    return jdbc.sql("SELECT kind FROM dossier_entry WHERE message_id = :id ORDER BY number")
        .param("id", message.value())
        .query(String.class)
        .list();
  }
}
