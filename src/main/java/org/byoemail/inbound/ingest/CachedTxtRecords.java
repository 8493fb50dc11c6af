package org.byoemail.inbound.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.discovery.DnsTxtLookup;
import org.byoemail.format.authentication.TxtRecords;
import org.byoemail.format.authentication.TxtRecords.Unavailable;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The TXT records of keys and DMARC policies, from DNS, kept for minutes in bounded memory. A
 * failure is kept for seconds, so that a batch of mail does not wait for the same name again and
 * again. Safe for use by many threads.
 */
@Component
class CachedTxtRecords {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration FOUND = Duration.ofMinutes(15);
  private static final Duration NOT_FOUND = Duration.ofMinutes(3);
  private static final Duration FAILED = Duration.ofSeconds(20);

  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)[^.\\s]{1,63}(\\.[^.\\s]{1,63})*");

  /** After so many mails in a row without an answer, DNS counts as unavailable for a while. */
  private static final int MAX_FAILURES = 5;

  private static final int MAX_TEXTS = 10;
  private static final int MAX_TEXT = 8192;
  private static final int MAX_CHARACTERS = 4 << 20;

  private final DnsTxtLookup records;
  private final Clock clock;
  private final Counter lookups;
  private final Counter failures;
  private final Map<String, CachedRecords> known = new LinkedHashMap<>(16, 0.75f, true);
  private int characters;
  private int failuresInARow;
  private Instant awayUntil = Instant.MIN;

  /**
   * What is known of a name.
   *
   * @param texts null if DNS did not answer
   */
  private record CachedRecords(@Nullable List<String> texts, Instant until, int size) {}

  CachedTxtRecords(DnsTxtLookup records, Clock clock, MeterRegistry meters) {
    this.records = records;
    this.clock = clock;
    this.lookups =
        Counter.builder("byo.inbound.dns.lookups")
            .description("lookups of signing keys and DMARC policies that were not in memory")
            .register(meters);
    this.failures =
        Counter.builder("byo.inbound.dns.failures")
            .description("lookups of signing keys and DMARC policies that failed")
            .register(meters);
  }

  /**
   * Lookups for one mail, which together wait 5 s at most.
   *
   * @param again whether the mail is judged again, so that names are asked for that failed
   */
  TxtRecords forOneMail(boolean again) {
    Deadline deadline = Deadline.in(LIMIT);
    AtomicBoolean counted = new AtomicBoolean();
    return name -> of(name.toLowerCase(Locale.ROOT), deadline, again, counted);
  }

  private List<String> of(String name, Deadline deadline, boolean again, AtomicBoolean counted)
      throws Unavailable {
    CachedRecords present = present(name, again);
    if (present == null) {
      if (deadline.isOver()) {
        throw new Unavailable("the lookups of this mail took too long");
      }
      present = lookUp(name, deadline, counted);
    }
    List<String> texts = present.texts();
    if (texts == null) {
      throw new Unavailable("DNS did not answer for " + name);
    }
    return texts;
  }

  private CachedRecords lookUp(String name, Deadline deadline, AtomicBoolean counted) {
    if (!NAME.matcher(name).matches()) {
      // No name of DNS: nothing is published there, whatever DNS does.
      return new CachedRecords(List.of(), Instant.MAX, 0);
    }
    lookups.increment();
    List<String> texts;
    // A stranger's mail names many servers: their errors, and more than one silence of a mail, say
    // nothing about the resolver.
    boolean silent = false;
    try {
      texts =
          records.of(name, deadline).stream()
              .filter(text -> text.length() <= MAX_TEXT)
              .limit(MAX_TEXTS)
              .toList();
    } catch (DnsTxtLookup.TextsUnknown e) {
      failures.increment();
      silent = !e.answered() && counted.compareAndSet(false, true);
      texts = null;
    }
    return keep(name, texts, silent);
  }

  private synchronized @Nullable CachedRecords present(String name, boolean again) {
    Instant now = clock.instant();
    CachedRecords found = known.get(name);
    boolean usable = found != null && !(again && found.texts() == null);
    if (usable && found.until().isAfter(now)) {
      return found;
    }
    return awayUntil.isAfter(now) ? new CachedRecords(null, awayUntil, 0) : null;
  }

  private synchronized CachedRecords keep(
      String name, @Nullable List<String> texts, boolean silent) {
    Instant now = clock.instant();
    failuresInARow = texts != null ? 0 : silent ? failuresInARow + 1 : failuresInARow;
    if (failuresInARow >= MAX_FAILURES) {
      awayUntil = now.plus(FAILED);
      failuresInARow = 0;
    }
    Duration time = texts == null ? FAILED : texts.isEmpty() ? NOT_FOUND : FOUND;
    int size = name.length() + 100;
    for (String text : texts == null ? List.<String>of() : texts) {
      size += text.length();
    }
    CachedRecords made = new CachedRecords(texts, now.plus(time), size);
    CachedRecords before = known.put(name, made);
    characters += size - (before == null ? 0 : before.size());
    Iterator<CachedRecords> eldest = known.values().iterator();
    while (characters > MAX_CHARACTERS && eldest.hasNext()) {
      characters -= eldest.next().size();
      eldest.remove();
    }
    return made;
  }
}
