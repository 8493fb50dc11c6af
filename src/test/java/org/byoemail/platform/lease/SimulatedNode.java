package org.byoemail.platform.lease;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.lease.LeaseKeys.Beat;
import org.byoemail.platform.lease.LeaseKeys.Renewal;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * What a node does to Redis and decides about its share, without mailboxes, a database, or time:
 * for simulations of many nodes in one process.
 */
public final class SimulatedNode {
  private final String id;
  private final LeaseKeys keys;
  private final Set<MailboxId> held = new HashSet<>();
  private ClusterMembers members;
  private long wants;
  private long beats;

  /**
   * @param ttl long enough for a whole simulation, which does not renew in time
   */
  public SimulatedNode(StringRedisTemplate redis, String id, Duration ttl) {
    this.id = id;
    this.keys = new LeaseKeys(redis, id, ttl);
  }

  /** Says that it is there, and learns who else is. */
  public void beat() {
    Beat beat = keys.beat(held.size(), wants);
    members = new ClusterMembers(id, beat.nodes(), true, ++beats);
  }

  public int position() {
    return members.position();
  }

  public long capacity(long free) {
    return members.capacity(held.size(), free);
  }

  public long rebalanceQuota(long free, int batch) {
    return members.rebalanceQuota(held.size(), free, batch);
  }

  /** Notes how many it is short of. */
  public long noteWants(long free) {
    wants = members.wants(held.size(), free);
    return wants;
  }

  /** Takes those that nobody has; returns them. */
  public Set<MailboxId> take(List<MailboxId> mailboxes) {
    Set<MailboxId> taken = new HashSet<>();
    LeaseKeys.batches(mailboxes).forEach(batch -> taken.addAll(keys.take(batch)));
    held.addAll(taken);
    return taken;
  }

  /** Gives up some. */
  public List<MailboxId> give(long count) {
    List<MailboxId> given = held.stream().limit(count).toList();
    LeaseKeys.batches(given).forEach(keys::release);
    given.forEach(held::remove);
    return given;
  }

  /** Renews all; returns how many were lost or had to be put back, which is to be none. */
  public int renew() {
    int odd = 0;
    for (List<MailboxId> batch : LeaseKeys.batches(held)) {
      Renewal renewal = keys.renew(batch);
      odd += renewal.lost().size() + renewal.restored();
    }
    return odd;
  }

  /** Ends without a word; what it had is free, as after the time of its leases. */
  public List<MailboxId> crash() {
    keys.leave();
    return give(held.size());
  }

  public int held() {
    return held.size();
  }
}
