package org.byoemail.operations.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.ImapFields;
import org.byoemail.operations.setup.LimitsFields;
import org.byoemail.operations.setup.SmtpFields;
import org.byoemail.outbound.delivery.AccountLimits;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates or changes the account of a line, in one transaction. Safe for use by many threads. */
@Component
class ImportedAccounts {
  private final Agents agents;
  private final Accounts accounts;
  private final Secrets secrets;
  private final AccountLimits limits;
  private final AccountSetup setup;
  private final TransactionTemplate transactions;

  ImportedAccounts(
      Agents agents,
      Accounts accounts,
      Secrets secrets,
      AccountLimits limits,
      AccountSetup setup,
      TransactionTemplate transactions) {
    this.agents = agents;
    this.accounts = accounts;
    this.secrets = secrets;
    this.limits = limits;
    this.setup = setup;
    this.transactions = transactions;
  }

  /**
   * Imports a line.
   *
   * @throws FieldsRefused naming what is wrong with it
   * @throws org.byoemail.format.mail.StateConflict if another agent has the address, or the account
   *     was changed concurrently
   */
  ImportedLine take(long number, AccountLine line, ImportOptions options) {
    Agent agent = agent(line.agent(), options);
    EmailAddress address = AddressField.read(line.address());
    Account present = accounts.find(agent.id(), address).orElse(null);
    if (present == null) {
      return line(number, address, ImportedLine.Result.CREATED, create(agent, address, line));
    }
    boolean changed = options.updating() && change(present, line);
    return line(
        number,
        address,
        changed ? ImportedLine.Result.UPDATED : ImportedLine.Result.UNCHANGED,
        present.id());
  }

  private AccountId create(Agent agent, EmailAddress address, AccountLine line) {
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              Account created = setup.create(agent, address.value(), line.draft()).account();
              setOthers(created, line);
              return created.id();
            }));
  }

  /** Whether the line changes anything. */
  private boolean change(Account account, AccountLine line) {
    AccountLine present =
        AccountLine.of(setup.find(account.id()).orElseThrow(), limits.of(account));
    AccountLine wanted = withoutKnownPasswords(account, present, merged(present, line));
    if (wanted.equals(present)) {
      return false;
    }
    boolean settings =
        !Objects.equals(wanted.displayName(), present.displayName())
            || !Objects.equals(wanted.smtp(), present.smtp())
            || !Objects.equals(wanted.imap(), present.imap())
            || !Objects.equals(wanted.oauth(), present.oauth());
    setup.change(
        account,
        settings ? wanted.draft() : null,
        null,
        null,
        () -> {
          if (!Objects.equals(wanted.limits(), present.limits())
              || !Objects.equals(wanted.bounceAccount(), present.bounceAccount())) {
            setOthers(account, wanted);
          }
        });
    return true;
  }

  private void setOthers(Account account, AccountLine line) {
    LimitsFields given = line.limits();
    if (given != null) {
      try {
        limits.set(account, given.limits(), given.connections());
      } catch (IllegalArgumentException e) {
        throw new FieldsRefused("limits.connections", String.valueOf(e.getMessage()));
      }
    }
    if (line.bounceAccount() != null) {
      setup.setBounceAccount(account, new AccountId(id("bounceAccount", line.bounceAccount())));
    }
  }

  private static AccountLine merged(AccountLine present, AccountLine line) {
    AccountLine merged =
        AccountFields.read(
            AccountFields.merged(AccountFields.fields(present), AccountFields.fields(line)),
            FileFormat.JSONL);
    return new AccountLine(
        present.agent(),
        present.address(),
        merged.displayName(),
        merged.smtp(),
        folders(present.imap(), line.imap(), merged.imap()),
        merged.oauth(),
        merged.limits(),
        merged.bounceAccount());
  }

  /** A first folder that is given alone replaces the first one; the others stay. */
  private static @Nullable ImapFields folders(
      @Nullable ImapFields present, @Nullable ImapFields given, @Nullable ImapFields merged) {
    if (merged == null || given == null || given.folder() == null) {
      return merged;
    }
    List<@Nullable String> folders = new ArrayList<>();
    if (given.folders() != null) {
      folders.addAll(given.folders());
      return folders.isEmpty() || !given.folder().equals(folders.get(0))
          ? merged // Refused with the reason.
          : merged.withFolders(folders);
    }
    folders.add(given.folder());
    if (present != null && present.folders() != null) {
      present.folders().stream()
          .skip(1)
          .filter(folder -> !given.folder().equals(folder))
          .forEach(folders::add);
    }
    return merged.withFolders(folders);
  }

  /** A password equal to the stored one is no change: its side stays tested and enabled. */
  private AccountLine withoutKnownPasswords(
      Account account, AccountLine present, AccountLine wanted) {
    SmtpFields smtp = wanted.smtp();
    if (smtp != null
        && smtp.withoutPassword().equals(present.smtp())
        && isStored(account, Protocol.SMTP, smtp.password())) {
      smtp = present.smtp();
    }
    ImapFields imap = wanted.imap();
    if (imap != null
        && present.imap() != null
        && sameServer(imap, present.imap())
        && isStored(account, Protocol.IMAP, imap.password())) {
      imap = imap.withoutPassword();
    }
    return new AccountLine(
        wanted.agent(),
        wanted.address(),
        wanted.displayName(),
        smtp,
        imap,
        wanted.oauth(),
        wanted.limits(),
        wanted.bounceAccount());
  }

  private static boolean sameServer(ImapFields one, ImapFields other) {
    return Objects.equals(one.host(), other.host())
        && Objects.equals(one.port(), other.port())
        && Objects.equals(one.security(), other.security())
        && Objects.equals(one.auth(), other.auth())
        && Objects.equals(one.username(), other.username());
  }

  private boolean isStored(Account account, Protocol protocol, @Nullable String password) {
    ServerSettings server = account.settings().side(protocol);
    return password != null
        && server != null
        && server.secret() != null
        && password.equals(secrets.open(account.id(), protocol, server.secret()));
  }

  private Agent agent(@Nullable String named, ImportOptions options) {
    UUID id = named == null ? options.agent() : id("agent", named);
    if (id == null) {
      throw new FieldsRefused("agent", "is required: the id of an agent");
    }
    return agents
        .find(new AgentId(id))
        .filter(
            agent ->
                options.organization() == null
                    || options.organization().equals(agent.organization()))
        .orElseThrow(() -> new FieldsRefused("agent", "must be the id of an agent"));
  }

  private static UUID id(String field, String text) {
    try {
      return UUID.fromString(text.strip());
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused(field, "must be a UUID");
    }
  }

  private static ImportedLine line(
      long number, EmailAddress address, ImportedLine.Result result, AccountId account) {
    return new ImportedLine(number, address.value(), result, account, List.of());
  }
}
