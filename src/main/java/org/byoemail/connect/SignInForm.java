package org.byoemail.connect;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.byoemail.account.link.MailboxProposal;
import org.byoemail.operations.setup.AccountDraft;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.ServerDraft;
import org.jspecify.annotations.Nullable;

/**
 * The password of a mailbox and its servers. The password is never sent back to the browser.
 *
 * @param smtp null if an account is signed in again, which keeps its servers
 */
record SignInForm(@Nullable String password, @Nullable ServerForm smtp, @Nullable ServerForm imap) {
  static final SignInForm EMPTY = new SignInForm(null, null, null);

  /** Without TLS a password could be read in transit. */
  private static final Set<String> SECURITY = Set.of("ssl", "starttls");

  /** The fields of one server. */
  record ServerForm(
      @Nullable String host,
      @Nullable String port,
      @Nullable String security,
      @Nullable String username) {

    static ServerForm of(MailboxProposal.@Nullable Server server) {
      return server == null
          ? new ServerForm("", "", "ssl", "")
          : new ServerForm(
              server.host(),
              String.valueOf(server.port()),
              SECURITY.contains(server.security()) ? server.security() : "starttls",
              server.username());
    }

    private ServerDraft draft(String side, @Nullable String password, List<FieldProblem> problems) {
      if (security != null && !SECURITY.contains(security)) {
        problems.add(new FieldProblem(side + ".security", "must be ssl or starttls"));
      }
      return new ServerDraft(
          host,
          number(side + ".port", problems),
          security,
          "plain",
          username == null || username.isBlank() ? null : username,
          password);
    }

    private @Nullable Integer number(String field, List<FieldProblem> problems) {
      try {
        return port == null || port.isBlank() ? null : Integer.valueOf(port.strip());
      } catch (NumberFormatException e) {
        problems.add(new FieldProblem(field, "must be a number"));
        return null;
      }
    }
  }

  static SignInForm of(MailboxProposal proposal) {
    return new SignInForm(null, ServerForm.of(proposal.smtp()), ServerForm.of(proposal.imap()));
  }

  /** The password of this form, for the servers that were found. */
  SignInForm at(MailboxProposal proposal) {
    SignInForm found = of(proposal);
    return new SignInForm(password, found.smtp(), found.imap());
  }

  /** The servers alone. */
  SignInForm withoutPassword() {
    return new SignInForm(null, smtp, imap);
  }

  /**
   * The password.
   *
   * @throws FieldsRefused if it is absent
   */
  String requiredPassword() {
    if (password == null || password.isEmpty()) {
      throw new FieldsRefused("password", "is required");
    }
    return password;
  }

  /**
   * Both sides with the same password.
   *
   * @throws FieldsRefused naming what is wrong
   */
  AccountDraft draft() {
    List<FieldProblem> problems = new ArrayList<>();
    if (password == null || password.isEmpty()) {
      problems.add(new FieldProblem("password", "is required"));
    }
    ServerForm sending = smtp == null ? ServerForm.of(null) : smtp;
    ServerForm reading = imap == null ? ServerForm.of(null) : imap;
    AccountDraft draft =
        new AccountDraft(
            null,
            sending.draft("smtp", password, problems),
            reading.draft("imap", password, problems));
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
    return draft;
  }

  @Override
  public String toString() {
    return "SignInForm";
  }
}
