package org.byoemail.platform.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

class GroupCommitTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(20);
  private final List<List<String>> batches = new CopyOnWriteArrayList<>();
  private final Map<String, Thread> joining = new ConcurrentHashMap<>();
  private final CountDownLatch firstMayEnd = new CountDownLatch(1);
  private final CountingTransactions transactions = new CountingTransactions();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void singleItemDoesNotWaitForOthers() {
    GroupCommit<String, String> shared = shared(10);
    firstMayEnd.countDown();

    assertThat(shared.submit("a")).isEqualTo("done a");

    assertThat(batches).containsExactly(List.of("a"));
  }

  @Test
  void itemsThatComeWhileATransactionRunsShareTheNext() throws Exception {
    GroupCommit<String, String> shared = shared(10);
    List<Future<String>> results = whileTheFirstRuns(shared, 5, "item");

    assertThat(all(results)).containsExactlyInAnyOrderElementsOf(expected(5, "item"));
    assertThat(batches).hasSize(2);
    assertThat(batches.get(1)).hasSize(5);
    assertThat(transactions.commits).isEqualTo(2);
  }

  @Test
  void itemsOfOneThreadShareTransactionsWithThoseOfOthers() throws Exception {
    GroupCommit<String, String> shared = shared(4);
    Future<String> first = threads.submit(() -> shared.submit("first"));
    await().until(() -> batches.size() == 1);
    List<String> many = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");
    Future<List<Supplier<String>>> own = threads.submit(() -> shared.submitAll(many));
    await().until(() -> shared.waiting() == many.size());
    Future<String> other = threads.submit(() -> shared.submit("other"));
    await().until(() -> shared.waiting() == many.size() + 1);
    firstMayEnd.countDown();

    assertThat(own.get(10, TimeUnit.SECONDS).stream().map(Supplier::get))
        .containsExactlyElementsOf(many.stream().map(item -> "done " + item).toList());
    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("done first");
    assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo("done other");
    assertThat(batches)
        .containsExactly(
            List.of("first"),
            List.of("a", "b", "c", "d"),
            List.of("e", "f", "g", "h"),
            List.of("i", "other"));
  }

  @Test
  void queriesAreSharedWithoutTransaction() throws Exception {
    GroupCommit<String, String> shared =
        GroupCommit.ofQuery(
            10,
            transactions,
            items -> {
              assertThat(TransactionSynchronizationManager.isActualTransactionActive()).isFalse();
              return work(items);
            });
    List<Future<String>> results = whileTheFirstRuns(shared, 5, "item");

    assertThat(all(results)).containsExactlyInAnyOrderElementsOf(expected(5, "item"));
    assertThat(batches).hasSize(2);
    assertThat(transactions.commits).isZero();
  }

  @Test
  void noMoreThanTheMaximumShareATransaction() throws Exception {
    GroupCommit<String, String> shared = shared(4);
    List<Future<String>> results = whileTheFirstRuns(shared, 10, "item");

    assertThat(all(results)).containsExactlyInAnyOrderElementsOf(expected(10, "item"));
    assertThat(batches).extracting(List::size).containsExactly(1, 4, 4, 2);
  }

  @Test
  void afterASharedTransactionTheNextWaitsForAsManyItems() throws Exception {
    GroupCommit<String, String> shared = shared(10, Duration.ofMinutes(1));
    all(whileTheFirstRuns(shared, 2, "item"));

    Future<String> early = threads.submit(() -> shared.submit("early"));
    await().until(() -> shared.waiting() == 1);
    Future<String> late = threads.submit(() -> shared.submit("late"));

    assertThat(all(List.of(early, late))).containsExactly("done early", "done late");
    assertThat(batches).last().isEqualTo(List.of("early", "late"));
  }

  @Test
  void brokenItemFailsAlone() throws Exception {
    GroupCommit<String, String> shared = shared(10);
    Future<String> first = threads.submit(() -> shared.submit("first"));
    await().until(() -> batches.size() == 1);
    Future<String> sound = threads.submit(() -> shared.submit("sound"));
    Future<String> broken = threads.submit(() -> shared.submit("broken"));
    await().until(() -> shared.waiting() == 2);

    firstMayEnd.countDown();

    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("done first");
    assertThat(sound.get(10, TimeUnit.SECONDS)).isEqualTo("done sound");
    assertThatThrownBy(() -> broken.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  void databaseAwayFailsAllAtOnce() throws Exception {
    GroupCommit<String, String> shared = shared(10);
    Future<String> first = threads.submit(() -> shared.submit("first"));
    await().until(() -> batches.size() == 1);
    Future<String> one = threads.submit(() -> shared.submit("away"));
    Future<String> other = threads.submit(() -> shared.submit("other"));
    await().until(() -> shared.waiting() == 2);

    firstMayEnd.countDown();

    first.get(10, TimeUnit.SECONDS);
    for (Future<String> failed : List.of(one, other)) {
      assertThatThrownBy(() -> failed.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(DataAccessResourceFailureException.class);
    }
    assertThat(batches).hasSize(2);
  }

  @Test
  void interruptOfTheLeadingThreadFailsNoItemAndReachesThatThreadAlone() throws Exception {
    GroupCommit<String, String> shared = shared(10);
    threads.submit(() -> shared.submit("first"));
    await().until(() -> batches.size() == 1);
    Future<Boolean> leading = interruptible(shared, "leading");
    await().until(() -> shared.waiting() == 1);
    Future<Boolean> other = interruptible(shared, "other");
    await().until(() -> shared.waiting() == 2);

    interrupt("leading");
    firstMayEnd.countDown();

    assertThat(leading.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(other.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(batches).last().isEqualTo(List.of("leading", "other"));
  }

  @Test
  void interruptWhileMoreAreWaitedForFailsNobody() throws Exception {
    GroupCommit<String, String> shared = shared(10, Duration.ofMinutes(1));
    all(whileTheFirstRuns(shared, 3, "item"));
    Future<Boolean> leading = interruptible(shared, "leading");
    await().until(() -> shared.waiting() == 1);
    Future<Boolean> other = interruptible(shared, "other");
    await().until(() -> shared.waiting() == 2);

    interrupt("leading");

    assertThat(other.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(leading.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(batches).last().isEqualTo(List.of("leading", "other"));
  }

  /** Brings an item; tells whether its thread has been interrupted in the end. */
  private Future<Boolean> interruptible(GroupCommit<String, String> shared, String item) {
    return threads.submit(
        () -> {
          joining.put(item, Thread.currentThread());
          assertThat(shared.submit(item)).isEqualTo("done " + item);
          return Thread.interrupted();
        });
  }

  private void interrupt(String item) {
    joining.get(item).interrupt();
  }

  private GroupCommit<String, String> shared(int most) {
    return shared(most, Duration.ofMillis(1));
  }

  private GroupCommit<String, String> shared(int most, Duration moment) {
    return new GroupCommit<>(most, moment, transactions, this::work);
  }

  private List<String> work(List<String> items) {
    batches.add(items);
    if (batches.size() == 1) {
      awaitEnd();
    }
    if (items.contains("away")) {
      throw new DataAccessResourceFailureException("away");
    }
    if (items.contains("broken")) {
      throw new DataIntegrityViolationException("broken");
    }
    return items.stream().map(item -> "done " + item).toList();
  }

  private List<Future<String>> whileTheFirstRuns(
      GroupCommit<String, String> shared, int count, String name) {
    threads.submit(() -> shared.submit("first"));
    await().until(() -> batches.size() == 1);
    List<Future<String>> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String item = name + i;
      results.add(threads.submit(() -> shared.submit(item)));
    }
    await().until(() -> shared.waiting() == count);
    firstMayEnd.countDown();
    return results;
  }

  private void awaitEnd() {
    try {
      if (!firstMayEnd.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let the first end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> all(List<Future<String>> results) throws Exception {
    List<String> all = new ArrayList<>();
    for (Future<String> result : results) {
      all.add(result.get(10, TimeUnit.SECONDS));
    }
    return all;
  }

  private static List<String> expected(int count, String name) {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      expected.add("done " + name + i);
    }
    return expected;
  }

  private static final class CountingTransactions extends AbstractPlatformTransactionManager
      implements PlatformTransactionManager {
    private int commits;

    @Override
    protected Object doGetTransaction() {
      return new Object();
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
      // As a pool does that has no idle connection.
      if (Thread.currentThread().isInterrupted()) {
        throw new CannotCreateTransactionException("interrupted while it waited for a connection");
      }
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
      commits++;
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
      // Nothing was done.
    }
  }
}
