package org.byoemail.platform.event.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventFixtures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventMessageTest {
  private static final String LINK = "https://mail.acme.test/connect/secret";

  private final ObjectMapper json = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({
    "account.needs_reauthorization, false, false",
    "account.needs_reauthorization, true, true",
    "message.sent, false, true"
  })
  void connectLinkIsOnTheBrokerOnlyByTheOperatorsSetting(
      String type, boolean setting, boolean shown) throws Exception {
    Event event =
        new Event(
            UUID.randomUUID(),
            1,
            new OrganizationId("acme"),
            type,
            null,
            UUID.randomUUID(),
            1,
            json.createObjectNode().put("provider", "google").put("link", LINK),
            Instant.EPOCH,
            null);
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.getMessage().setBody(event);

    new EventMessage(
            EventFixtures.json(),
            new EventMessageSettings(setting),
            org.byoemail.platform.trace.TraceFixtures.none())
        .process(exchange);

    JsonNode data = json.readTree(exchange.getMessage().getBody(String.class)).path("data");
    assertThat(data.path("provider").asText()).isEqualTo("google");
    assertThat(data.path("link").isNull()).isEqualTo(!shown);
    assertThat(data.toString().contains(LINK)).isEqualTo(shown);
  }
}
