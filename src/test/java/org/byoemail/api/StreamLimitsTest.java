package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Duration;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who leaves room for whose event streams. */
class StreamLimitsTest {
  private final StreamLimits room =
      new StreamLimits(
          new EventStreamSettings(6, 2, Duration.ofSeconds(15), Duration.ofSeconds(30)));

  private static Caller key(@Nullable String organization) {
    return new Caller(
        "any",
        Role.PRODUCER,
        OrganizationId.ofNullable(organization),
        Caller.Kind.KEY,
        UUID.randomUUID());
  }

  private void refuses(Caller caller, boolean ofCaller) {
    assertThatThrownBy(() -> room.enter(caller))
        .asInstanceOf(type(TooManyStreams.class))
        .satisfies(e -> assertThat(e.isOfCaller()).isEqualTo(ofCaller));
  }

  @Test
  void keyHasItsShare() {
    Caller caller = key(null);
    room.enter(caller);
    room.enter(caller);

    refuses(caller, true);
    room.leave(caller);
    room.enter(caller);
  }

  @Test
  void organizationWithManyKeysLeavesHalfToOthers() {
    for (int i = 0; i < 3; i++) {
      room.enter(key("greedy"));
    }

    refuses(key("greedy"), true);
    for (int i = 0; i < 3; i++) {
      room.enter(key("other"));
    }
    refuses(key("third"), false);
  }

  @Test
  void roomIsEmptyOnceAllHaveLeft() {
    Caller caller = key("one");
    room.enter(caller);
    room.leave(caller);

    assertThat(room.isEmpty()).isTrue();
  }
}
