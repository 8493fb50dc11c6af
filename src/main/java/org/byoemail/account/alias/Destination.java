package org.byoemail.account.alias;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whom a mail of an account is for.
 *
 * @param endpoint of that agent
 * @param recipient the address of the account that it was sent to; null: unknown
 * @param tag what follows the + in it; null: nothing does, or it is no tag there
 * @param apartSince since when copies of a mail that were sent to different addresses of the
 *     account are mails of their own; null: they are the same mail
 * @param refused whether it is for nobody: no rule of its catch-all domain names it
 */
public record Destination(
    AgentId agent,
    UUID endpoint,
    @Nullable EmailAddress recipient,
    @Nullable String tag,
    @Nullable Instant apartSince,
    boolean refused) {

  /** The account's own agent. */
  public static Destination own(Account account) {
    return new Destination(account.agent(), account.endpoint(), null, null, null, false);
  }
}
