package org.byoemail.platform.access;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.format.mail.Tokens;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Finds the caller of a key. All comparisons take constant time. Thread-safe. */
@Component
class Keyring {
  private static final Logger log = LoggerFactory.getLogger(Keyring.class);
  private static final int REMEMBERED = 20_000;
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final ApiKeys keys;
  private final Clock clock;
  private final byte[] adminKey;
  private final Set<UUID> noting = ConcurrentHashMap.newKeySet();
  private Set<ByteBuffer> remembered = Set.of();
  private Instant rememberedAt = Instant.EPOCH;

  Keyring(ApiKeys keys, ApiSettings settings, Clock clock) {
    this.keys = keys;
    this.clock = clock;
    this.adminKey = Tokens.sha256(settings.adminKey());
  }

  /** Whether it is the admin key of the settings. */
  boolean isAdminKey(String key) {
    return MessageDigest.isEqual(adminKey, Tokens.sha256(key));
  }

  /**
   * Whether it may be a valid key, by a list that is reloaded every ten seconds: an address that
   * guesses keys causes no more database queries than that.
   */
  boolean mayBeMade(String key) {
    return remembered().contains(ByteBuffer.wrap(Tokens.sha256(key)));
  }

  private synchronized Set<ByteBuffer> remembered() {
    Instant now = clock.instant();
    if (Duration.between(rememberedAt, now).compareTo(FRESH) >= 0) {
      rememberedAt = now;
      try {
        Set<ByteBuffer> read = new HashSet<>();
        keys.hashes(REMEMBERED).forEach(hash -> read.add(ByteBuffer.wrap(hash)));
        remembered = read;
      } catch (DataAccessException e) {
        log.warn(
            "the keys could not be loaded, the previous list stays in use: {}", e.getMessage());
      }
    }
    return remembered;
  }

  /**
   * The caller with that key; empty if absent.
   *
   * @throws KeyExpired if the key has expired
   */
  Optional<Caller> caller(String key) {
    if (isAdminKey(key)) {
      return Optional.of(Caller.adminKey());
    }
    return keys.find(key).map(this::used);
  }

  private Caller used(ApiKeys.PresentedKey shown) {
    ApiKey key = shown.key();
    if (shown.expired()) {
      throw new KeyExpired(key.id());
    }
    // One thread is enough: the others need not wait for the row lock.
    if (shown.useIsStale() && noting.add(key.id())) {
      try {
        keys.noteUse(key.id());
      } catch (DataAccessException e) {
        log.warn("the use of key {} could not be recorded: {}", key.id(), e.getMessage());
      } finally {
        noting.remove(key.id());
      }
    }
    return Caller.key(key, shown.scope());
  }
}
