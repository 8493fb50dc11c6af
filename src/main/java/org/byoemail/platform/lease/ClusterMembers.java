package org.byoemail.platform.lease;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The nodes that share the mailboxes, as seen by one of them, and how many it should acquire or
 * release. Every node decides for itself, from the same figures.
 *
 * <p>No node acquires more than the total divided by the number of nodes, rounded up. A node that
 * holds less than that, rounded down, is short, and the others release some.
 *
 * @param self the id of the deciding node
 * @param nodes all live nodes, the deciding one included
 * @param settled false if Redis has just come back or was emptied: holders first get the time to
 *     restore their leases
 * @param beat number of the heartbeat that saw this
 */
public record ClusterMembers(String self, List<Member> nodes, boolean settled, long beat) {

  private static final int MAX_PARTS = 20;

  /**
   * A node, as of its last heartbeat.
   *
   * @param held how many mailboxes it holds
   * @param wants how many it lacks to its share
   */
  public record Member(String id, long held, long wants) {}

  /** The ids of the nodes. */
  public Set<String> ids() {
    return nodes.stream().map(Member::id).collect(Collectors.toSet());
  }

  /** The rank of the deciding node, from 0; all nodes agree on it. */
  public int position() {
    return (int) nodes.stream().filter(node -> node.id().compareTo(self) < 0).count();
  }

  /**
   * How many more this node may acquire. While another node is short, none exceeds the share
   * rounded down.
   *
   * @param held how many it holds
   * @param free how many no node holds
   */
  public long capacity(long held, long free) {
    long total = total(held, free);
    long share = othersWant() > 0 ? minShare(total) : maxShare(total);
    return Math.max(0, share - held);
  }

  /** How many this node lacks to its share. */
  public long wants(long held, long free) {
    return Math.max(0, minShare(total(held, free)) - held);
  }

  /**
   * How many this node should release now to nodes that are short: a part of its surplus at a time,
   * so that mailboxes move gradually.
   *
   * @param batch the least to release at a time, if the surplus is that large
   */
  public long rebalanceQuota(long held, long free, int batch) {
    long surplus = surplus(held, free);
    return Math.min(surplus, Math.max(batch, surplus / MAX_PARTS));
  }

  /**
   * How many this node should release to nodes that are short. The node with the most releases
   * first, and no more than the others want beyond what is free.
   */
  long surplus(long held, long free) {
    long wanted = othersWant() - free;
    long minShare = minShare(total(held, free));
    List<Member> donors =
        nodes.stream()
            .map(node -> node.id().equals(self) ? new Member(self, held, 0) : node)
            .filter(node -> node.held() > minShare)
            .sorted(Comparator.comparingLong(Member::held).reversed().thenComparing(Member::id))
            .toList();
    for (Member donor : donors) {
      long quota = Math.max(0, Math.min(donor.held() - minShare, wanted));
      if (donor.id().equals(self)) {
        return quota;
      }
      wanted -= quota;
    }
    return 0;
  }

  private long total(long held, long free) {
    return held + free + others().mapToLong(Member::held).sum();
  }

  private long othersWant() {
    return others().mapToLong(Member::wants).sum();
  }

  private Stream<Member> others() {
    return nodes.stream().filter(node -> !node.id().equals(self));
  }

  private long minShare(long total) {
    return total / Math.max(1, nodes.size());
  }

  private long maxShare(long total) {
    int count = Math.max(1, nodes.size());
    return (total + count - 1) / count;
  }
}
