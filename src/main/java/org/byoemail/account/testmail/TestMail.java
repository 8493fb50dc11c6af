package org.byoemail.account.testmail;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * A mail that an account was asked to send as a test.
 *
 * @param message the outbound message; null: it was not accepted
 * @param requestedAt by the database's clock, as is arrivedAt
 * @param arrivedAt when it was seen in a mailbox; null: not yet
 * @param folder the one that it was seen in; null: not yet
 * @param searchError why it could not be looked for in the mailbox; null: it could, or was not
 * @param coversUnsubscribe whether a DKIM signature covers List-Unsubscribe and its Post; null: not
 *     seen, or a newer test mail counts
 */
public record TestMail(
    UUID id,
    AccountId account,
    EmailAddress recipient,
    @Nullable StoredMessageId message,
    Instant requestedAt,
    @Nullable Instant arrivedAt,
    @Nullable String folder,
    @Nullable String searchError,
    @Nullable Boolean coversUnsubscribe) {
  /** The header field that carries the id. */
  public static final String HEADER = "X-BYO-Test-Mail";
}
