package org.byoemail.outbound.submission;

import java.time.Instant;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * Whom a message is sent by.
 *
 * @param endpoint the agent's
 * @param name the display name: the account's, else the endpoint's
 * @param account the endpoint's; null if it has none
 * @param policy what the gates ask of its mail
 * @param unsubscribe how its recipients may unsubscribe
 * @param foundAt when it was looked up, by the database's clock
 */
record Sender(
    EndpointId endpoint,
    EmailAddress address,
    @Nullable String name,
    AgentId agent,
    OrganizationId organization,
    @Nullable AccountId account,
    SendingPolicy policy,
    Unsubscribe unsubscribe,
    Instant foundAt) {

  /**
   * How recipients may unsubscribe.
   *
   * @param coveredByDkim whether the provider signs the header fields (RFC 8058 section 4)
   * @param byMail whether mail to the address is read here
   */
  record Unsubscribe(boolean coveredByDkim, boolean byMail) {
    /** By a page that a person opens. */
    static final Unsubscribe BY_PAGE = new Unsubscribe(false, false);
  }
}
