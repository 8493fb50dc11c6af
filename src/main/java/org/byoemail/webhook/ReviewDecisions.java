package org.byoemail.webhook;

import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * Decides on reviews for receivers of {@code message.review_requested}, in transactions of its own.
 * Safe for use by many threads and nodes.
 */
public interface ReviewDecisions {

  /**
   * A decision, whose signature was verified.
   *
   * @param organization of the webhook
   * @param version the number of the version that the receiver saw
   * @param reason of a rejection, which the agent sees
   * @param shownTo to whom the secret that signed it was shown, such as {@code key:<id>}; null: not
   *     known
   */
  record Decision(
      UUID webhook,
      OrganizationId organization,
      UUID review,
      int version,
      boolean approves,
      @Nullable String reason,
      @Nullable String shownTo) {}

  /**
   * Makes the decision; repeating it changes nothing.
   *
   * @return why nothing was decided; null: it was decided
   */
  @Nullable String decide(Decision decision);

  /** Records in the message's dossier that an answer decided nothing. */
  void refused(UUID webhook, OrganizationId organization, UUID review, String why);
}
