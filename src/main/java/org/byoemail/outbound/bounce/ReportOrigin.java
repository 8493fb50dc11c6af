package org.byoemail.outbound.bounce;

import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/** Where a report came from, and thereby how far it is believed. */
sealed interface ReportOrigin {
  /** The id of the mail that contains it; null if it came in none. */
  @Nullable UUID inboundMail();

  /** The account that it arrived in; null if it arrived in none. */
  @Nullable AccountId account();

  /**
   * Whether it may have an address suppressed that was not the only recipient. Each recipient of a
   * message knows the others and the attempt, and could forge a report about them.
   */
  boolean speaksFor(EmailAddress address);

  /**
   * A mail in the mailbox of an account.
   *
   * @param provenSender its authenticated sender; empty if unauthenticated
   */
  record Mailbox(UUID inboundMail, AccountId account, Optional<EmailAddress> provenSender)
      implements ReportOrigin {
    @Override
    public boolean speaksFor(EmailAddress address) {
      return provenSender.filter(by -> isSameOrWithin(by, address)).isPresent();
    }

    /** Whether the two domains are equal, or one lies within the other. */
    private static boolean isSameOrWithin(EmailAddress one, EmailAddress other) {
      String first = "." + one.domain();
      String second = "." + other.domain();
      boolean nameless = first.lastIndexOf('.') == 0 || second.lastIndexOf('.') == 0;
      return first.equals(second)
          || !nameless && (first.endsWith(second) || second.endsWith(first));
    }
  }

  /**
   * The provider that sent the message, known by its secret.
   *
   * @param organization the message's
   * @param reportId the same whenever the provider repeats the report
   */
  record Provider(OrganizationId organization, String reportId) implements ReportOrigin {
    @Override
    public @Nullable UUID inboundMail() {
      return null;
    }

    @Override
    public @Nullable AccountId account() {
      return null;
    }

    @Override
    public boolean speaksFor(EmailAddress address) {
      return true;
    }
  }
}
