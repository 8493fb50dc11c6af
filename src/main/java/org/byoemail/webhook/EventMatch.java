package org.byoemail.webhook;

/** The condition for events of a webhook, shared by new deliveries and replays. */
final class EventMatch {
  /**
   * A condition on {@code event e} and {@code webhook w}. An event belongs to an agent if its
   * account or the endpoint of its message does.
   */
  static final String SQL =
      """
      w.organization = e.organization
        AND (w.types = '{}' OR e.type = ANY (w.types))
        AND (w.accounts = '{}' OR e.account_id = ANY (w.accounts))
        AND CASE WHEN w.agents = '{}' THEN true ELSE
          EXISTS (SELECT 1 FROM agent_email_account a WHERE a.id = e.account_id AND a.agent_id = ANY (w.agents))
          OR EXISTS (SELECT 1 FROM message m JOIN endpoint p ON p.id = m.endpoint_id
            WHERE m.id = e.message_id AND p.owner_agent_id = ANY (w.agents)) END
      """;

  private EventMatch() {}
}
