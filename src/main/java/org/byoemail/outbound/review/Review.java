package org.byoemail.outbound.review;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * A review of a message, with the version that it is about now.
 *
 * @param state {@code requested}, {@code approved}, {@code used}, {@code rejected}, {@code expired}
 *     or {@code cancelled}
 * @param fourEyes whether two people must approve
 * @param asksIfConversationChanged whether a later message of the conversation asks again
 * @param submitter the key that handed the message in; null: none
 * @param alike the same for mails of the agent that differ little
 * @param dueAt when it is to leave
 */
public record Review(
    UUID id,
    StoredMessageId message,
    OrganizationId organization,
    AgentId agent,
    String state,
    List<Reason> reasons,
    boolean hasFindings,
    boolean fourEyes,
    boolean asksIfConversationChanged,
    @Nullable UUID submitter,
    String alike,
    Instant requestedAt,
    Instant dueAt,
    Instant expiresAt,
    @Nullable Instant decidedAt,
    Version version) {

  /** Why it is reviewed: what a gate decided. */
  public record Reason(String gate, String result, String code, String reason) {}

  /**
   * What is or was to be approved.
   *
   * @param sha256 of its bytes
   * @param hash over the bytes, the recipients and the transport
   * @param madeBy {@code agent}, or {@code reviewer} for an edited one
   */
  public record Version(
      int number,
      String sha256,
      long size,
      String transport,
      List<String> recipients,
      String subject,
      String hash,
      String madeBy,
      Instant createdAt) {}

  /**
   * What a reviewer decided.
   *
   * @param decision {@code approved} or {@code rejected}
   * @param reviewer such as {@code key:<id>}
   */
  public record Decision(
      int version,
      String decision,
      String reviewer,
      String name,
      @Nullable String reason,
      Instant decidedAt) {}

  /** Whether it waits for a decision. */
  public boolean isOpen() {
    return state.equals("requested");
  }

  /** Whether it is an approval of that message, also one that an earlier attempt used up. */
  public boolean permits(StoredMessageId of) {
    return message.equals(of) && (state.equals("approved") || state.equals("used"));
  }
}
