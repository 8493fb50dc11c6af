package org.byoemail.inbound.mailbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.mailbox.MailboxAction.Kind;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Requests to do something with a mail in its mailbox. The node that watches the mailbox does it:
 * at once if it hears of it, else at its next poll. Thread-safe.
 */
@Component
public class MailboxActions {
  /** How many may wait in one mailbox. */
  public static final int MAX_WAITING = 1_000;

  private static final int MAX_LISTED = 100;

  private final MailboxActionRows rows;
  private final AccountChangeDispatcher watchers;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  MailboxActions(
      MailboxActionRows rows,
      AccountChangeDispatcher watchers,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.rows = rows;
    this.watchers = watchers;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * The mail that something is to be done with.
   *
   * @param id of the inbound mail, not of its message
   */
  public record Target(UUID id, OrganizationId organization, AccountId account) {}

  /**
   * Requests an action.
   *
   * @param folder of {@link Kind#MOVE} only
   * @throws ActionRefused if the mail cannot be found in its mailbox any more, or too many requests
   *     wait there
   */
  public MailboxAction request(Target target, Kind kind, @Nullable String folder) {
    UUID id = Ids.next();
    transaction.executeWithoutResult(
        status -> {
          rows.deleteOld(target.id());
          if (rows.areWaiting(target.id(), MAX_WAITING)) {
            throw new ActionRefused(
                MAX_WAITING + " requests wait for this mailbox already: try again later");
          }
          if (!rows.insert(id, target.id(), kind, folder)) {
            throw new ActionRefused(
                "the server has renumbered the folder of the mail, or its account does not watch the"
                    + " folder any more");
          }
          Map<String, Object> details = new LinkedHashMap<>();
          details.put("action", kind.word());
          if (folder != null) {
            details.put("folder", folder);
          }
          audit.record("message.mailbox_action", target.id(), target.organization(), details);
        });
    watchers.wake(target.account());
    return list(target.id()).stream()
        .filter(one -> Objects.equals(one.id(), id))
        .findFirst()
        .orElseThrow();
  }

  /** The latest requests for a mail, the newest first. */
  public List<MailboxAction> list(UUID mail) {
    return rows.of(mail, MAX_LISTED);
  }
}
