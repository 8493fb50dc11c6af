package org.byoemail.operations.setup;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLinkClosed;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.operations.setup.NewAccountTests.SideTest;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Connects a mailbox by a connect link: tests both sides, and only then stores and enables the
 * account. Safe for use by many threads and nodes: of several concurrent attempts one uses the link
 * up.
 */
@Service
public class MailboxConnection {
  private static final Logger log = LoggerFactory.getLogger(MailboxConnection.class);

  private final NewAccountTests candidates;
  private final Accounts accounts;
  private final Agents agents;
  private final LinkedAccounts linked;
  private final AuditLog audit;

  MailboxConnection(
      NewAccountTests candidates,
      Accounts accounts,
      Agents agents,
      LinkedAccounts linked,
      AuditLog audit) {
    this.candidates = candidates;
    this.accounts = accounts;
    this.agents = agents;
    this.linked = linked;
    this.audit = audit;
  }

  /**
   * What a link is about, as its page shows.
   *
   * @param account that the link signs in again, or has begun to create; null: none yet
   */
  public record LinkSubject(Agent agent, @Nullable Account account) {}

  /**
   * The test of one side.
   *
   * @param name in the words of the page
   */
  public record TestedSide(String name, ConnectionTest test) {}

  /**
   * The result of an attempt.
   *
   * @param sides as far as they were tested
   * @param problem for the person at the browser; null: see the tests
   */
  public record Result(boolean connected, List<TestedSide> sides, @Nullable String problem) {
    static Result connected(List<TestedSide> sides) {
      return new Result(true, sides, null);
    }

    /** An attempt that ended before the tests. */
    public static Result failed(String problem) {
      return new Result(false, List.of(), problem);
    }

    static Result failed(List<TestedSide> sides) {
      return new Result(false, sides, null);
    }

    /** Another account has the mailbox or the address; only the operator may learn which. */
    static Result conflict(List<TestedSide> sides) {
      return new Result(
          false,
          sides,
          "The tests passed, but this mailbox cannot be connected here at present. Ask the sender"
              + " of the link.");
    }
  }

  /** Empty if the agent, or the account that is to be mended, was deleted. */
  public Optional<LinkSubject> subject(ConnectLink link) {
    Optional<Agent> agent =
        agents.find(link.agent()).filter(a -> a.organization().equals(link.organization()));
    if (agent.isEmpty()) {
      return Optional.empty();
    }
    if (link.mended() != null) {
      return accounts
          .find(link.mended())
          .filter(account -> account.agent().equals(link.agent()))
          .map(account -> new LinkSubject(agent.get(), account));
    }
    AccountId begun = link.progress().account();
    Account account = begun == null ? null : accounts.find(begun).orElse(null);
    return Optional.of(new LinkSubject(agent.get(), account));
  }

  /**
   * The account that would be stored, with the servers and passwords of a draft.
   *
   * @throws FieldsRefused naming what is wrong
   */
  public Account candidate(LinkSubject subject, EmailAddress address, AccountDraft draft) {
    return candidates.of(subject.agent(), address, draft, ofAddress(subject, address));
  }

  /**
   * Tries to connect a candidate. Takes up to a minute.
   *
   * @throws org.byoemail.account.connection.TooManyTests if too many tests are running
   * @throws org.byoemail.account.connection.ConnectionFailed if the server is lost after its test
   * @throws org.byoemail.inbound.mailbox.BaselineFailed if the folder is lost after its test
   * @throws ConnectLinkClosed if the link ended meanwhile
   */
  public Result byPassword(
      ConnectLink link, LinkSubject subject, Account candidate, TestListener listener) {
    EmailAddress address = candidate.address();
    List<TestedSide> sides = tested(candidates.test(candidate, listener));
    if (!passed(sides)) {
      return Result.failed(sides);
    }
    try {
      audit.runAs(
          AuditActor.link(link.id()),
          () -> linked.connect(link, candidate, ofAddress(subject, address), account -> {}));
      return Result.connected(sides);
    } catch (ConnectLinkClosed e) {
      throw e;
    } catch (StateConflict e) {
      // Only the operator may learn which account has the mailbox or the address.
      log.info("Connect link {} did not connect a mailbox: {}", link.id(), e.getMessage());
      return Result.conflict(sides);
    }
  }

  /**
   * The settings of an account with another password for each side that signs in by one; the
   * servers stay as they were.
   */
  public static AccountDraft mending(Account account, String password) {
    AccountSettings settings = account.settings();
    AfterIngest after = settings.inbound().afterIngest();
    return new AccountDraft(
        settings.displayName(),
        mending(settings.smtp(), password),
        mending(settings.imap(), password),
        null,
        null, // The folders stay as they are.
        (int) settings.pollInterval().toSeconds(),
        settings.idle(),
        after == null ? null : after.word(),
        settings.inbound().moveTo(),
        settings.inbound().backfillSince(),
        null);
  }

  /** Whether an account signs in by OAuth 2.0: if so, its owner signs in at the provider. */
  public static boolean isByToken(Account account) {
    return Stream.of(account.settings().smtp(), account.settings().imap())
        .anyMatch(server -> server != null && server.auth() == Auth.OAUTH2);
  }

  private static @Nullable ServerDraft mending(@Nullable ServerSettings server, String password) {
    return server == null
        ? null
        : new ServerDraft(
            server.host(),
            server.port(),
            server.security().word(),
            server.auth().word(),
            server.username(),
            server.auth() == Auth.NONE ? null : password);
  }

  static List<TestedSide> tested(List<SideTest> tests) {
    return tests.stream().map(one -> new TestedSide(name(one.side()), one.test())).toList();
  }

  /** A side in the words of the page. */
  public static String name(Protocol side) {
    return side == Protocol.SMTP ? "of sending (SMTP)" : "of reading (IMAP)";
  }

  static boolean passed(List<TestedSide> sides) {
    return sides.stream().allMatch(side -> side.test().ok());
  }

  /** What an earlier try has stored is used if it has the same address. */
  static @Nullable Account ofAddress(LinkSubject subject, EmailAddress address) {
    return subject.account() != null && subject.account().address().equals(address)
        ? subject.account()
        : null;
  }
}
