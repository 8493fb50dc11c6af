package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Which transitions may leave which state of an attempt or a recipient. */
class StateTransitionsTest {

  @Test
  void tryIsForRecipientsThatWaitAndAreNotHeld() {
    assertThat(RecipientStatus.words(RecipientStatus::canBegin))
        .containsExactlyInAnyOrder("queued", "deferred");
  }

  @Test
  void resultIsWrittenOfRecipientsThatAreBeingSentTo() {
    assertThat(RecipientStatus.words(RecipientStatus::canBeSettled)).containsExactly("sending");
  }

  @Test
  void recipientsThatWaitAreCancelledAndExpire() {
    assertThat(RecipientStatus.words(RecipientStatus::canBeCancelled))
        .containsExactlyInAnyOrder("queued", "deferred", "held", "in_review");
    assertThat(RecipientStatus.words(RecipientStatus::canExpire))
        .containsExactlyInAnyOrder("queued", "deferred", "held", "in_review");
  }

  @Test
  void onlyHeldRecipientsAreReleased() {
    assertThat(RecipientStatus.words(RecipientStatus::canBeReleased)).containsExactly("held");
  }

  @Test
  void recipientsThatWereNotReachedAreSentToAgain() {
    assertThat(RecipientStatus.words(RecipientStatus::canBeResent))
        .containsExactlyInAnyOrder("failed", "expired");
  }

  @Test
  void reportIsAboutWhatHasLeftOrMayHave() {
    assertThat(RecipientStatus.words(RecipientStatus::canBeReported))
        .containsExactlyInAnyOrder("sending", "sent", "deferred", "held", "delivered");
  }

  @Test
  void failedWinsOverDelivered() {
    assertThat(RecipientStatus.DELIVERED.yieldsTo(RecipientStatus.FAILED)).isTrue();
    assertThat(RecipientStatus.FAILED.yieldsTo(RecipientStatus.DELIVERED)).isFalse();
  }

  @Test
  void recipientsAreOpenUntilSomethingIsFinal() {
    assertThat(RecipientStatus.words(RecipientStatus::isOpen))
        .containsExactlyInAnyOrder("queued", "sending", "deferred", "held", "in_review");
  }

  @Test
  void tryBeginsOnceAndAgainUnderTheSameClaim() {
    assertThat(AttemptState.names(AttemptState::canBegin))
        .containsExactlyInAnyOrder("QUEUED", "SENDING");
  }

  @Test
  void resultLeavesTheStateThatAReportHasSet() {
    assertThat(AttemptState.names(AttemptState::canBeSettled))
        .containsExactlyInAnyOrder("QUEUED", "SENDING");
  }

  @Test
  void onlyAnAttemptThatIsBeingSentIsQueuedAgain() {
    assertThat(AttemptState.names(state -> state.canBecome(AttemptState.QUEUED)))
        .containsExactly("SENDING");
  }

  @Test
  void attemptThatFailedStaysFailed() {
    assertThatThrownBy(() -> AttemptState.FAILED.become(AttemptState.DELIVERED))
        .isInstanceOf(IllegalStateException.class);
    assertThat(AttemptState.DELIVERED.become(AttemptState.FAILED)).isEqualTo(AttemptState.FAILED);
  }
}
