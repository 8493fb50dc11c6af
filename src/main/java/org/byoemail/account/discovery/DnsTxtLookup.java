package org.byoemail.account.discovery;

import java.time.Duration;
import java.util.List;
import org.byoemail.account.connection.Deadline;
import org.byoemail.account.discovery.NameServer.LookupFailed;
import org.springframework.stereotype.Component;

/**
 * Looks up TXT records, by which owners of domains prove their ownership. Anyone on the network
 * path can forge an answer unless the resolver validates DNSSEC. Safe for use by many threads.
 */
@Component
public class DnsTxtLookup {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final NameServer names;

  DnsTxtLookup(NameServer names) {
    this.names = names;
  }

  /**
   * Lookups outside of an application context.
   *
   * @param resolver an IP address with or without port; empty: the system's
   * @throws IllegalArgumentException if it is no IP address
   */
  public static DnsTxtLookup at(String resolver) {
    return new DnsTxtLookup(new DnsNameServer(DiscoverySettings.at(resolver)));
  }

  /** The lookup failed. A name without TXT records is not a failure. */
  public static final class TextsUnknown extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean answered;

    TextsUnknown(LookupFailed cause) {
      super(cause.getMessage(), cause);
      answered = cause.answered();
    }

    /** Whether DNS answered, by an error of that name's servers. */
    public boolean answered() {
      return answered;
    }
  }

  /** The timeout of a lookup. */
  public static Duration limit() {
    return LIMIT;
  }

  /**
   * The texts of a name, at most 20. Waits for DNS.
   *
   * @throws TextsUnknown if there was no answer
   */
  public List<String> of(String name) {
    return of(name, Deadline.in(LIMIT));
  }

  /**
   * The texts of a name, at most 20. Waits for DNS until the deadline.
   *
   * @throws TextsUnknown if there was no answer
   */
  public List<String> of(String name, Deadline deadline) {
    try {
      return names.txt(name, deadline);
    } catch (LookupFailed e) {
      throw new TextsUnknown(e);
    }
  }
}
