package org.byoemail.outbound.suppression;

import java.util.UUID;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * The evidence for a suppression.
 *
 * @param message the refused message; null if unknown
 * @param attempt the refused attempt; null if unknown
 * @param bounce the report; null if there was none
 * @param code an enhanced status (RFC 3463); null if absent
 * @param words the reply of the server, or the note of an operator
 */
public record SuppressionEvidence(
    SuppressionSource source,
    @Nullable StoredMessageId message,
    @Nullable AttemptId attempt,
    @Nullable UUID bounce,
    @Nullable String code,
    @Nullable String words) {

  /** The note of an operator. */
  public static SuppressionEvidence note(@Nullable String note) {
    return new SuppressionEvidence(SuppressionSource.MANUAL, null, null, null, null, note);
  }
}
