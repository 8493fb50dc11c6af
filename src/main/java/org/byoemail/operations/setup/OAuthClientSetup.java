package org.byoemail.operations.setup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.byoemail.account.oauth.GrantType;
import org.byoemail.account.oauth.OAuthClient;
import org.byoemail.account.oauth.OAuthClientDraft;
import org.byoemail.account.oauth.OAuthClientInvalid;
import org.byoemail.account.oauth.OAuthClients;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Creates, changes and deletes OAuth clients, each with an entry in the audit log. Safe for use by
 * many threads.
 */
@Service
public class OAuthClientSetup {
  /** It becomes a segment of the redirect URI. */
  private static final Pattern ORGANIZATION = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._ -]*");

  private final OAuthClients clients;
  private final AuditLog audit;
  private final TransactionTemplate transactions;

  OAuthClientSetup(OAuthClients clients, AuditLog audit, TransactionTemplate transactions) {
    this.clients = clients;
    this.audit = audit;
    this.transactions = transactions;
  }

  /**
   * Creates an application.
   *
   * @param organization {@link OrganizationId#OPERATOR}: for every organisation
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.account.oauth.OAuthClientExists if there is one of that provider and grant
   *     type
   */
  public OAuthClient create(OrganizationId organization, OAuthClientDraft draft) {
    if (draft.kind() == GrantType.AUTHORIZATION_CODE
        && !organization.isOperator()
        && !ORGANIZATION.matcher(organization.value()).matches()) {
      throw new FieldsRefused(
          "organization",
          "must consist of letters, digits, spaces, dots, hyphens and underscores, since it is part"
              + " of the redirect URI");
    }
    return written(
        () -> {
          OAuthClient created = clients.create(organization, draft);
          record("oauth_client.created", created, Map.of());
          return created;
        });
  }

  /**
   * Changes an application; empty if the id is unknown.
   *
   * @throws FieldsRefused naming what is wrong
   */
  public Optional<OAuthClient> change(UUID id, OAuthClientDraft draft) {
    return written(
        () -> {
          Optional<OAuthClient> changed = clients.change(id, draft);
          changed.ifPresent(
              client ->
                  record(
                      "oauth_client.changed", client, Map.of("newSecret", draft.secret() != null)));
          return changed;
        });
  }

  /**
   * Deletes an application.
   *
   * @throws org.byoemail.account.oauth.OAuthClientInUse while accounts use it
   */
  public void delete(OAuthClient client) {
    written(
        () -> {
          if (clients.delete(client.id())) {
            record("oauth_client.deleted", client, Map.of());
          }
          return client;
        });
  }

  /** The application of that id. */
  public Optional<OAuthClient> find(UUID id) {
    return clients.find(id);
  }

  /**
   * The applications of an organisation.
   *
   * @param organization empty: the operator's; null: all
   */
  public List<OAuthClient> list(@Nullable OrganizationId organization) {
    return clients.list(organization);
  }

  private <T> T written(Supplier<T> change) {
    try {
      return Objects.requireNonNull(transactions.execute(status -> change.get()));
    } catch (OAuthClientInvalid e) {
      throw new FieldsRefused(e.field(), String.valueOf(e.getMessage()));
    }
  }

  private void record(String action, OAuthClient client, Map<String, ?> more) {
    Map<String, Object> details = new LinkedHashMap<>(more);
    details.put("provider", client.provider());
    details.put("kind", client.kind().word());
    details.put("clientId", client.clientId());
    audit.record(
        action,
        client.id(),
        client.organization().isOperator() ? null : client.organization(),
        details);
  }
}
