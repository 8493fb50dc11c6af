package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.outbound.suppression.Suppressions;
import org.springframework.stereotype.Component;

/**
 * What recipients and limits would do to a mail that is not stored: who would get nothing, and how
 * long it would wait for a limit. Changes nothing. Safe for use by many threads.
 */
@Component
public class SendingGates {
  private final Suppressions suppressions;
  private final OutboundContactPolicy policies;
  private final Accounts accounts;
  private final SendQuota quota;
  private final PlatformTransports platform;
  private final SendSettings settings;

  SendingGates(
      Suppressions suppressions,
      OutboundContactPolicy policies,
      Accounts accounts,
      SendQuota quota,
      PlatformTransports platform,
      SendSettings settings) {
    this.platform = platform;
    this.settings = settings;
    this.suppressions = suppressions;
    this.policies = policies;
    this.accounts = accounts;
    this.quota = quota;
  }

  /** Why recipients would get nothing; those that would get it are missing. */
  public Map<EmailAddress, String> refused(
      OrganizationId organization, EndpointId endpoint, Collection<EmailAddress> recipients) {
    Map<EmailAddress, String> refused = new LinkedHashMap<>();
    Map<EmailAddress, Suppression> suppressed =
        suppressions.among(organization, endpoint, recipients);
    OutboundContactPolicy.Decision policy = policies.of(List.of(endpoint)).get(endpoint);
    for (EmailAddress recipient : recipients) {
      Suppression suppression = suppressed.get(recipient);
      if (suppression != null) {
        refused.put(recipient, suppression.refusal());
      } else if (policy == null || !policy.allows(recipient)) {
        refused.put(recipient, "the agent's contact policy does not allow it");
      }
    }
    return refused;
  }

  /** Whether mail of an address without an account would be carried by anything. */
  public boolean isCarriedWithoutAccount(OrganizationId organization, EmailAddress from) {
    return platform.of(organization, from).isPresent()
        || platform.isUnclear(from)
        || settings.simulated();
  }

  /**
   * How long a mail to so many recipients would wait for a limit of the account; nothing is taken.
   */
  public Duration wait(AccountId account, int recipients) {
    return accounts.find(account).map(found -> quota.peek(found, recipients)).orElse(Duration.ZERO);
  }
}
