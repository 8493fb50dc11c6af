package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.connection.SmtpConnections;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Limits concurrent attempts per server and organisation on this node. Servers that recently
 * answered quickly share the workers. Attempts at unknown or slow servers are counted separately,
 * so that they do not delay others: twice as many as there are workers at most, half of them of one
 * organisation, an eighth at one server. A server is a network and a port, whatever names lead to
 * it. Large bodies are begun as the heap has room for them. Safe for use by many threads.
 */
@Component
class ServerConcurrencyLimiter {
  private static final Duration SOON = Duration.ofMillis(250);
  private static final Duration UNTIL_HEAP_IS_FREE = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(15);
  private static final int MAX_SERVERS = 10_000;
  private static final long QUICK_FOR = Duration.ofMinutes(10).toNanos();
  private static final long MARK_INTERVAL = Duration.ofMillis(100).toNanos();

  /**
   * The mail has to wait; not counted as an attempt.
   *
   * @param delay until it is claimed again
   * @param reason why all mail of its account waits; null: only this one does
   */
  record Wait(Duration delay, @Nullable String reason) {}

  /** Tells in which network a host is; the host itself until that is known. */
  interface Networks {
    String of(String host);
  }

  private record Attempt(
      OrganizationId organization, @Nullable String host, String server, long bytes, long began) {}

  private final int workers;
  private final long heap;
  private final long slowAfter;
  private final Networks networks;
  private final Map<UUID, Attempt> running = new HashMap<>();
  private final Set<String> slow = new HashSet<>();
  // When the server last answered quickly.
  private final Map<String, Long> quickAt =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_SERVERS;
        }
      };
  private long markedAt = System.nanoTime();

  @Autowired
  ServerConcurrencyLimiter(SendSettings settings, SmtpConnections connections) {
    this(settings, connections::networkOf);
  }

  ServerConcurrencyLimiter(SendSettings settings, Networks networks) {
    this.workers = settings.workers();
    this.heap = settings.heap();
    this.slowAfter = settings.slowAfter().toNanos();
    this.networks = networks;
  }

  /**
   * Begins the work on a claim, or says that it has to wait.
   *
   * @param account by whose server it leaves; null: by none
   * @param bytes of heap that it takes; 0: few
   */
  synchronized @Nullable Wait begin(Claim claim, @Nullable Account account, long bytes) {
    long now = System.nanoTime();
    markSlow(now);
    ServerSettings smtp = account == null ? null : account.server(Protocol.SMTP);
    String server = smtp == null ? "" : server(smtp);
    OrganizationId organization =
        account == null ? OrganizationId.OPERATOR : account.organization();
    String host = smtp == null ? null : smtp.host();
    Wait wait = null;
    if (host != null && !isQuick(server, now)) {
      wait = waitUncounted(organization, host, server, bytes, now);
    }
    if (wait == null && bytes > 0) {
      long taken = running.values().stream().mapToLong(Attempt::bytes).sum();
      wait = taken > 0 && taken + bytes > heap ? new Wait(UNTIL_HEAP_IS_FREE, null) : null;
    }
    if (wait == null) {
      running.put(claim.token(), new Attempt(organization, host, server, bytes, now));
    }
    return wait;
  }

  /** The server has completed the attempt. */
  synchronized void answered(Claim claim) {
    Attempt answered = running.get(claim.token());
    long now = System.nanoTime();
    if (answered != null && answered.host() != null && now - answered.began() < slowAfter) {
      quickAt.put(server(answered), now);
    }
  }

  /** The work on a claim is over, if it ever began. */
  synchronized void ended(UUID token) {
    running.remove(token);
  }

  /** The number of attempts not counted against the workers. */
  synchronized int uncounted() {
    long now = System.nanoTime();
    markSlow(now);
    int uncounted = 0;
    for (Attempt one : running.values()) {
      uncounted += isUncounted(one, now) ? 1 : 0;
    }
    return Math.min(uncounted, 2 * workers);
  }

  private @Nullable Wait waitUncounted(
      OrganizationId organization, String host, String server, long bytes, long now) {
    int ofServer = 0;
    int ofOrganization = 0;
    int all = 0;
    long taken = 0;
    boolean kept = false;
    for (Attempt one : running.values()) {
      if (isUncounted(one, now)) {
        all++;
        ofServer += server(one).equals(server) ? 1 : 0;
        ofOrganization += one.organization().equals(organization) ? 1 : 0;
        taken += one.bytes();
        kept |= now - one.began() > slowAfter / 2;
      }
    }
    if (ofServer >= Math.max(1, workers / 4) || ofOrganization >= workers || all >= 2 * workers) {
      return kept
          ? new Wait(
              LATER,
              "its mail server "
                  + host
                  + " has not been quick lately, and has its share of the senders with others"
                  + " that are slow")
          : new Wait(SOON, null);
    }
    return bytes > 0 && taken > 0 && taken + bytes > heap / 2
        ? new Wait(UNTIL_HEAP_IS_FREE, null)
        : null;
  }

  /** Marks the servers of long-running attempts as slow. */
  private void markSlow(long now) {
    if (now - markedAt < Math.min(MARK_INTERVAL, slowAfter)) {
      return;
    }
    markedAt = now;
    slow.clear();
    running.forEach(
        (token, one) -> {
          if (one.host() != null && now - one.began() > slowAfter) {
            slow.add(server(one));
          }
        });
  }

  private boolean isUncounted(Attempt one, long now) {
    return one.host() != null && !isQuick(server(one), now);
  }

  private boolean isQuick(String server, long now) {
    Long last = quickAt.get(server);
    return last != null && now - last < (slow.contains(server) ? slowAfter : QUICK_FOR);
  }

  private String server(ServerSettings smtp) {
    return networks.of(smtp.host()) + ":" + smtp.port();
  }

  // Its network may have become known since.
  private String server(Attempt one) {
    String host = one.host();
    return host != null && one.server().startsWith(host + ":")
        ? networks.of(host) + one.server().substring(host.length())
        : one.server();
  }
}
