package org.byoemail.account.alias;

import java.time.Instant;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.jspecify.annotations.Nullable;

/**
 * The agent that a mail of an account belongs to.
 *
 * @param endpoint the agent's endpoint
 * @param recipient the address of the account that it was sent to; null: unknown
 * @param tag the recipient tag, after the +; null if absent
 * @param apartSince since when copies of a mail to different addresses of the account count as
 *     separate mails; null if they are the same mail
 * @param refused whether the mail belongs to no agent, because it matches no rule of its catch-all
 *     domain
 */
public record Destination(
    AgentId agent,
    EndpointId endpoint,
    @Nullable EmailAddress recipient,
    @Nullable String tag,
    @Nullable Instant apartSince,
    boolean refused) {

  /**
   * The recipient, if copies of a mail to different addresses of the account count as separate
   * mails; null if they are the same mail, or if the recipient is unknown.
   */
  public @Nullable String separateRecipient() {
    return apartSince == null || recipient == null ? null : recipient.value();
  }

  /** The account's own agent. */
  public static Destination own(Account account) {
    return new Destination(account.agent(), account.endpoint(), null, null, null, false);
  }
}
