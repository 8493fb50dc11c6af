package org.byoemail.account.alias;

import java.time.Instant;
import java.util.List;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A domain whose mail all arrives in the mailbox of one account. Its rules apply once the domain is
 * proved.
 *
 * @param domain in A-labels
 * @param refuseUnmatched whether mail that matches no rule is refused; otherwise it belongs to the
 *     account's own agent
 * @param dnsToken the token in the domain's TXT record; public
 * @param proof null if the domain is not proved, or was proved by another mailbox
 * @param error why the latest proof failed or no longer holds; null otherwise
 */
public record CatchAll(
    AccountId account,
    OrganizationId organization,
    String domain,
    boolean refuseUnmatched,
    String dnsToken,
    @Nullable DomainProof proof,
    @Nullable Instant provedAt,
    @Nullable String error,
    List<CatchAllRule> rules) {
  private static final String LABEL = "_byo-email.";
  private static final String VALUE = "byo-email-verification=";

  public CatchAll {
    rules = List.copyOf(rules);
  }

  /** The alias that matches all addresses of the domain. */
  public static EmailAddress alias(String domain) {
    return new EmailAddress("*@" + domain);
  }

  /** The name of the TXT record that proves a domain. */
  public String recordName() {
    return LABEL + domain;
  }

  /** The text of the TXT record. */
  public String recordText() {
    return recordText(dnsToken);
  }

  static String recordText(String token) {
    return VALUE + token;
  }
}
