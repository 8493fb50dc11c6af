package org.byoemail.setup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.byoemail.account.alias.Alias;
import org.byoemail.account.alias.AliasProbes;
import org.byoemail.account.alias.Aliases;
import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AddressText;
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
    return aliases.of(account.id());
  }

  /**
   * Sets the aliases of an account; those that it had keep their state.
   *
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.account.alias.AliasConflict if another account of the organisation has one
   *     of these addresses
   */
  @Transactional
  public List<Alias> set(Account account, @Nullable List<@Nullable String> addresses) {
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
    aliases.set(account, read);
    List<Alias> present = aliases.of(account.id());
    audit.record(
        "account.aliases_changed",
        account.id().value(),
        account.organization(),
        Map.of("aliases", present.stream().map(alias -> alias.address().value()).toList()));
    return present;
  }

  private static EmailAddress alias(Account account, String text) {
    EmailAddress address = EmailAddress.parse(text);
    if (address.equals(account.address())) {
      throw new IllegalArgumentException("is the address of the account itself");
    }
    if (AddressText.isInternational(address.value())) {
      throw new IllegalArgumentException(
          "must be ASCII; a domain with other characters is written as xn--");
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
    return new ArrayList<>(aliases.of(account.id()));
  }
}
