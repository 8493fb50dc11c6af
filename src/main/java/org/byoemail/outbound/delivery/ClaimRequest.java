package org.byoemail.outbound.delivery;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.UUID;

/**
 * The parameter of {@code sql/claim-deliveries.sql}.
 *
 * @param workers how many deliveries it can begin to send
 * @param perAccount the most deliveries of one account that are claimed at a time, over all nodes
 * @param elsewhere whether mail of accounts that are not used (rollout) may leave by another
 *     transport
 * @param servedLast the account after which the claim continues
 * @param nodes how many nodes share the cap of an account
 * @param rank the place of this node among them, from 0: the first ones get the remainder
 * @param ttl how long the claims last
 */
public record ClaimRequest(
    int workers,
    int perAccount,
    boolean elsewhere,
    UUID servedLast,
    String node,
    int nodes,
    int rank,
    Duration ttl) {

  /** A JSON object; its members are the columns that the statement reads. */
  public String json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("workers", workers)
        .put("per_account", perAccount)
        .put("elsewhere", elsewhere)
        .put("served_last", servedLast.toString())
        .put("node", node)
        .put("nodes", nodes)
        .put("rank", rank)
        .put("ttl", ttl.toMillis())
        .toString();
  }
}
