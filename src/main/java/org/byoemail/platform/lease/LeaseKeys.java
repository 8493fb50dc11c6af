package org.byoemail.platform.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.lease.ClusterMembers.Member;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The leases in Redis: an expiring key per held mailbox, and the heartbeats of the nodes. Each call
 * is one script over at most {@link #BATCH} keys, and throws a {@link
 * org.springframework.dao.DataAccessException} if Redis is unavailable. Thread-safe.
 *
 * <p>All keys share one hash tag, so that a Redis Cluster keeps them on one node.
 */
class LeaseKeys {
  /** The most keys of one script: Redis serves no other client meanwhile. */
  static final int BATCH = 500;

  private static final String PREFIX = "{byo.lease}:";
  private static final String NODES = PREFIX + "nodes";
  private static final String BIRTH = PREFIX + "birth";
  private static final RedisScript<List<Long>> TAKE = script("take");
  private static final RedisScript<List<Long>> RENEW = script("renew");
  private static final RedisScript<Void> RELEASE = RedisScript.of(resource("release"));
  private static final RedisScript<List<String>> BEAT = script("beat");

  private final StringRedisTemplate redis;
  private final String node;
  private final Duration ttl;

  LeaseKeys(StringRedisTemplate redis, String node, Duration ttl) {
    this.redis = redis;
    this.node = node;
    this.ttl = ttl;
  }

  /**
   * The result of a renewal.
   *
   * @param lost mailboxes that another node holds
   * @param restored how many keys were missing and are restored
   */
  record Renewal(Set<MailboxId> lost, int restored) {}

  /**
   * The result of a heartbeat.
   *
   * @param known whether Redis still knew this node
   * @param age how long Redis has known any node: short after it was emptied
   */
  record Beat(boolean known, Duration age, List<Member> nodes) {}

  /** Sets the keys that are free; returns the mailboxes that are this node's now. */
  Set<MailboxId> take(List<MailboxId> mailboxes) {
    List<Long> taken = redis.execute(TAKE, keys(mailboxes), node, ttlMillis());
    return mailboxesAt(taken, mailboxes);
  }

  /** Renews the keys; missing ones are restored. */
  Renewal renew(List<MailboxId> mailboxes) {
    List<Long> answer = redis.execute(RENEW, keys(mailboxes), node, ttlMillis());
    List<Long> lost = answer.subList(1, answer.size());
    return new Renewal(mailboxesAt(lost, mailboxes), answer.get(0).intValue());
  }

  /** Deletes the keys that are this node's. */
  void release(List<MailboxId> mailboxes) {
    redis.execute(RELEASE, keys(mailboxes), node);
  }

  /** Sends a heartbeat and returns the live nodes. */
  Beat beat(long held, long wants) {
    List<String> answer =
        redis.execute(
            BEAT,
            List.of(NODES, BIRTH),
            node,
            ttlMillis(),
            String.valueOf(held),
            String.valueOf(wants));
    List<Member> nodes = new ArrayList<>();
    for (String line : answer.subList(2, answer.size())) {
      String[] words = line.split(" ");
      nodes.add(new Member(words[0], Long.parseLong(words[1]), Long.parseLong(words[2])));
    }
    return new Beat(
        answer.get(0).equals("1"), Duration.ofMillis(Long.parseLong(answer.get(1))), nodes);
  }

  /** Removes this node from the live nodes. */
  void leave() {
    redis.opsForHash().delete(NODES, node);
  }

  static List<List<MailboxId>> batches(Collection<MailboxId> mailboxes) {
    List<MailboxId> all = List.copyOf(mailboxes);
    List<List<MailboxId>> batches = new ArrayList<>();
    for (int start = 0; start < all.size(); start += BATCH) {
      batches.add(all.subList(start, Math.min(start + BATCH, all.size())));
    }
    return batches;
  }

  private String ttlMillis() {
    return String.valueOf(ttl.toMillis());
  }

  private static List<String> keys(List<MailboxId> mailboxes) {
    return mailboxes.stream().map(mailbox -> PREFIX + mailbox).toList();
  }

  private static Set<MailboxId> mailboxesAt(List<Long> positions, List<MailboxId> mailboxes) {
    Set<MailboxId> found = new HashSet<>();
    positions.forEach(position -> found.add(mailboxes.get(position.intValue() - 1)));
    return found;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // A script's result is an untyped list.
  private static <T> RedisScript<List<T>> script(String name) {
    return (RedisScript) RedisScript.of(resource(name), List.class);
  }

  private static Resource resource(String name) {
    return new ClassPathResource("redis/lease-" + name + ".lua");
  }
}
