package org.byoemail.account.alias;

import java.time.Instant;
import java.util.List;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * A domain all of whose mail arrives in the mailbox of an account. Its rules apply once it is
 * proved.
 *
 * @param domain in A-labels
 * @param refuseUnmatched whether mail that no rule names is refused; else it is for the account's
 *     own agent
 * @param dnsToken what the TXT record of that domain has to say; public
 * @param proof null: it is not proved, or the account has another mailbox since
 * @param error why the latest proof failed, or no longer holds; null if neither
 */
public record CatchAll(
    AccountId account,
    String organization,
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

  /** The alias that stands for all addresses of a domain. */
  public static EmailAddress alias(String domain) {
    return new EmailAddress("*@" + domain);
  }

  /** The name of the TXT record that proves a domain. */
  public String recordName() {
    return LABEL + domain;
  }

  /** The text of that record. */
  public String recordText() {
    return recordText(dnsToken);
  }

  static String recordText(String token) {
    return VALUE + token;
  }
}
