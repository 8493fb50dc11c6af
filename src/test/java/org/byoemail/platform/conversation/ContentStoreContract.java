package org.byoemail.platform.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.byoemail.platform.conversation.ContentStore.Piece;
import org.byoemail.platform.conversation.ContentStore.Step;
import org.byoemail.platform.conversation.ContentStore.Stored;
import org.junit.jupiter.api.Test;

/** What every place for contents keeps to. */
abstract class ContentStoreContract {
  private static final String SHA256_OF_HELLO =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  abstract ContentStore store();

  /** The names that were told before a content was stored. */
  abstract List<String> kept();

  @Test
  void nameIsToldBeforeAContentIsStoredAgain() {
    store().store(stream("told"));
    Stored stored = store().store(stream("told"));

    assertThat(kept()).contains(stored.sha256());
  }

  @Test
  void stepsGoThroughAllContentsOnce() {
    Set<String> stored = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      stored.add(store().store(stream("step " + i)).sha256());
    }

    List<String> found = new ArrayList<>();
    String next = "";
    do {
      Step step = store().list(next, 15);
      found.addAll(step.sha256s());
      next = step.next();
    } while (!next.isEmpty());

    assertThat(found).doesNotHaveDuplicates().containsAll(stored);
  }

  @Test
  void contentThatWasStoredSinceStaysAndAnOlderOneIsRemoved() {
    String sha256 = store().store(stream("removed")).sha256();

    boolean tooFresh = store().remove(sha256, Instant.parse("2000-01-01T00:00:00Z"));
    boolean old = store().remove(sha256, Instant.now().plusSeconds(60));

    assertThat(tooFresh).isFalse();
    assertThat(old).isTrue();
    assertThat(store().storedAt(sha256)).isEmpty();
    assertThat(store().remove(sha256, Instant.now())).isFalse();
  }

  @Test
  void contentIsFoundUnderItsSha256() throws IOException {
    Stored stored = store().store(stream("hello"));

    assertThat(stored).isEqualTo(new Stored(SHA256_OF_HELLO, 5));
    assertThat(read(store().open(stored.sha256()))).isEqualTo("hello");
  }

  @Test
  void sameContentIsKeptOnce() throws IOException {
    Stored first = store().store(stream("twice"));
    Stored second = store().store(stream("twice"));

    assertThat(second).isEqualTo(first);
    assertThat(read(store().open(first.sha256()))).isEqualTo("twice");
  }

  @Test
  void stretchesOfAContentAreRead() throws IOException {
    String sha256 =
        store().store(new SequenceInputStream(stream("one"), stream("twothree"))).sha256();

    assertThat(read(store().open(new Piece(sha256, 0, 3)))).isEqualTo("one");
    assertThat(read(store().open(new Piece(sha256, 3, 3)))).isEqualTo("two");
    assertThat(read(store().open(new Piece(sha256, 6, 5)))).isEqualTo("three");
    assertThat(read(store().open(new Piece(sha256, 6, 0)))).isEmpty();
    assertThat(read(store().open(Piece.whole(sha256)))).isEqualTo("onetwothree");
  }

  @Test
  void largeAndEmptyContentsComeBackWhole() throws IOException {
    byte[] large = new byte[20 << 20];
    new Random(1).nextBytes(large);

    Stored stored = store().store(new ByteArrayInputStream(large));
    Stored empty = store().store(stream(""));

    assertThat(stored.size()).isEqualTo(large.length);
    try (InputStream content = store().open(stored.sha256())) {
      assertThat(content.readAllBytes()).isEqualTo(large);
    }
    assertThat(read(store().open(empty.sha256()))).isEmpty();
  }

  @Test
  void contentThatIsNotThereIsATroubleOfOurs() {
    assertThatThrownBy(() -> store().open("0".repeat(64))).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void nameThatIsNoSha256LeadsNowhere() {
    assertThatThrownBy(() -> store().open("../../etc/passwd"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static InputStream stream(String content) {
    return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(InputStream content) throws IOException {
    try (content) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
