package org.byoemail.account.connection;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Runs work at a mail server on behalf of a request, on a bounded pool, so that the request ends at
 * its deadline. Limited per organisation and per server address. Safe for use by many threads.
 */
@Component
public class ServerTasks implements DisposableBean {
  private static final Duration SLACK = Duration.ofSeconds(2);

  private final ConnectionSettings settings;
  private final HostVetting vetting;
  private final ThreadPoolExecutor threads;
  // Running tasks by organisation and by address.
  private final Map<Object, Integer> underWay = new HashMap<>();

  ServerTasks(ConnectionSettings settings, HostVetting vetting) {
    this.settings = settings;
    this.vetting = vetting;
    this.threads =
        new ThreadPoolExecutor(
            0,
            settings.tests().total(),
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new CustomizableThreadFactory("byo-server-visit-"));
  }

  /** How long {@link #visit} waits at most. */
  Duration deadline() {
    return settings.testDeadline().plus(SLACK);
  }

  /**
   * Runs work at a server of an account, and waits for it.
   *
   * @throws TooManyTests if too many tasks are running
   * @throws ConnectionFailed if the host is refused, or the deadline has passed
   * @throws RuntimeException what the work throws
   */
  public <T> T visit(Account account, Protocol protocol, Supplier<T> work) {
    OrganizationId organization = account.organization();
    if (!begin(organization, settings.tests().perOrganization())) {
      throw TooManyTests.ofOrganization();
    }
    Future<T> visit;
    try {
      visit = threads.submit(() -> ofOrganization(organization, account, protocol, work));
    } catch (RejectedExecutionException e) {
      end(organization);
      throw TooManyTests.ofNode();
    }
    try {
      return visit.get(deadline().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("a mail server could not be visited", e.getCause());
    } catch (TimeoutException e) {
      visit.cancel(true);
      throw new ConnectionFailures(account, protocol)
          .at(
              Stage.CONNECT,
              "did not end within " + settings.testDeadline().toSeconds() + " s",
              null,
              e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at a mail server", e);
    }
  }

  /**
   * Runs a search for servers, which counts as a task of the organisation, and waits for it.
   *
   * @param limit by which the work ends of itself
   * @throws TooManyTests if too many tasks are running
   * @throws RuntimeException what the work throws
   */
  public <T> T search(OrganizationId organization, Duration limit, Supplier<T> work) {
    if (!begin(organization, settings.tests().perOrganization())) {
      throw TooManyTests.ofOrganization();
    }
    Future<T> search;
    try {
      search =
          threads.submit(
              () -> {
                try {
                  return work.get();
                } finally {
                  end(organization);
                }
              });
    } catch (RejectedExecutionException e) {
      end(organization);
      throw TooManyTests.ofNode();
    }
    try {
      return search.get(limit.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("a search for mail servers failed", e.getCause());
    } catch (TimeoutException e) {
      search.cancel(true);
      throw new IllegalStateException("a search for mail servers did not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a search for mail servers", e);
    }
  }

  private <T> T ofOrganization(
      OrganizationId organization, Account account, Protocol protocol, Supplier<T> work) {
    List<InetAddress> begun = new ArrayList<>();
    try {
      Deadline deadline = Deadline.in(settings.testTimeout());
      for (InetAddress address : new ConnectionFailures(account, protocol).vet(vetting, deadline)) {
        if (!begin(address, settings.tests().perHost())) {
          throw TooManyTests.ofHost();
        }
        begun.add(address);
      }
      return work.get();
    } finally {
      begun.forEach(this::end);
      end(organization);
    }
  }

  private boolean begin(Object of, int most) {
    synchronized (underWay) {
      int others = underWay.getOrDefault(of, 0);
      if (others < most) {
        underWay.put(of, others + 1);
      }
      return others < most;
    }
  }

  private void end(Object of) {
    synchronized (underWay) {
      underWay.computeIfPresent(of, (key, now) -> now == 1 ? null : Integer.valueOf(now - 1));
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
