package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class ConnectObservationsTest {
  private static final String TOKEN = "the-token-of-a-link";

  @ParameterizedTest
  @CsvSource({
    "/connect/oauth/start/" + TOKEN + ", false",
    "/connect/" + TOKEN + "/begin, false",
    "/invitations/" + TOKEN + ", false",
    "/console/accounts/" + TOKEN + ", true"
  })
  void spanOfAPageForOwnersDoesNotHoldItsAddress(String path, boolean shown) {
    ServerRequestObservationContext context =
        new ServerRequestObservationContext(
            new MockHttpServletRequest("GET", path), new MockHttpServletResponse());
    context.addHighCardinalityKeyValues(
        new DefaultServerRequestObservationConvention().getHighCardinalityKeyValues(context));
    assertThat(context.getHighCardinalityKeyValues())
        .extracting(KeyValue::getValue)
        .anyMatch(value -> value.contains(TOKEN));

    new ConnectObservations().map(context);

    assertThat(context.getAllKeyValues().stream().anyMatch(one -> one.getValue().contains(TOKEN)))
        .isEqualTo(shown);
  }
}
