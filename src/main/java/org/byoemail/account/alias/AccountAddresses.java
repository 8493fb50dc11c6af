package org.byoemail.account.alias;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that an account receives mail for, and the agents that this mail belongs to.
 * Immutable.
 *
 * @param aliases single addresses, proved or not
 * @param plus whether the account accepts tags on its own address
 * @param domains proved catch-all domains
 */
public record AccountAddresses(
    Account account, Set<EmailAddress> aliases, boolean plus, List<CatchAll> domains) {
  public AccountAddresses {
    aliases = Set.copyOf(aliases);
    domains = List.copyOf(domains);
  }

  /** Whether the account receives mail for the address. */
  public boolean has(EmailAddress address) {
    return isOwn(address)
        || aliases.contains(address)
        || plus && isTagged(address)
        || domain(address).isPresent();
  }

  /** Whether the address is the account's own. */
  public boolean isOwn(EmailAddress address) {
    return address.equals(account.address());
  }

  /**
   * The agent that a mail belongs to.
   *
   * @param recipient an address of the account; null if unknown
   */
  public Destination destination(@Nullable EmailAddress recipient) {
    if (recipient == null || isOwn(recipient) || aliases.contains(recipient)) {
      return own(recipient, null);
    }
    if (plus && isTagged(recipient)) {
      return own(recipient, tag(recipient));
    }
    Optional<CatchAll> domain = domain(recipient);
    if (domain.isEmpty()) {
      return own(recipient, null);
    }
    return CatchAllRule.of(domain.get().rules(), recipient.localPart())
        .map(
            rule ->
                new Destination(
                    rule.agent(), rule.endpoint(), recipient, tag(recipient), apartSince(), false))
        .orElseGet(
            () ->
                new Destination(
                    account.agent(),
                    account.endpoint(),
                    recipient,
                    tag(recipient),
                    apartSince(),
                    domain.get().refuseUnmatched()));
  }

  private Destination own(@Nullable EmailAddress recipient, @Nullable String tag) {
    return new Destination(
        account.agent(), account.endpoint(), recipient, tag, apartSince(), false);
  }

  /** A mail to several agents of a catch-all domain arrives as several copies. */
  private @Nullable Instant apartSince() {
    return domains.stream()
        .flatMap(domain -> Stream.ofNullable(domain.provedAt()))
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private boolean isTagged(EmailAddress address) {
    return address.domain().equals(account.address().domain())
        && address.localPart().startsWith(account.address().localPart() + "+");
  }

  private Optional<CatchAll> domain(EmailAddress address) {
    return domains.stream().filter(one -> one.domain().equals(address.domain())).findFirst();
  }

  private @Nullable String tag(EmailAddress address) {
    String local = address.localPart();
    // The account's own address may itself contain a +.
    int from = isTagged(address) ? account.address().localPart().length() : 0;
    int plusAt = local.indexOf('+', from);
    return plusAt < 1 || plusAt == local.length() - 1 ? null : local.substring(plusAt + 1);
  }
}
