package org.byoemail.outbound.finding;

import java.util.Collection;
import java.util.List;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds addresses that belong to accounts of other organisations. */
@Repository
class OtherOrganizationAddresses {
  private final JdbcClient jdbc;

  OtherOrganizationAddresses(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The addresses whose account, or proved alias, is of another organisation only. */
  List<EmailAddress> among(OrganizationId organization, Collection<EmailAddress> addresses) {
    return jdbc
        .sql(
            """
            WITH owned AS (
              SELECT e.address, g.organization FROM endpoint e
                JOIN agent_email_account a ON a.endpoint_id = e.id
                JOIN agent g ON g.id = e.owner_agent_id AND g.deleted_at IS NULL
              WHERE e.channel = 'email' AND e.address = ANY (:addresses)
              UNION ALL
              SELECT l.address, l.organization FROM account_alias l
              WHERE l.address = ANY (:addresses) AND l.state = 'proved')
            SELECT address FROM owned GROUP BY address
            HAVING bool_and(organization <> :organization) ORDER BY address
            """)
        .param("addresses", addresses.stream().map(EmailAddress::value).toArray(String[]::new))
        .param("organization", organization.value())
        .query(String.class)
        .list()
        .stream()
        .map(EmailAddress::new)
        .toList();
  }
}
