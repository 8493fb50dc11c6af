package org.byoemail.platform.lease;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The nodes that watch mailboxes, as one of them sees it, and the decisions about who takes and who
 * gives. All nodes decide for themselves, from the same figures.
 *
 * <p>Nobody takes more than the total divided by the number of nodes, rounded up; a node that has
 * less than that, rounded down, is short, and the others give.
 *
 * @param self the id of the node that decides
 * @param nodes all that are there, the deciding one included
 * @param settled false if Redis has just come back or was emptied: holders are given the time to
 *     say again what is theirs
 * @param beat grows with each look
 */
public record ClusterMembers(String self, List<Member> nodes, boolean settled, long beat) {

  private static final int GRADUALLY = 20;

  /**
   * A node, as it last said.
   *
   * @param held how many mailboxes it has
   * @param wants how many it is short of, compared with the others
   */
  public record Member(String id, long held, long wants) {}

  /** The ids. */
  public Set<String> ids() {
    return nodes.stream().map(Member::id).collect(Collectors.toSet());
  }

  /** Its place among the nodes, from 0, the same as seen by all of them. */
  public int position() {
    return (int) nodes.stream().filter(node -> node.id().compareTo(self) < 0).count();
  }

  /**
   * How many more this node may take. While another one is short, nobody takes more than the least
   * that is everybody's.
   *
   * @param held what it has
   * @param free what nobody has
   */
  public long capacity(long held, long free) {
    long total = total(held, free);
    long share = othersWant() > 0 ? least(total) : most(total);
    return Math.max(0, share - held);
  }

  /** How many this node is short of. */
  public long wants(long held, long free) {
    return Math.max(0, least(total(held, free)) - held);
  }

  /**
   * How many this node is to give up now for those that are short: a part of its surplus at a time,
   * so that mailboxes move gradually.
   *
   * @param batch how many at least, where it has so many to give
   */
  public long rebalanceQuota(long held, long free, int batch) {
    long surplus = surplus(held, free);
    return Math.min(surplus, Math.max(batch, surplus / GRADUALLY));
  }

  /**
   * How many this node is to give up for those that are short. The one with the most gives first,
   * and no more than is asked for and not lying free already.
   */
  long surplus(long held, long free) {
    long open = othersWant() - free;
    long least = least(total(held, free));
    List<Member> donors =
        nodes.stream()
            .map(node -> node.id().equals(self) ? new Member(self, held, 0) : node)
            .filter(node -> node.held() > least)
            .sorted(Comparator.comparingLong(Member::held).reversed().thenComparing(Member::id))
            .toList();
    for (Member donor : donors) {
      long gives = Math.max(0, Math.min(donor.held() - least, open));
      if (donor.id().equals(self)) {
        return gives;
      }
      open -= gives;
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

  private long least(long total) {
    return total / Math.max(1, nodes.size());
  }

  private long most(long total) {
    int count = Math.max(1, nodes.size());
    return (total + count - 1) / count;
  }
}
