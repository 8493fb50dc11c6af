package org.byoemail.platform.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.byoemail.platform.lease.ClusterMembers.Member;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * What one node says in Redis: a key for each mailbox it has, which expires, and that it is there.
 * Each call is one script over at most {@link #BATCH} keys, and throws a {@link
 * org.springframework.dao.DataAccessException} where Redis is away. Safe for use by many threads.
 *
 * <p>All keys carry one hash tag, so that they are together in a Redis Cluster.
 */
class LeaseKeys {
  /** The most keys of one call: Redis serves nobody else meanwhile. */
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
   * What a renewal found.
   *
   * @param lost those that another node has
   * @param restored how many were in Redis no longer, and are again
   */
  record Renewal(Set<UUID> lost, int restored) {}

  /**
   * What a heartbeat found.
   *
   * @param known whether Redis still knew this node
   * @param age how long Redis has known any node: short after it was emptied
   */
  record Beat(boolean known, Duration age, List<Member> nodes) {}

  /** Takes those that nobody has; returns those that are this node's now. */
  Set<UUID> take(List<UUID> mailboxes) {
    List<Long> taken = redis.execute(TAKE, keys(mailboxes), node, millis());
    return at(taken, mailboxes);
  }

  /** Makes them last again; those that are gone from Redis are put back. */
  Renewal renew(List<UUID> mailboxes) {
    List<Long> answer = redis.execute(RENEW, keys(mailboxes), node, millis());
    List<Long> lost = answer.subList(1, answer.size());
    return new Renewal(at(lost, mailboxes), answer.get(0).intValue());
  }

  /** Lets those go that are this node's. */
  void release(List<UUID> mailboxes) {
    redis.execute(RELEASE, keys(mailboxes), node);
  }

  /** Says that this node is there, and learns who else is. */
  Beat beat(long held, long wants) {
    List<String> answer =
        redis.execute(
            BEAT,
            List.of(NODES, BIRTH),
            node,
            millis(),
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

  /** Says that this node is no longer there. */
  void leave() {
    redis.opsForHash().delete(NODES, node);
  }

  static List<List<UUID>> batches(Collection<UUID> mailboxes) {
    List<UUID> all = List.copyOf(mailboxes);
    List<List<UUID>> batches = new ArrayList<>();
    for (int start = 0; start < all.size(); start += BATCH) {
      batches.add(all.subList(start, Math.min(start + BATCH, all.size())));
    }
    return batches;
  }

  private String millis() {
    return String.valueOf(ttl.toMillis());
  }

  private static List<String> keys(List<UUID> mailboxes) {
    return mailboxes.stream().map(mailbox -> PREFIX + mailbox).toList();
  }

  private static Set<UUID> at(List<Long> places, List<UUID> mailboxes) {
    Set<UUID> found = new HashSet<>();
    places.forEach(place -> found.add(mailboxes.get(place.intValue() - 1)));
    return found;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // A script's answer is a list without a type.
  private static <T> RedisScript<List<T>> script(String name) {
    return (RedisScript) RedisScript.of(resource(name), List.class);
  }

  private static Resource resource(String name) {
    return new ClassPathResource("redis/lease-" + name + ".lua");
  }
}
