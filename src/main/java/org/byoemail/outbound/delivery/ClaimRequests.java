package org.byoemail.outbound.delivery;

import java.util.UUID;
import org.byoemail.account.connection.SmtpConnections;
import org.byoemail.platform.cluster.SendingNodes;
import org.springframework.stereotype.Component;

/** Says what this node may claim. Safe for use by many threads. */
@Component
class ClaimRequests {
  private final SendSettings settings;
  private final SmtpConnections connections;
  private final PlatformTransports platform;
  private final SendingNodes nodes;

  ClaimRequests(
      SendSettings settings,
      SmtpConnections connections,
      PlatformTransports platform,
      SendingNodes nodes) {
    this.settings = settings;
    this.connections = connections;
    this.platform = platform;
    this.nodes = nodes;
  }

  /**
   * The next request.
   *
   * @param freeWorkers the most deliveries to claim
   * @param servedLast the account after which the round of accounts continues
   */
  ClaimRequest next(int freeWorkers, UUID servedLast) {
    return new ClaimRequest(
        freeWorkers,
        perAccount(),
        elsewhere(),
        servedLast,
        nodes.id(),
        nodes.count(),
        nodes.rank(),
        settings.claimTtl());
  }

  /** The most deliveries of one account that are claimed at a time, over all nodes. */
  int perAccount() {
    return connections.perAccount();
  }

  /** Whether mail of accounts that are not used may leave by another transport. */
  boolean elsewhere() {
    return settings.simulated() || platform.isAny();
  }
}
