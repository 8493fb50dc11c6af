package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import org.byoemail.operations.setup.AccountDeletion;
import org.byoemail.outbound.delivery.AccountQueue.Queued;

/** What a deleted account had in the queue, and what becomes of it. */
@Schema(name = "AccountDeletion")
record AccountDeletionResponse(
    @Schema(description = "messages that were due, or waited for their time") int queuedMessages,
    @Schema(
            allowableValues = {"fail", "platform_transport", "simulated", "wait"},
            description =
                "what happens to them: they fail with no_transport and can be resent once the"
                    + " address has an account again; leave by the platform's transport; are"
                    + " simulated; or wait until a setting names their domain")
        String queuedMessagesThen,
    @Schema(description = "messages that stay held") int heldMessages,
    @Schema(description = "messages whose result is still recorded") int sendingMessages,
    String detail) {

  static AccountDeletionResponse of(Queued queued) {
    return new AccountDeletionResponse(
        queued.waiting(),
        AccountDeletion.word(queued.fate()),
        queued.held(),
        queued.sending(),
        AccountDeletion.explain(queued));
  }
}
