package org.byoemail.outbound.suppression;

import java.util.UUID;
import org.byoemail.format.mail.AttemptId;
import org.jspecify.annotations.Nullable;

/**
 * What shows that an address is to be suppressed.
 *
 * @param message the one that it was about; null where none is known
 * @param attempt the try that it was about; null where none is known
 * @param bounce the report that told of it; null where none did
 * @param code an enhanced status (RFC 3463); null where there was none
 * @param words the server's, or a person's note
 */
public record SuppressionEvidence(
    SuppressionSource source,
    @Nullable UUID message,
    @Nullable AttemptId attempt,
    @Nullable UUID bounce,
    @Nullable String code,
    @Nullable String words) {

  /** A person's. */
  public static SuppressionEvidence note(@Nullable String note) {
    return new SuppressionEvidence(SuppressionSource.MANUAL, null, null, null, null, note);
  }
}
