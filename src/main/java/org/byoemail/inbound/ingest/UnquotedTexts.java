package org.byoemail.inbound.ingest;

import org.byoemail.platform.conversation.Direction;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What is new in the text of inbound messages, which themselves are kept whole. Safe for use by
 * many threads.
 */
@Component
public class UnquotedTexts {
  private final @Nullable ReplyText stripping;

  UnquotedTexts(InboundSettings settings) {
    this.stripping =
        settings.stripReplies() || settings.stripForwards()
            ? new ReplyText(settings.stripReplies(), settings.stripForwards())
            : null;
  }

  /**
   * The text without what it quotes; null for outbound messages, and where that is switched off.
   */
  public @Nullable String of(Message message) {
    return of(message.direction(), message.text());
  }

  /** The same of a text of a message in that direction. */
  public @Nullable String of(Direction direction, @Nullable String text) {
    return stripping == null || direction != Direction.INBOUND || text == null
        ? null
        : stripping.newIn(text);
  }
}
