package org.byoemail.outbound.delivery;

import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a report says became of a recipient of a message, for good.
 *
 * @param delivered whether it was delivered; else it failed
 */
public record ReportedResult(
    EmailAddress address,
    boolean delivered,
    @Nullable String enhancedStatus,
    @Nullable String diagnostic) {

  RecipientStatus state() {
    return delivered ? RecipientStatus.DELIVERED : RecipientStatus.FAILED;
  }
}
