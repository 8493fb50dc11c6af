package org.byoemail.platform.conversation;

import java.util.List;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * A mail whose conversation is to be found.
 *
 * @param sender null: it has none, and joins nothing
 * @param referred In-Reply-To and References, the nearest first
 */
public record ThreadingCandidate(
    @Nullable EmailAddress sender,
    @Nullable MessageId messageId,
    List<MessageId> referred,
    String subject) {
  private static final int MAX_REFERENCES = 20;

  /** Keeps the nearest references only: a hostile mail names thousands. */
  public ThreadingCandidate {
    referred = List.copyOf(referred.subList(0, Math.min(MAX_REFERENCES, referred.size())));
  }
}
