package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.inbound.mailbox.IncomingMail.PriorFailures;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.lease.Leases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A route under the policy takes in mail only while the lease is held. */
class LeaseRoutePolicyTest {
  private final Leases leases = mock(Leases.class);
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final List<Object> takenIn = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @BeforeEach
  void start() throws Exception {
    NodeIdentity node = mock(NodeIdentity.class);
    when(node.name()).thenReturn("one");
    when(leases.node()).thenReturn(node);
    LeaseRoutePolicy policy = new LeaseRoutePolicy(leases, meters);
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:in")
                .routePolicy(policy)
                .process(exchange -> takenIn.add(exchange.getIn().getBody()));
          }
        });
    camel.start();
  }

  @AfterEach
  void stop() {
    camel.stop();
  }

  @Test
  void mailUnderAHeldLeaseIsTakenIn() {
    when(leases.isHeld(any())).thenReturn(true);
    IncomingBatch mails = mails();

    Exchange exchange = send(mails);

    assertThat(exchange.getException()).isNull();
    assertThat(takenIn).containsExactly(mails);
  }

  @Test
  void mailUnderALostLeaseIsRefusedBeforeAnythingIsDone() {
    when(leases.isHeld(any())).thenReturn(false);

    Exchange exchange = send(mails());

    assertThat(exchange.getException()).isInstanceOf(LeaseLost.class);
    assertThat(takenIn).isEmpty();
    assertThat(meters.get("byo.leases.refused").counter().count()).isEqualTo(1);
  }

  private Exchange send(IncomingBatch mails) {
    return camel
        .createProducerTemplate()
        .send("direct:in", exchange -> exchange.getIn().setBody(mails));
  }

  private static IncomingBatch mails() {
    MailboxContext context =
        new MailboxContext(
            AccountFixtures.receiving("localhost", 993, Security.SSL, "ada", "secret"),
            new Lease(MailboxId.next(), 1),
            1,
            0,
            AfterIngest.SEEN,
            null);
    IncomingMail mail =
        new IncomingMail(
            context,
            new FetchedHeader(1, 10, null, new byte[0]),
            PriorFailures.NONE,
            () -> RawMail.of(new byte[0]));
    return new IncomingBatch(context, List.of(mail), wanted -> {});
  }
}
