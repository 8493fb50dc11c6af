package org.byoemail.inbound.mailbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.lease.Leases;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Guards the ingest route: a batch whose lease was lost is refused before it begins. What began
 * earlier is refused by the database, which checks the fence with every write.
 */
@Component("leaseRoutePolicy")
class LeaseRoutePolicy extends RoutePolicySupport {
  private static final Logger log = LoggerFactory.getLogger(LeaseRoutePolicy.class);

  private final Leases leases;
  private final Counter refused;

  LeaseRoutePolicy(Leases leases, MeterRegistry meters) {
    this.leases = leases;
    this.refused =
        Counter.builder("byo.leases.refused")
            .description("batches of mail that were not taken in because their lease was lost")
            .tag("node", leases.node().name())
            .register(meters);
  }

  @Override
  public void onExchangeBegin(Route route, Exchange exchange) {
    IncomingBatch mails = exchange.getIn().getBody(IncomingBatch.class);
    Lease lease = mails == null ? null : mails.context().lease();
    if (lease != null && !leases.isHeld(lease)) {
      refused.increment();
      log.warn("{} not ingested: the lease was lost", mails);
      exchange.setException(new LeaseLost(lease.mailbox()));
      exchange.setRouteStop(true);
    }
  }
}
