package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How mailboxes are watched.
 *
 * @param workers how many mailboxes are worked on at once, not counting those that wait for a slow
 *     server
 * @param reconcileInterval how often the accounts are reconciled with what is watched
 * @param idleReissue how long one IDLE lasts; servers close longer ones
 * @param idleReissueAt the same by host, for hosts that close sooner
 * @param safetyPoll how often an idle mailbox is polled all the same
 * @param doneTimeout how long a server may take to answer DONE
 * @param commandTimeout how long a server may take for any other command
 * @param loginsPerHost how many connections to one host may be opening at once
 * @param connectionsPerHost how many connections to one host are kept open; further mailboxes
 *     connect for each poll
 * @param loginInterval the least time between two connects to one host
 * @param stopTimeout how long a stop waits for watchers to finish cleanly
 * @param memory the heap that reading mail may use on this node, by estimate; 0: a quarter of the
 *     maximum heap
 */
@ConfigurationProperties("byo.mailbox")
record MailboxSettings(
    @DefaultValue("16") int workers,
    @DefaultValue("10s") Duration reconcileInterval,
    @DefaultValue("9m") Duration idleReissue,
    @DefaultValue Map<String, Duration> idleReissueAt,
    @DefaultValue("15m") Duration safetyPoll,
    @DefaultValue("30s") Duration doneTimeout,
    @DefaultValue("2m") Duration commandTimeout,
    @DefaultValue("8") int loginsPerHost,
    @DefaultValue("20000") int connectionsPerHost,
    @DefaultValue("50ms") Duration loginInterval,
    @DefaultValue("20s") Duration stopTimeout,
    @DefaultValue("0B") DataSize memory) {

  private static final DataSize MIN_MEMORY = DataSize.ofMegabytes(32);

  MailboxSettings {
    if (workers < 1 || loginsPerHost < 1 || connectionsPerHost < 0) {
      throw new IllegalArgumentException(
          "byo.mailbox: workers and logins-per-host are at least 1, connections-per-host"
              + " at least 0");
    }
    idleReissueAt = Map.copyOf(idleReissueAt);
    List<Duration> waits = new ArrayList<>(idleReissueAt.values());
    waits.addAll(
        List.of(
            reconcileInterval, idleReissue, safetyPoll, doneTimeout, commandTimeout, stopTimeout));
    for (Duration positive : waits) {
      if (positive.isZero() || positive.isNegative()) {
        throw new IllegalArgumentException("byo.mailbox: an interval or timeout must be positive");
      }
    }
    if (memory.toBytes() != 0 && memory.compareTo(MIN_MEMORY) < 0) {
      throw new IllegalArgumentException(
          "byo.mailbox.memory must be at least 32MB, or 0 for a quarter of the largest heap");
    }
    if (loginInterval.isNegative()) {
      throw new IllegalArgumentException("byo.mailbox.login-interval must not be negative");
    }
  }

  /** How long one IDLE lasts at a host. */
  Duration idleReissue(String host) {
    return idleReissueAt.getOrDefault(host, idleReissue);
  }
}
