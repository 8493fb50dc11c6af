package org.byoemail.console;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.byoemail.account.discovery.Proposal;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.operations.setup.AccountDraft;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.OAuthDraft;
import org.byoemail.operations.setup.ServerDraft;
import org.jspecify.annotations.Nullable;

/**
 * The form of an account. A password is never sent back to the browser.
 *
 * @param agent the id of an agent, or empty with {@code newAgent}
 * @param newAgent the name of an agent to create
 * @param inbound the inbound policy of the new agent
 * @param folders one a line
 * @param idle null if its box is not checked
 */
record AccountForm(
    @Nullable String agent,
    @Nullable String newAgent,
    @Nullable String organization,
    @Nullable String inbound,
    @Nullable String address,
    @Nullable String displayName,
    @Nullable ServerForm smtp,
    @Nullable ServerForm imap,
    @Nullable String folders,
    @Nullable String pollSeconds,
    @Nullable Boolean idle,
    @Nullable String afterIngest,
    @Nullable String moveTo,
    @Nullable String backfillSince,
    @Nullable OAuthForm oauth) {

  /** The choice of provider, application and person. */
  record OAuthForm(@Nullable String provider, @Nullable String kind, @Nullable String user) {
    static final OAuthForm EMPTY = new OAuthForm("", "", "");

    static OAuthForm of(@Nullable OAuthGrant grant) {
      return grant == null
          ? EMPTY
          : new OAuthForm(grant.provider(), grant.kind().word(), grant.consentingUser());
    }

    static @Nullable OAuthDraft draft(@Nullable OAuthForm form) {
      return form == null
          ? null
          : new OAuthDraft(
              blank(form.provider()) ? null : form.provider(),
              blank(form.kind()) ? null : form.kind(),
              blank(form.user()) ? null : form.user());
    }
  }

  /** The fields of one server. */
  record ServerForm(
      @Nullable String host,
      @Nullable String port,
      @Nullable String security,
      @Nullable String auth,
      @Nullable String username,
      @Nullable String password) {

    static ServerForm empty(String security) {
      return new ServerForm("", "", security, "plain", "", "");
    }

    static ServerForm of(ServerSettings server) {
      return new ServerForm(
          server.host(),
          String.valueOf(server.port()),
          server.security().word(),
          server.auth().word(),
          server.username(),
          "");
    }

    static ServerForm of(Proposal.Server server) {
      return new ServerForm(
          server.host(),
          String.valueOf(server.port()),
          server.security().word(),
          "plain",
          server.username(),
          "");
    }

    /** Null if host and password are empty: the account has no such side. */
    static @Nullable ServerDraft draft(String side, @Nullable ServerForm form) {
      if (form == null || blank(form.host()) && blank(form.password())) {
        return null;
      }
      return new ServerDraft(
          form.host(),
          number(side + ".port", form.port()),
          form.security(),
          form.auth(),
          blank(form.username()) ? null : form.username(),
          blank(form.password()) ? null : form.password());
    }

    @Override
    public String toString() {
      return "ServerForm[" + host + "]";
    }
  }

  static AccountForm empty(@Nullable String agent) {
    return new AccountForm(
        agent,
        "",
        "",
        "known",
        "",
        "",
        ServerForm.empty("ssl"),
        ServerForm.empty("ssl"),
        "INBOX",
        "120",
        true,
        "",
        "",
        "",
        OAuthForm.EMPTY);
  }

  static AccountForm of(AccountState state) {
    Account account = state.account();
    ServerSettings smtp = account.settings().smtp();
    ServerSettings imap = account.settings().imap();
    AfterIngest after = account.settings().inbound().afterIngest();
    Instant since = account.settings().inbound().backfillSince();
    return new AccountForm(
        account.agent().toString(),
        "",
        account.organization().value(),
        "known",
        account.address().value(),
        account.settings().displayName(),
        smtp == null ? ServerForm.empty("ssl") : ServerForm.of(smtp),
        imap == null ? ServerForm.empty("ssl") : ServerForm.of(imap),
        String.join("\n", account.settings().folders()),
        String.valueOf(account.settings().pollInterval().toSeconds()),
        account.settings().idle(),
        after == null ? "" : after.word(),
        account.settings().inbound().moveTo(),
        since == null ? "" : since.toString(),
        OAuthForm.of(state.grant()));
  }

  /** The same form with the servers of a proposal; a side without one stays as it is. */
  AccountForm with(Proposal proposal) {
    return new AccountForm(
        agent,
        newAgent,
        organization,
        inbound,
        address,
        displayName,
        proposal.smtp() == null ? smtp : ServerForm.of(proposal.smtp()),
        proposal.imap() == null ? imap : ServerForm.of(proposal.imap()),
        folders,
        pollSeconds,
        idle,
        afterIngest,
        moveTo,
        backfillSince,
        oauth);
  }

  AccountDraft draft() {
    return new AccountDraft(
        displayName,
        ServerForm.draft("smtp", smtp),
        ServerForm.draft("imap", imap),
        null,
        folders(folders),
        number("imap.pollInterval", pollSeconds),
        Boolean.TRUE.equals(idle),
        blank(afterIngest) ? null : afterIngest,
        blank(moveTo) ? null : moveTo,
        instant("imap.backfillSince", backfillSince),
        OAuthForm.draft(oauth));
  }

  /** Reads a date or a time. */
  private static @Nullable Instant instant(String field, @Nullable String text) {
    if (blank(text)) {
      return null;
    }
    String value = text.strip();
    try {
      return value.length() > 10
          ? Instant.parse(value)
          : LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw new FieldsRefused(field, "must be a day such as 2026-01-31");
    }
  }

  /** Null if there are none: as they are, or INBOX. */
  private static @Nullable List<@Nullable String> folders(@Nullable String lines) {
    return blank(lines)
        ? null
        : List.copyOf(lines.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  private static @Nullable Integer number(String field, @Nullable String text) {
    try {
      return blank(text) ? null : Integer.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw new FieldsRefused(field, "must be a number");
    }
  }
}
