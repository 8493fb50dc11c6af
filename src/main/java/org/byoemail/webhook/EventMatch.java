package org.byoemail.webhook;

/** Which events a webhook gets: shared by new deliveries and replays. */
final class EventMatch {
  /**
   * A condition on {@code event e} and {@code webhook w}. An event is an agent's if its account or
   * the endpoint of its message is.
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
