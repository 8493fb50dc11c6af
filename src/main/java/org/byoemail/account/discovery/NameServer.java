package org.byoemail.account.discovery;

import java.util.List;
import org.byoemail.account.connection.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Looks up DNS records. The answers are not authenticated: the owner of the domain, or an attacker
 * on the network path, controls them.
 */
interface NameServer {
  /** The most records of an answer that are used. */
  int MAX_RECORDS = 20;

  /**
   * A mail exchanger (RFC 5321 section 5).
   *
   * @param host in lower case, without a dot at the end; empty: the domain takes no mail (RFC 7505)
   */
  record MailExchanger(int preference, String host) {}

  /**
   * A service (RFC 2782).
   *
   * @param target in lower case, without a dot at the end; empty: the service is not offered
   */
  record Service(int priority, int weight, int port, String target) {}

  /** A lookup failed: no answer in time, or an error. A nonexistent name is not a failure. */
  final class LookupFailed extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean answered;

    LookupFailed(String message) {
      this(message, false);
    }

    LookupFailed(String message, boolean answered) {
      super(message);
      this.answered = answered;
    }

    /** Whether DNS answered, by an error. */
    boolean answered() {
      return answered;
    }
  }

  /** The mail exchangers of a domain, the preferred one first. */
  List<MailExchanger> mx(String domain, Deadline deadline) throws LookupFailed;

  /** The services of that name, in the order to use them: by priority, then the largest weight. */
  List<Service> srv(String name, Deadline deadline) throws LookupFailed;

  /** The texts of a name (RFC 1035 section 3.3.14), each with its strings put together. */
  List<String> txt(String name, Deadline deadline) throws LookupFailed;

  /** The target of a name's CNAME record; null without one. */
  @Nullable String cname(String name, Deadline deadline) throws LookupFailed;
}
