package org.byoemail.platform.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** What nobody refers to is cleared away, and what somebody has or is about to have is not. */
class ContentSweepTest extends WebTest {
  private static final Instant LONG_AGO = Instant.now().minus(Duration.ofDays(30));

  @Autowired private ContentSweep sweep;
  @Autowired private ContentStore contents;
  @Autowired private UnusedContents unused;
  @Autowired private ContentSettings settings;

  @BeforeEach
  void fromTheStart() {
    jdbc.sql("UPDATE content_sweep SET position = '', claimed_until = '-infinity'").update();
    jdbc.sql("DELETE FROM unused_content").update();
  }

  @Test
  void contentThatNobodyHasIsAnnouncedAndRemovedADayLater() {
    String left = old("left " + UUID.randomUUID());

    sweep.sweep();
    boolean announced = isAnnounced(left);
    boolean there = contents.storedAt(left).isPresent();
    aDayPasses();
    sweep.sweep();

    assertThat(announced).isTrue();
    assertThat(there).isTrue();
    assertThat(contents.storedAt(left)).isEmpty();
    assertThat(isAnnounced(left)).isFalse();
  }

  @Test
  void contentOfATransactionThatMayStillRunStays() {
    String fresh = stored("fresh " + UUID.randomUUID());

    sweep.sweep();

    assertThat(isAnnounced(fresh)).isFalse();
  }

  @Test
  void contentThatMailsShareStaysForAsLongAsOneOfThemHasIt() {
    String pack = old("pack " + UUID.randomUUID());
    String account = account(fresh("ours"), fresh("ada") + "@example.test");
    new StoredMail(jdbc).mail(UUID.fromString(account), "quarantined", "Odd", null, "why", pack);
    jdbc.sql("UPDATE inbound_mail SET raw_offset = 2, raw_length = 2 WHERE raw_sha256 = :pack")
        .param("pack", pack)
        .update();

    sweep.sweep();

    assertThat(isAnnounced(pack)).isFalse();
  }

  @Test
  void contentThatIsReferredToMeanwhileStays() {
    String left = old("referred " + UUID.randomUUID());
    sweep.sweep();
    aDayPasses();
    jdbc.sql(
            """
            INSERT INTO attachment (id, organization, name, content_type, size, sha256, created_at)
            VALUES (gen_random_uuid(), 'ours', 'a', 'text/plain', 1, :sha256, now())
            """)
        .param("sha256", left)
        .update();

    sweep.sweep();

    assertThat(contents.storedAt(left)).isPresent();
    assertThat(isAnnounced(left)).isFalse();
  }

  @Test
  void contentThatIsStoredAgainMeanwhileIsTakenBack() {
    String text = "again " + UUID.randomUUID();
    String left = old(text);
    sweep.sweep();
    aDayPasses();

    stored(text);
    sweep.sweep();

    assertThat(contents.storedAt(left)).isPresent();
  }

  @Test
  void whoStoresAContentWaitsForItsRemovalAndHasItAfterwards(@TempDir Path dir) throws Exception {
    ContentStore folder = new FolderContents(dir, unused::takeBack);
    CountDownLatch removing = new CountDownLatch(1);
    CountDownLatch mayRemove = new CountDownLatch(1);
    ContentStore slow =
        new Delegate(folder) {
          @Override
          public boolean remove(String sha256, Instant unusedSince) {
            removing.countDown();
            await(mayRemove);
            return super.remove(sha256, Instant.now().plusSeconds(60));
          }
        };
    String text = "raced " + UUID.randomUUID();
    String left = folder.store(stream(text)).sha256();
    unused.announce(List.of(left));
    aDayPasses();

    CompletableFuture<Integer> removal = CompletableFuture.supplyAsync(() -> unused.remove(slow));
    await(removing);
    CompletableFuture<String> storing =
        CompletableFuture.supplyAsync(() -> folder.store(stream(text)).sha256());
    // It waits for the lock, which PostgreSQL shows.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (waitingForLocks() == 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    mayRemove.countDown();

    assertThat(removal.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(storing.get(20, TimeUnit.SECONDS)).isEqualTo(left);
    assertThat(folder.storedAt(left)).isPresent();
  }

  @Test
  void storeThatSeemsToBeAnothersIsLeftAlone() {
    List<String> theirs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      theirs.add("%064x".formatted(i));
    }
    ContentStore shared =
        new Delegate(contents) {
          @Override
          public Step list(String behind, int most) {
            return new Step(theirs, "");
          }

          @Override
          public Optional<Instant> storedAt(String sha256) {
            return Optional.of(LONG_AGO);
          }
        };

    sweepOf(shared).sweep();

    assertThat(jdbc.sql("SELECT count(*) FROM unused_content").query(Long.class).single()).isZero();
  }

  @Test
  void walkGoesOnWhereTheLastOneEndedAndOneNodeWalksAtATime() {
    List<String> asked = new ArrayList<>();
    ContentStore store =
        new Delegate(contents) {
          @Override
          public Step list(String behind, int most) {
            asked.add(behind);
            if (asked.size() == 1) {
              sweepOf(this).sweep(); // Another node, at the same time.
            }
            return new Step(List.of(), "12ab~");
          }
        };

    sweepOf(store).sweep();
    sweepOf(store).sweep();

    assertThat(asked).containsExactly("", "12ab~");
  }

  @Test
  void folderOfAKilledNodesDocumentIsRemovedWithWhatIsInIt(@TempDir Path dir) throws IOException {
    Path document = Files.createDirectories(dir.resolve("byo-document1/poifiles"));
    temporary(document.resolve("part.tmp"));
    Path other = Files.writeString(Files.createDirectory(dir.resolve("other")).resolve("a"), "x");
    Files.createSymbolicLink(document.resolve("link"), other.getParent());
    Path fresh = Files.createDirectories(dir.resolve("byo-document2"));
    Files.setLastModifiedTime(
        document.getParent(),
        java.nio.file.attribute.FileTime.from(Instant.now().minus(Duration.ofDays(2))));

    new TemporaryFiles(dir).remove(Instant.now().minus(Duration.ofDays(1)), 10);

    assertThat(document.getParent()).doesNotExist();
    assertThat(other).exists();
    assertThat(fresh).exists();
  }

  @Test
  void temporaryFilesOfAKilledNodeAreRemovedAndOthersStay(@TempDir Path dir) throws IOException {
    Path mail = temporary(dir.resolve("byo-mail-1.eml"));
    Path request = temporary(dir.resolve("byo-body3.tmp"));
    Path uploads = Files.createDirectories(dir.resolve("tomcat.8080.1/work/Tomcat/localhost/ROOT"));
    Path upload = temporary(uploads.resolve("upload_1_2.tmp"));
    Path foreign = temporary(dir.resolve("another.txt"));
    Path fresh = Files.writeString(dir.resolve("byo-content-2.tmp"), "x");

    int removed = new TemporaryFiles(dir).remove(Instant.now().minus(Duration.ofDays(1)), 10);

    assertThat(removed).isEqualTo(3);
    assertThat(mail).doesNotExist();
    assertThat(request).doesNotExist();
    assertThat(upload).doesNotExist();
    assertThat(foreign).exists();
    assertThat(fresh).exists();
  }

  private ContentSweep sweepOf(ContentStore store) {
    return new ContentSweep(
        store,
        unused,
        new TemporaryFiles(settings.dir()),
        jdbc,
        java.time.Clock.systemUTC(),
        new io.micrometer.core.instrument.simple.SimpleMeterRegistry());
  }

  private static Path temporary(Path file) throws IOException {
    Files.writeString(file, "x");
    return Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
  }

  private String old(String text) {
    String sha256 = stored(text);
    Path file =
        settings
            .dir()
            .resolve(sha256.substring(0, 2))
            .resolve(sha256.substring(2, 4))
            .resolve(sha256);
    try {
      Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return sha256;
  }

  private String stored(String text) {
    return contents.store(stream(text)).sha256();
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private void aDayPasses() {
    jdbc.sql("UPDATE unused_content SET since = since - interval '25 hours'").update();
  }

  private boolean isAnnounced(String sha256) {
    return jdbc.sql("SELECT EXISTS (SELECT 1 FROM unused_content WHERE sha256 = :sha256)")
        .param("sha256", sha256)
        .query(Boolean.class)
        .single();
  }

  private long waitingForLocks() {
    return jdbc.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        .query(Long.class)
        .single();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static class Delegate implements ContentStore {
    private final ContentStore store;

    Delegate(ContentStore store) {
      this.store = store;
    }

    @Override
    public Stored store(java.io.InputStream content) {
      return store.store(content);
    }

    @Override
    public java.io.InputStream open(Piece piece) {
      return store.open(piece);
    }

    @Override
    public boolean remove(String sha256, Instant unusedSince) {
      return store.remove(sha256, unusedSince);
    }

    @Override
    public Step list(String behind, int most) {
      return store.list(behind, most);
    }

    @Override
    public Optional<Instant> storedAt(String sha256) {
      return store.storedAt(sha256);
    }

    @Override
    public int removeLeftovers(Instant before, int most) {
      return store.removeLeftovers(before, most);
    }

    @Override
    public Optional<String> note(String name) {
      return store.note(name);
    }

    @Override
    public void writeNote(String name, String text) {
      store.writeNote(name, text);
    }
  }
}
