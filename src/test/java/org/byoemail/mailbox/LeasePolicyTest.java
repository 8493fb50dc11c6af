package org.byoemail.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.byoemail.account.AccountFixtures;
import org.byoemail.account.AfterIngest;
import org.byoemail.account.ServerSettings.Security;
import org.byoemail.lease.Lease;
import org.byoemail.lease.Leases;
import org.byoemail.lease.ThisNode;
import org.byoemail.mailbox.IncomingMail.Stumbles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A route under the policy takes in mail only while the lease is held. */
class LeasePolicyTest {
  private final Leases leases = mock(Leases.class);
  private final DefaultCamelContext camel = new DefaultCamelContext();
  private final List<Object> takenIn = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @BeforeEach
  void start() throws Exception {
    ThisNode node = mock(ThisNode.class);
    when(node.name()).thenReturn("one");
    when(leases.node()).thenReturn(node);
    LeasePolicy policy = new LeasePolicy(leases, meters);
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
    MailBatch mails = mails();

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

  private Exchange send(MailBatch mails) {
    return camel
        .createProducerTemplate()
        .send("direct:in", exchange -> exchange.getIn().setBody(mails));
  }

  private static MailBatch mails() {
    Reading reading =
        new Reading(
            AccountFixtures.receiving("localhost", 993, Security.SSL, "ada", "secret"),
            new Lease(UUID.randomUUID(), 1),
            1,
            0,
            AfterIngest.SEEN,
            null);
    IncomingMail mail =
        new IncomingMail(
            reading,
            new MailHead(1, 10, null, new byte[0]),
            Stumbles.NONE,
            () -> RawMail.of(new byte[0]));
    return new MailBatch(reading, List.of(mail), wanted -> {});
  }
}
