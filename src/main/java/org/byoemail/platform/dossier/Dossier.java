package org.byoemail.platform.dossier;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.JsonText;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Records entries of dossiers in the transaction of the change that they record. All that a
 * transaction records is written by one statement, before it commits. Thread-safe.
 */
@Component
public class Dossier {
  private static final int SALT_BYTES = 16;

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final SecureRandom random = new SecureRandom();
  private final boolean enabled;

  Dossier(JdbcClient jdbc, ObjectMapper json, DossierSettings settings) {
    this.jdbc = jdbc;
    this.enabled = settings.enabled();
    this.json = json.copy().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
  }

  /** Records an entry in the transaction of the caller, which must be active. */
  public void record(DossierEntry entry) {
    record(List.of(entry));
  }

  /**
   * Records entries, in their order, in the transaction of the caller, which must be active. They
   * are written before it commits; entries about messages only where {@code byo.dossier.enabled} is
   * true.
   */
  public void record(Collection<DossierEntry> given) {
    Collection<DossierEntry> entries =
        enabled ? given : given.stream().filter(one -> one.kind().isOfChain()).toList();
    if (!TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalTransactionStateException("an entry belongs to the transaction of a change");
    }
    if (entries.isEmpty()) {
      return;
    }
    for (TransactionSynchronization one : TransactionSynchronizationManager.getSynchronizations()) {
      if (one instanceof Writing writing && writing.isOf(this)) {
        writing.entries.addAll(entries);
        return;
      }
    }
    Writing writing = new Writing();
    writing.entries.addAll(entries);
    TransactionSynchronizationManager.registerSynchronization(writing);
  }

  /**
   * Records an entry in the chain of each organisation that has one, in the transaction of the
   * caller.
   */
  public void recordForAll(DossierKind kind, Map<String, ?> content) {
    List<String> organizations =
        jdbc.sql("SELECT DISTINCT organization FROM dossier_seal ORDER BY organization")
            .query(String.class)
            .list();
    record(
        organizations.stream()
            .map(one -> new DossierEntry(new OrganizationId(one), null, kind, content))
            .toList());
  }

  /** What a transaction has recorded, until it commits. */
  private final class Writing implements TransactionSynchronization {
    private final List<DossierEntry> entries = new ArrayList<>();

    boolean isOf(Dossier dossier) {
      return Dossier.this == dossier;
    }

    @Override
    public void beforeCommit(boolean readOnly) {
      write(entries);
      entries.clear();
    }
  }

  private void write(List<DossierEntry> entries) {
    int count = entries.size();
    if (count == 0) {
      return;
    }
    byte[] salts = new byte[count * SALT_BYTES];
    random.nextBytes(salts);
    String[] organizations = new String[count];
    UUID[] messages = new UUID[count];
    String[] kinds = new String[count];
    byte[][] digests = new byte[count][];
    byte[][] saltOf = new byte[count][];
    String[] contents = new String[count];
    for (int i = 0; i < count; i++) {
      DossierEntry entry = entries.get(i);
      organizations[i] = entry.organization().value();
      messages[i] = entry.message() == null ? null : entry.message().value();
      kinds[i] = entry.kind().word();
      contents[i] = text(entry.content());
      saltOf[i] = Arrays.copyOfRange(salts, i * SALT_BYTES, (i + 1) * SALT_BYTES);
      digests[i] = DossierDigests.content(saltOf[i], contents[i]);
    }
    jdbc.sql(
            """
            INSERT INTO dossier_entry (organization, message_id, kind, recorded_at, digest, salt, content)
            SELECT e.organization, e.message_id, e.kind, statement_timestamp(), e.digest, e.salt, e.content
            FROM unnest(:organizations::text[], :messages::uuid[], :kinds::text[], :digests::bytea[],
                :salts::bytea[], :contents::text[])
              WITH ORDINALITY AS e (organization, message_id, kind, digest, salt, content, place)
            ORDER BY e.place
            """)
        .param("organizations", organizations)
        .param("messages", messages)
        .param("kinds", kinds)
        .param("digests", digests)
        .param("salts", saltOf)
        .param("contents", contents)
        .update();
  }

  private String text(Object content) {
    try {
      return JsonText.withoutNul(json.writeValueAsString(content));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the content of an entry cannot be written as JSON", e);
    }
  }
}
