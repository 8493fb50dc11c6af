package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The parameter of the statement that claims. */
class ClaimRequestTest {

  @Test
  void membersAreTheColumnsOfTheStatement() {
    ClaimRequest request =
        new ClaimRequest(8, 3, false, new UUID(0, 7), "a \"b\"", 2, 1, Duration.ofSeconds(60));

    String json = request.json();

    assertThat(json)
        .isEqualTo(
            "{\"workers\":8,\"per_account\":3,\"elsewhere\":false,"
                + "\"served_last\":\"00000000-0000-0000-0000-000000000007\",\"node\":\"a \\\"b\\\"\","
                + "\"nodes\":2,\"rank\":1,\"ttl\":60000}");
  }
}
