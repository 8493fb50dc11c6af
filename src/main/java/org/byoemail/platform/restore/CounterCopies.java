package org.byoemail.platform.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.byoemail.platform.conversation.ContentStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * The copies of the database's counter in Redis and with the contents. A place that is unavailable
 * or empty proves nothing. Thread-safe.
 */
@Component
class CounterCopies {
  private static final Logger log = LoggerFactory.getLogger(CounterCopies.class);

  private final StringRedisTemplate redis;
  private final ContentStore contents;

  CounterCopies(StringRedisTemplate redis, ContentStore contents) {
    this.redis = redis;
    this.contents = contents;
  }

  /** The highest values of all copies that can be read; empty if there are none. */
  Optional<CounterCopy> read(UUID database) {
    List<CounterCopy> found = new ArrayList<>();
    tried(() -> Optional.ofNullable(redis.opsForValue().get(key(database))), "Redis")
        .flatMap(CounterCopy::parse)
        .ifPresent(found::add);
    tried(() -> contents.note(name(database)), "the contents")
        .flatMap(CounterCopy::parse)
        .ifPresent(found::add);
    return found.stream().reduce(CounterCopy::max);
  }

  /** Writes the copies to those places that are available. */
  void write(UUID database, CounterCopy copy) {
    tried(
        () -> {
          redis.opsForValue().set(key(database), copy.text());
          return Optional.empty();
        },
        "Redis");
    tried(
        () -> {
          contents.writeNote(name(database), copy.text());
          return Optional.empty();
        },
        "the contents");
  }

  private static Optional<String> tried(Supplier<Optional<String>> access, String place) {
    try {
      return access.get();
    } catch (RuntimeException e) {
      // Other users of the place report that it is unavailable, and the other place has a copy,
      // too.
      log.debug("cannot copy the database's counter to {}: {}", place, e.toString());
      return Optional.empty();
    }
  }

  private static String key(UUID database) {
    return "{byo.database}:" + database;
  }

  private static String name(UUID database) {
    return "database-" + database;
  }
}
