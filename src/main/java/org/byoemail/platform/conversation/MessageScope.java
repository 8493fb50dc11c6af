package org.byoemail.platform.conversation;

import org.byoemail.format.mail.Scope;

/**
 * SQL conditions for what is within a {@link Scope}, with the parameters {@code scopeAgents} and
 * {@code scopeAccounts}.
 */
public final class MessageScope {
  /**
   * For a row {@code m} of {@code message}: it is a message of one of the agents, or was received
   * or sent through one of the accounts.
   */
  public static final String CONDITION =
      """
      (m.endpoint_id IN (SELECT p.id FROM endpoint p WHERE p.owner_agent_id = ANY (:scopeAgents))
        OR m.endpoint_id IN (SELECT t.endpoint_id FROM endpoint_account t WHERE t.account_id = ANY (:scopeAccounts)))
      """;

  /** For a row {@code c} of {@code conversation}: its agent's, or with such messages. */
  static final String CONVERSATION =
      "(c.agent_id = ANY (:scopeAgents)"
          + " OR EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id AND "
          + CONDITION
          + "))";

  private MessageScope() {}
}
