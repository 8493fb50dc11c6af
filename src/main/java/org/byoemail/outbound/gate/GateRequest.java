package org.byoemail.outbound.gate;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Attachment;
import org.jspecify.annotations.Nullable;

/**
 * What gates decide about.
 *
 * @param policy that applies to the agent
 * @param message null: it is not stored
 * @param conversation null: it begins one
 * @param recipients each with its kind: {@code to}, {@code cc} or {@code bcc}
 * @param expiresAt when it is too late for it to leave; null: not known
 * @param contents read only by gates that need them: texts may have to be loaded. The same at each
 *     call
 */
public record GateRequest(
    Phase phase,
    SendingPolicy policy,
    Origin origin,
    @Nullable StoredMessageId message,
    @Nullable ConversationId conversation,
    Map<EmailAddress, String> recipients,
    @Nullable Instant expiresAt,
    Supplier<Contents> contents) {

  /** When a gate is asked. */
  public enum Phase {
    /** A submission is about to be stored. */
    ACCEPT,
    /** An attempt is about to begin. */
    BEGIN,
    /** What would become of a submission; nothing is stored. */
    DRY_RUN,
    /** Why a message is where it is; nothing is stored. */
    WHY;

    /** Whether the mail proceeds after this: only then may a gate count it. */
    public boolean consumes() {
      return this == ACCEPT || this == BEGIN;
    }
  }

  /**
   * Whose mail it is.
   *
   * @param account null: the sender has none
   * @param key that handed it in; null: no key, or it is not known any more
   */
  public record Origin(
      OrganizationId organization,
      AgentId agent,
      @Nullable AccountId account,
      @Nullable UUID key) {}

  /**
   * What is to be sent.
   *
   * @param inReplyTo the message that it answers; null: none
   * @param files whose contents are stored, except in phase {@code DRY_RUN}
   */
  public record Contents(
      String from,
      String subject,
      @Nullable String text,
      @Nullable String html,
      List<HeaderField> headers,
      @Nullable StoredMessageId inReplyTo,
      List<Attachment> files) {
    /** Copies of the lists are kept. */
    public Contents {
      headers = List.copyOf(headers);
      files = List.copyOf(files);
    }
  }
}
