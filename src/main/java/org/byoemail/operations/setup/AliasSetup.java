package org.byoemail.operations.setup;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.byoemail.account.alias.Alias;
import org.byoemail.account.alias.AliasKind;
import org.byoemail.account.alias.AliasProbes;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Sets, lists and proves the aliases of accounts. Safe for use by many threads. */
@Service
public class AliasSetup {
  private final Aliases aliases;
  private final AliasProbes probes;
  private final ServerTasks serverTasks;
  private final AuditLog audit;
  private final TransactionTemplate transactions;

  AliasSetup(
      Aliases aliases,
      AliasProbes probes,
      ServerTasks serverTasks,
      AuditLog audit,
      TransactionTemplate transactions) {
    this.aliases = aliases;
    this.probes = probes;
    this.serverTasks = serverTasks;
    this.audit = audit;
    this.transactions = transactions;
  }

  /** The aliases of an account, in the order of their addresses. */
  public List<Alias> of(Account account) {
    return aliases.of(account.id(), AliasKind.ADDRESS);
  }

  /** The state of plus-addresses; empty if they are off. */
  public Optional<Alias> plusAddresses(Account account) {
    return aliases.of(account.id(), AliasKind.PLUS).stream().findFirst();
  }

  private void setPlusAddresses(Account account, boolean on) {
    EmailAddress address = account.address();
    if (on && address.localPart().startsWith("\"")) {
      throw new FieldsRefused("plusAddresses", "are not possible with a quoted part before the @");
    }
    aliases.set(
        account,
        AliasKind.PLUS,
        on ? List.of(new EmailAddress(address.localPart() + "+*@" + address.domain())) : List.of());
  }

  /**
   * Sets the aliases of an account; those that it had keep their state.
   *
   * @param plusAddresses whether {@code local+tag@domain} of the account's address belongs to it:
   *     servers differ in whether they deliver these, so they are off at first; null: no change
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.account.alias.AliasConflict if another account of the organisation has one
   *     of these addresses
   */
  @Transactional
  public List<Alias> set(
      Account account,
      @Nullable List<@Nullable String> addresses,
      @Nullable Boolean plusAddresses) {
    if (addresses == null) {
      throw new FieldsRefused("aliases", "is required, but may be empty");
    }
    if (addresses.size() > Aliases.MAX_ALIASES) {
      throw new FieldsRefused("aliases", "must have at most " + Aliases.MAX_ALIASES + " entries");
    }
    FieldChecks checks = new FieldChecks();
    Set<EmailAddress> read = new HashSet<>();
    for (int i = 0; i < addresses.size(); i++) {
      String field = "aliases[" + i + "]";
      String text = addresses.get(i) == null ? "" : addresses.get(i);
      EmailAddress address = checks.read(field, () -> alias(account, text));
      if (address != null && !read.add(address)) {
        checks.refuse(field, "is a duplicate");
      }
    }
    checks.done();
    aliases.set(account, AliasKind.ADDRESS, read);
    if (plusAddresses != null) {
      setPlusAddresses(account, plusAddresses);
    }
    List<Alias> present = of(account);
    audit.record(
        "account.aliases_changed",
        account.id().value(),
        account.organization(),
        Map.of(
            "aliases",
            present.stream().map(alias -> alias.address().value()).toList(),
            "plusAddresses",
            plusAddresses(account).isPresent()));
    return present;
  }

  private static EmailAddress alias(Account account, String text) {
    EmailAddress address = EmailAddress.parse(text);
    if (address.equals(account.address())) {
      throw new IllegalArgumentException("is the address of the account itself");
    }
    if (address.localPart().contains("*")) {
      throw new IllegalArgumentException("must be one address, without a *");
    }
    return address;
  }

  /**
   * Sends a probe from an alias to the account's own address: the account may send from it once the
   * probe has arrived in the mailbox with From unchanged. Takes seconds.
   *
   * @throws SetupConflict if the account does not both send and receive
   * @throws org.byoemail.account.alias.AliasConflict if the account has no such alias, or a probe
   *     was sent within the last minute
   * @throws org.byoemail.account.connection.TooManyTests if too many tests of that server are
   *     running
   */
  public List<Alias> prove(Account account, @Nullable String text) {
    FieldChecks checks = new FieldChecks();
    EmailAddress address =
        checks.read("address", () -> EmailAddress.parse(text == null ? "" : text));
    checks.done();
    if (address == null || !account.isSending() || !account.isReceiving()) {
      throw new SetupConflict(
          "the account must send and receive the probe: enable both sides, and resume it");
    }
    transactions.executeWithoutResult(
        status ->
            audit.record(
                "account.alias_probed",
                account.id().value(),
                account.organization(),
                Map.of("alias", address.value())));
    serverTasks.visit(
        account,
        Protocol.SMTP,
        () -> {
          probes.send(account, address);
          return account;
        });
    return of(account);
  }
}
