package org.byoemail.operations.setup;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * An agent's request that an address be allowed as a contact.
 *
 * @param reason why the agent wants to write there; untrusted text
 * @param requestedBy the name of the key or user
 * @param decisionReason the reason that the agent sees; null: none
 */
public record ContactRequest(
    UUID id,
    OrganizationId organization,
    AgentId agent,
    String agentName,
    EmailAddress address,
    String reason,
    String requestedBy,
    Instant requestedAt,
    Status status,
    @Nullable String decidedBy,
    @Nullable Instant decidedAt,
    @Nullable String decisionReason) {

  /** What became of it. */
  public enum Status {
    OPEN,
    APPROVED,
    REJECTED;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException naming the words there are
     */
    public static Status of(String word) {
      for (Status one : values()) {
        if (one.word().equals(word)) {
          return one;
        }
      }
      throw new IllegalArgumentException("must be one of open, approved, rejected");
    }
  }
}
