package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.byoemail.outbound.delivery.RecipientStatus.CANCELLED;
import static org.byoemail.outbound.delivery.RecipientStatus.DEFERRED;
import static org.byoemail.outbound.delivery.RecipientStatus.DELIVERED;
import static org.byoemail.outbound.delivery.RecipientStatus.EXPIRED;
import static org.byoemail.outbound.delivery.RecipientStatus.FAILED;
import static org.byoemail.outbound.delivery.RecipientStatus.HELD;
import static org.byoemail.outbound.delivery.RecipientStatus.QUEUED;
import static org.byoemail.outbound.delivery.RecipientStatus.SENDING;
import static org.byoemail.outbound.delivery.RecipientStatus.SENT;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MessageStatusTest {

  @ParameterizedTest
  @EnumSource
  void ofOneRecipientIsTheRecipients(RecipientStatus status) {
    assertThat(MessageStatus.of(List.of(status)).word()).isEqualTo(status.word());
  }

  @Test
  void ofSeveralIsWhatIsLeftToDoAndThenWhatBecameOfThem() {
    assertThat(of(SENT, SENDING, FAILED)).isEqualTo(MessageStatus.SENDING);
    assertThat(of(SENT, DEFERRED)).isEqualTo(MessageStatus.DEFERRED);
    assertThat(of(HELD, FAILED)).isEqualTo(MessageStatus.HELD);
    assertThat(of(QUEUED, DEFERRED)).isEqualTo(MessageStatus.QUEUED);
    assertThat(of(SENT, FAILED)).isEqualTo(MessageStatus.PARTIALLY_FAILED);
    assertThat(of(DELIVERED, EXPIRED)).isEqualTo(MessageStatus.PARTIALLY_FAILED);
    assertThat(of(FAILED, EXPIRED, CANCELLED)).isEqualTo(MessageStatus.FAILED);
    assertThat(of(SENT, DELIVERED)).isEqualTo(MessageStatus.SENT);
    assertThat(of(SENT, CANCELLED)).isEqualTo(MessageStatus.SENT);
  }

  private static MessageStatus of(RecipientStatus... recipients) {
    return MessageStatus.of(List.of(recipients));
  }
}
