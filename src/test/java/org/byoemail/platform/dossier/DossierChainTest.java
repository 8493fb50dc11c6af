package org.byoemail.platform.dossier;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.event.Events;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class DossierChainTest extends WebTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
  private static final String OTHER_KEY =
      Base64.getEncoder().encodeToString("another key of thirty-two bytes.".getBytes());

  @Autowired private Dossier dossier;
  @Autowired private DossierCleanup cleanup;
  @Autowired private ChainRows rows;
  @Autowired private Events events;
  @Autowired private PlatformTransactionManager transactions;

  private String organization = "";

  /** No node seals in this context: chains that others signed would not be continued by it. */
  @BeforeEach
  void begin() {
    organization = fresh("acme");
    jdbc.sql("DELETE FROM dossier_key").update();
  }

  @Test
  void chainOfSeveralSealsIsValidAndItsHeadsArePublished() {
    record(3);
    sealer(KEY).seal();
    record(2);
    sealer(KEY).seal();

    ChainVerification.Result result = verify(KEY);

    assertThat(result.problems()).isEmpty();
    assertThat(result.seals()).isEqualTo(2);
    assertThat(result.entries()).isEqualTo(5);
    assertThat(result.keys()).containsExactly(SigningKey.parse(KEY).id());
    assertThat(publishedHeads()).hasSize(2).contains(result.head());
  }

  @Test
  void chainWithoutKeyIsValidAndSaysThatItIsNotSigned() {
    record(1);
    sealer(null).seal();

    ChainVerification.Result result = verify();

    assertThat(result.problems()).isEmpty();
    assertThat(result.unsigned()).isEqualTo(1);
    assertThat(verify(KEY).problems()).contains("seal 1 is not signed", "no seal is signed");
  }

  @Test
  void sealsFromBeforeTheKeyAreValidOnlyIfTheyAreNamed() {
    record(1);
    sealer(null).seal();
    record(1);
    sealer(KEY).seal();

    assertThat(verify(KEY).problems()).containsExactly("seal 1 is not signed");
    assertThat(
            verifier().verify(organization, List.of(publicKey(KEY)), 1, Map.of()).get(0).problems())
        .isEmpty();
  }

  @Test
  void rewrittenChainWithoutSignaturesIsFound() {
    sealed();
    jdbc.sql("DELETE FROM dossier_seal WHERE organization = :o").param("o", organization).update();
    jdbc.sql("DELETE FROM dossier_key").update();
    jdbc.sql("UPDATE dossier_progress SET up_to = :n").param("n", firstEntry() - 1).update();
    sealer(null).seal();

    assertThat(problem()).contains("seal 1 is not signed");
  }

  @Test
  void nodeWithoutKeyDoesNotContinueSignedChains() {
    record(1);
    sealer(KEY).seal();
    record(1);
    sealer(null).seal();

    assertThat(verify(KEY).seals()).isEqualTo(1);
    sealer(KEY).seal();
    assertThat(verify(KEY).problems()).isEmpty();
    assertThat(verify(KEY).entries()).isEqualTo(2);
  }

  @Test
  void keyIsRotatedAndTheChainSaysSo() {
    record(1);
    sealer(KEY).seal();
    record(1);
    sealer(OTHER_KEY).seal();
    sealer(OTHER_KEY).seal();

    assertThat(verify(KEY, OTHER_KEY).problems()).isEmpty();
    assertThat(verify(KEY, OTHER_KEY).keys()).hasSize(2);
    assertThat(verify(KEY).problems()).anyMatch(problem -> problem.contains("not trusted"));
    assertThat(contents("key_changed"))
        .singleElement()
        .asString()
        .contains(SigningKey.parse(KEY).id(), SigningKey.parse(OTHER_KEY).id());
  }

  @Test
  void changedContentIsFound() {
    sealed();
    jdbc.sql("UPDATE dossier_entry SET content = '{\"text\":\"other\"}' WHERE number = :n")
        .param("n", first())
        .update();

    assertThat(problem()).contains("content is not the one that was recorded");
  }

  @Test
  void changedEntryIsFoundThoughItsDigestsFit() {
    sealed();
    byte[] salt = new byte[16];
    jdbc.sql(
            "UPDATE dossier_entry SET content = '{}', salt = :salt, digest = :digest WHERE number = :n")
        .param("salt", salt)
        .param("digest", DossierDigests.content(salt, "{}"))
        .param("n", first())
        .update();

    assertThat(problem()).contains("not those that it was made of");
  }

  @Test
  void removedEntryIsFound() {
    sealed();
    jdbc.sql("DELETE FROM dossier_entry WHERE number = :n").param("n", first()).update();

    assertThat(problem()).contains("was removed");
  }

  @Test
  void removedEntryIsFoundThoughItsSealNamesItNoLonger() {
    sealed();
    jdbc.sql("DELETE FROM dossier_entry WHERE number = :n").param("n", first()).update();
    jdbc.sql(
            "UPDATE dossier_seal SET entries = array_remove(entries, :n), entry_count = entry_count - 1 WHERE organization = :o")
        .param("n", first())
        .param("o", organization)
        .update();

    assertThat(verify(KEY).problems()).isNotEmpty();
  }

  @Test
  void addedEntryIsFound() {
    sealed();
    jdbc.sql(
            """
            INSERT INTO dossier_entry (number, organization, kind, recorded_at, digest) OVERRIDING SYSTEM VALUE
            VALUES ((SELECT min(n) FROM generate_series(-1000000, -1) AS n
              WHERE n NOT IN (SELECT number FROM dossier_entry)), :o, 'gates', now(), '')
            """)
        .param("o", organization)
        .update();

    assertThat(problem()).contains("in no seal");
  }

  @Test
  void swappedOrderIsFound() {
    sealed();
    jdbc.sql(
            """
            UPDATE dossier_seal SET entries = ARRAY(SELECT unnest(entries) ORDER BY 1 DESC)
            WHERE organization = :o AND number = 1
            """)
        .param("o", organization)
        .update();

    assertThat(problem()).contains("not in that order");
  }

  @Test
  void forgedHeadIsFound() {
    sealed();
    Seal first = rows.last(List.of(organization)).get(organization);
    byte[] root = new byte[32];
    byte[] head =
        DossierDigests.head(
            organization,
            first.number(),
            first.previous(),
            root,
            first.count(),
            first.sealedAt(),
            first.key());
    jdbc.sql(
            "UPDATE dossier_seal SET root = :root, head = :head WHERE organization = :o AND number = :n")
        .param("root", root)
        .param("head", head)
        .param("o", organization)
        .param("n", first.number())
        .update();

    assertThat(problem()).contains("signature");
  }

  @Test
  void chainThatAnotherKeyMadeFromTheStartIsFound() {
    record(1);
    sealer(OTHER_KEY).seal();

    assertThat(problem()).contains("not trusted");
  }

  @Test
  void missingEndIsFoundByAPublishedHead() {
    sealed();
    record(1);
    sealer(KEY).seal();
    Seal last = rows.last(List.of(organization)).get(organization);
    jdbc.sql("DELETE FROM dossier_seal WHERE organization = :o AND number = :n")
        .param("o", organization)
        .param("n", last.number())
        .update();

    List<String> problems =
        verifier()
            .verify(
                organization, List.of(publicKey(KEY)), 0, Map.of(last.number(), hex(last.head())))
            .get(0)
            .problems();

    assertThat(problems)
        .anyMatch(problem -> problem.contains("whose head was published, is missing"));
  }

  @Test
  void erasedContentsLeaveTheChainValid() {
    StoredMessageId message = sealed();
    transaction().executeWithoutResult(status -> cleanup.erase(List.of(message)));
    assertThat(verify(KEY).problems()).as("before the sealer has come").isEmpty();
    sealer(KEY).seal();

    ChainVerification.Result result = verify(KEY);

    assertThat(result.problems()).isEmpty();
    assertThat(result.erased()).isEqualTo(3);
    assertThat(contents("gates")).isEmpty();
  }

  @Test
  void contentThatIsGoneWithoutAnEntryIsFound() {
    sealed();
    jdbc.sql("UPDATE dossier_entry SET content = NULL, salt = NULL WHERE number = :n")
        .param("n", first())
        .update();

    assertThat(problem()).contains("no entry says that it was erased");
  }

  @Test
  void entriesAreDeletedAfterTheirTimeAndTheLinksStay() {
    StoredMessageId message = sealed();
    record(1);
    sealer(KEY).seal();
    transaction().executeWithoutResult(status -> cleanup.erase(List.of(message)));
    sealer(KEY).seal();

    Integer pruned =
        transaction()
            .execute(
                status ->
                    cleanup.prune(new OrganizationId(organization), Instant.now().plusSeconds(60)));
    sealer(KEY).seal();

    ChainVerification.Result result = verify(KEY);
    assertThat(pruned).isEqualTo(1);
    assertThat(result.problems()).isEmpty();
    assertThat(result.pruned()).isEqualTo(1);
    assertThat(result.seals()).isEqualTo(4);
    jdbc.sql("UPDATE dossier_seal SET entries = NULL WHERE organization = :o AND number = 2")
        .param("o", organization)
        .update();
    assertThat(problem()).contains("no entry says that they were deleted");
  }

  @Test
  void sealThatIsKeptDoesNotKeepLaterOnes() {
    StoredMessageId partly = record(1);
    record(1);
    sealer(KEY).seal();
    StoredMessageId message = sealed();
    transaction().executeWithoutResult(status -> cleanup.erase(List.of(partly, message)));
    sealer(KEY).seal();

    int pruned = prune();
    sealer(KEY).seal();
    int again = prune();

    assertThat(pruned).isEqualTo(1);
    assertThat(again).isZero();
    assertThat(verify(KEY).problems()).isEmpty();
    jdbc.sql("UPDATE dossier_seal SET entries = NULL WHERE organization = :o AND number = 1")
        .param("o", organization)
        .update();
    assertThat(problem()).contains("the entries of seal 1 are gone");
  }

  private int prune() {
    return transaction()
        .execute(
            status ->
                cleanup.prune(new OrganizationId(organization), Instant.now().plusSeconds(60)));
  }

  @Test
  void entryThatCommitsLateIsSealedOnce() throws Exception {
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch mayCommit = new CountDownLatch(1);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<?> late =
          pool.submit(
              () ->
                  transaction()
                      .executeWithoutResult(
                          status -> {
                            insertByHand();
                            written.countDown();
                            await(mayCommit);
                          }));
      await(written);
      record(1);
      sealer(KEY).seal();
      assertThat(verify(KEY).entries()).isEqualTo(1);
      mayCommit.countDown();
      late.get(10, TimeUnit.SECONDS);
      sealer(KEY).seal();
      sealer(KEY).seal();

      assertThat(verify(KEY).problems()).isEmpty();
      assertThat(verify(KEY).entries()).isEqualTo(2);
    } finally {
      mayCommit.countDown();
      pool.shutdownNow();
    }
  }

  @Test
  void twoSealersWithWritersSealEachEntryOnce() throws Exception {
    int writers = 3;
    int each = 40;
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService pool = Executors.newFixedThreadPool(writers + 2);
    try {
      List<Future<?>> writing = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        writing.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    record(1);
                  }
                }));
      }
      List<Future<?>> sealing = new ArrayList<>();
      for (int s = 0; s < 2; s++) {
        sealing.add(
            pool.submit(
                () -> {
                  DossierSealer sealer = sealer(KEY);
                  while (!done.get()) {
                    sealer.seal();
                  }
                }));
      }
      for (Future<?> one : writing) {
        one.get(30, TimeUnit.SECONDS);
      }
      done.set(true);
      for (Future<?> one : sealing) {
        one.get(30, TimeUnit.SECONDS);
      }
      sealer(KEY).seal();

      ChainVerification.Result result = verify(KEY);
      assertThat(result.problems()).isEmpty();
      assertThat(result.entries()).isEqualTo(writers * each);
      assertThat(
              jdbc.sql(
                      """
                      SELECT count(DISTINCT n) = count(*) FROM dossier_seal, unnest(entries) AS n
                      WHERE organization = :o
                      """)
                  .param("o", organization)
                  .query(Boolean.class)
                  .single())
          .isTrue();
    } finally {
      done.set(true);
      pool.shutdownNow();
    }
  }

  private StoredMessageId sealed() {
    StoredMessageId message = record(3);
    sealer(KEY).seal();
    return message;
  }

  private StoredMessageId record(int entries) {
    StoredMessageId message = StoredMessageId.next();
    transaction()
        .executeWithoutResult(
            status -> {
              for (int i = 0; i < entries; i++) {
                dossier.record(
                    new DossierEntry(
                        new OrganizationId(organization),
                        message,
                        DossierKind.GATES,
                        Map.of("text", "entry " + i)));
              }
            });
    return message;
  }

  private void insertByHand() {
    byte[] salt = new byte[16];
    jdbc.sql(
            """
            INSERT INTO dossier_entry (organization, message_id, kind, recorded_at, digest, salt, content)
            VALUES (:o, :m, 'gates', statement_timestamp(), :digest, :salt, '{}')
            """)
        .param("o", organization)
        .param("m", StoredMessageId.next().value())
        .param("digest", DossierDigests.content(salt, "{}"))
        .param("salt", salt)
        .update();
  }

  private DossierSealer sealer(@Nullable String key) {
    return new DossierSealer(
        rows,
        dossier,
        events,
        transactions,
        new DossierSettings(true, Duration.ofSeconds(5), key),
        Clock.systemUTC(),
        new SimpleMeterRegistry());
  }

  private ChainVerification.Result verify(String... keys) {
    List<String> trusted = new ArrayList<>();
    for (String key : keys) {
      trusted.add(publicKey(key));
    }
    return verifier().verify(organization, trusted, 0, new HashMap<>()).get(0);
  }

  private String problem() {
    List<String> problems = verify(KEY).problems();
    assertThat(problems).isNotEmpty();
    return String.join("\n", problems);
  }

  private DossierVerifier verifier() {
    return new DossierVerifier(jdbc);
  }

  private static String publicKey(String key) {
    return Base64.getEncoder().encodeToString(SigningKey.parse(key).publicKey());
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  private long first() {
    return jdbc.sql("SELECT entries[1] FROM dossier_seal WHERE organization = :o AND number = 1")
        .param("o", organization)
        .query(Long.class)
        .single();
  }

  private long firstEntry() {
    return jdbc.sql("SELECT min(number) FROM dossier_entry WHERE organization = :o")
        .param("o", organization)
        .query(Long.class)
        .single();
  }

  private List<String> contents(String kind) {
    return jdbc.sql(
            "SELECT content FROM dossier_entry WHERE organization = :o AND kind = :k AND content IS NOT NULL")
        .param("o", organization)
        .param("k", kind)
        .query(String.class)
        .list();
  }

  private List<String> publishedHeads() {
    return jdbc.sql(
            "SELECT body->>'head' FROM event WHERE organization = :o AND type = 'dossier.sealed'")
        .param("o", organization)
        .query(String.class)
        .list();
  }

  private TransactionTemplate transaction() {
    return new TransactionTemplate(transactions);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
