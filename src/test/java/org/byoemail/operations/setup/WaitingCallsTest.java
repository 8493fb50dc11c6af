package org.byoemail.operations.setup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitingCallsTest {
  private final WaitingCalls calls = new WaitingCalls();

  @Test
  void oneOrganizationLeavesRoomForOthers() {
    for (int i = 0; i < 5; i++) {
      assertThat(calls.enter("acme")).isTrue();
    }

    assertThat(calls.enter("acme")).isFalse();
    assertThat(calls.enter("other")).isTrue();
    calls.leave("acme");
    assertThat(calls.enter("acme")).isTrue();
  }

  @Test
  void nodeHasABoundOfItsOwn() {
    for (int i = 0; i < 20; i++) {
      assertThat(calls.enter("organization " + i % 4)).isTrue();
    }

    assertThat(calls.enter("another")).isFalse();
  }
}
