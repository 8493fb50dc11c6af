package org.byoemail.command.inspect;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.discovery.DnsTxtLookup;
import org.byoemail.account.discovery.DnsTxtLookup.TextsUnknown;
import org.byoemail.account.provider.Provider;
import org.byoemail.account.provider.Providers;
import org.byoemail.format.authentication.SenderCheck;
import org.byoemail.format.authentication.SenderVerdict;
import org.byoemail.format.authentication.ServerRule;
import org.byoemail.format.authentication.TxtRecords;
import org.byoemail.format.mime.ParsedMail;
import org.jspecify.annotations.Nullable;

/**
 * Judges the senders of raw mails, as the gateway does. A file does not say when the mail arrived:
 * whether a signature had expired is judged by its Date. Safe for use by several threads.
 */
final class SenderInspection {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MAX_KNOWN = 10_000;

  private final @Nullable ServerRule rule;
  private final @Nullable DnsTxtLookup records;
  private final Map<String, List<String>> known = new ConcurrentHashMap<>();

  /**
   * @throws IllegalArgumentException if the resolver is no IP address, or the host is no provider's
   */
  SenderInspection(InspectArguments asked) {
    this.rule = rule(asked);
    this.records = asked.dns() == null ? null : DnsTxtLookup.at(asked.dns());
  }

  private static @Nullable ServerRule rule(InspectArguments asked) {
    String id = asked.authservId();
    if (id != null) {
      return ServerRule.of(id.toLowerCase(Locale.ROOT));
    }
    String host = asked.imapHost();
    if (host == null) {
      return null;
    }
    return new Providers()
        .ofServer(host)
        .map(Provider::receiving)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "how the server behind " + host + " writes is not known: use --authserv-id"));
  }

  SenderVerdict of(byte[] raw, ParsedMail parsed) {
    Deadline deadline = Deadline.in(LIMIT);
    try {
      return SenderCheck.of(
          parsed,
          new ByteArrayInputStream(raw),
          rule,
          false,
          parsed.headers().date().orElse(Instant.EPOCH),
          records == null ? TxtRecords.NOT_ASKED : name -> texts(records, name, deadline));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> texts(DnsTxtLookup records, String name, Deadline deadline)
      throws TxtRecords.Unavailable {
    if (deadline.isOver()) {
      throw new TxtRecords.Unavailable("DNS did not answer in time");
    }
    List<String> present = known.get(name);
    if (present != null) {
      return present;
    }
    try {
      List<String> found = records.of(name, deadline);
      if (known.size() < MAX_KNOWN) {
        known.put(name, found);
      }
      return found;
    } catch (TextsUnknown e) {
      throw new TxtRecords.Unavailable(String.valueOf(e.getMessage()));
    }
  }
}
