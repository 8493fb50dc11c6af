package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;

import org.byoemail.format.mail.OrganizationId;
import org.junit.jupiter.api.Test;

class WaitingCallsTest {
  private final WaitingCalls calls = new WaitingCalls();

  @Test
  void oneOrganizationLeavesRoomForOthers() {
    for (int i = 0; i < 5; i++) {
      assertThat(calls.enter(new OrganizationId("acme"))).isTrue();
    }

    assertThat(calls.enter(new OrganizationId("acme"))).isFalse();
    assertThat(calls.enter(new OrganizationId("other"))).isTrue();
    calls.leave(new OrganizationId("acme"));
    assertThat(calls.enter(new OrganizationId("acme"))).isTrue();
  }

  @Test
  void nodeHasABoundOfItsOwn() {
    for (int i = 0; i < 20; i++) {
      assertThat(calls.enter(new OrganizationId("organization " + i % 4))).isTrue();
    }

    assertThat(calls.enter(new OrganizationId("another"))).isFalse();
  }
}
