package org.byoemail.connect;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLink.Status;
import org.byoemail.account.link.MailboxProposal;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.LinkApplications;
import org.byoemail.operations.setup.LinkProviders;
import org.byoemail.operations.setup.LinkProviders.Offer;
import org.byoemail.operations.setup.MailboxConnection;
import org.byoemail.operations.setup.MailboxConnection.LinkSubject;
import org.byoemail.operations.setup.MailboxConnection.Result;
import org.byoemail.operations.setup.MailboxConnection.TestedSide;
import org.byoemail.operations.setup.ReturnUrls;
import org.byoemail.operations.setup.ReturnUrls.Outcome;
import org.byoemail.platform.access.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** The pages of a connect link: what each shows. Safe for use by many threads. */
@Component
class LinkPages {
  static final String BUSY =
      "Many mailboxes are being tested at the moment. Try again in a minute.";

  private final Brand brand;
  private final PublicUrl publicUrl;
  private final ReturnUrls returnUrls;
  private final LinkProviders providers;
  private final LinkApplications applications;

  LinkPages(
      Brand brand,
      PublicUrl publicUrl,
      ReturnUrls returnUrls,
      LinkProviders providers,
      LinkApplications applications) {
    this.applications = applications;
    this.providers = providers;
    this.brand = brand;
    this.publicUrl = publicUrl;
    this.returnUrls = returnUrls;
  }

  /** Whether cookies are for https only. */
  boolean isSecure() {
    return publicUrl.isHttps();
  }

  /** The page with the button that binds the link. */
  ModelAndView begin(String token, ConnectLink link, LinkSubject subject) {
    return step("connect/begin", token, link, subject);
  }

  /** The page that asks for the address. */
  ModelAndView address(
      String token, ConnectLink link, LinkSubject subject, String typed, @Nullable String problem) {
    ModelAndView page = step("connect/address", token, link, subject);
    page.addObject("typed", typed);
    page.addObject("problem", problem);
    page.setStatus(problem == null ? HttpStatus.OK : HttpStatus.BAD_REQUEST);
    return page;
  }

  /**
   * The page that asks for a password, or leads to the provider.
   *
   * @param typed null: as proposed
   * @param result of the last try; null: there was none
   */
  ModelAndView signIn(
      String token,
      ConnectLink link,
      LinkSubject subject,
      @Nullable SignInForm typed,
      Map<String, String> problems,
      @Nullable Result result) {
    ModelAndView page = step("connect/sign-in", token, link, subject);
    MailboxProposal proposal = proposal(link);
    boolean mends = link.mended() != null;
    page.addObject("form", typed == null ? SignInForm.of(proposal) : typed);
    page.addObject("proposal", proposal);
    page.addObject("password", takesPassword(link, subject));
    page.addObject("providers", providers.of(link, subject).stream().map(Offer::provider).toList());
    page.addObject(
        "byApplication",
        applications.of(link).map(one -> one.provider().displayName()).orElse(null));
    page.addObject("servers", !mends && link.anyServers());
    page.addObject("unknown", !mends && !link.anyServers() && !knowsServers(link));
    page.addObject("sentTo", mends ? hosts(subject.account()) : hosts(proposal));
    page.addObject(
        "open", proposal.smtp() == null || proposal.imap() == null || hasServerProblem(problems));
    page.addObject("problems", problems);
    page.addObject("sides", result == null ? List.of() : result.sides());
    page.addObject("failed", result != null && !result.connected());
    page.addObject("problem", result == null ? null : result.problem());
    page.setStatus(problems.isEmpty() ? HttpStatus.OK : HttpStatus.BAD_REQUEST);
    return page;
  }

  /** The same page again: too many tests are running. */
  ModelAndView busy(ModelAndView page) {
    return refused(page, HttpStatus.TOO_MANY_REQUESTS, BUSY);
  }

  /** The attempt that is under way; the page loads itself again until it has ended. */
  ModelAndView testing(String token, ConnectLink link, LinkSubject subject, TestRun run) {
    ModelAndView page = step("connect/testing", token, link, subject);
    page.addObject("running", true);
    page.addObject("sides", run.sides());
    return page;
  }

  /** The provider issued no token. */
  ModelAndView noToken(
      String token, ConnectLink link, LinkSubject subject, String reason, @Nullable String admin) {
    ModelAndView page =
        refused(signIn(token, link, subject, null, Map.of(), null), HttpStatus.OK, reason);
    page.addObject("admin", admin);
    return page;
  }

  private static ModelAndView refused(ModelAndView page, HttpStatus status, String refused) {
    page.setStatus(status);
    page.addObject("refused", refused);
    return page;
  }

  /** The page after success. */
  ModelAndView connected(ConnectLink link, @Nullable LinkSubject subject, List<TestedSide> sides) {
    ModelAndView page = page("connect/connected");
    page.addObject("facts", subject == null ? null : facts(link, subject));
    page.addObject("sides", sides);
    back(page, link, Outcome.CONNECTED);
    return page;
  }

  /** The link can no longer be used: it ended, or its agent or account was deleted. */
  ModelAndView over(ConnectLink link) {
    if (link.status() == Status.USED) {
      return ended(
          HttpStatus.GONE,
          "This link was used",
          "A mailbox was connected by it. If that was not you, tell the sender of the link.");
    }
    boolean expired = link.status() == Status.EXPIRED;
    ModelAndView page =
        expired
            ? ended(
                HttpStatus.GONE,
                "This link has expired",
                "Ask the sender of the link for another one.")
            : ended(
                HttpStatus.GONE,
                "This link was withdrawn",
                "It can no longer be used. Ask the sender of the link.");
    back(page, link, Outcome.EXPIRED);
    return page;
  }

  /** The link is bound to another browser. */
  ModelAndView otherBrowser() {
    return ended(
        HttpStatus.FORBIDDEN,
        "This link is open in another browser",
        "It works only in the browser in which it was opened first. Continue there, or ask the"
            + " sender of the link for another one.");
  }

  /** There is no such link. */
  ModelAndView unknown() {
    return ended(
        HttpStatus.NOT_FOUND,
        "This link is not valid",
        "Check that you copied the whole address, or ask the sender for another link.");
  }

  /** The link was tried too often. */
  ModelAndView tooManyAttempts() {
    return ended(
        HttpStatus.TOO_MANY_REQUESTS,
        "Too many attempts",
        "This link was tried too often. Ask the sender for another one.");
  }

  /** Asks for the page of the link again, by GET. */
  ModelAndView again(String token) {
    ModelAndView redirect = new ModelAndView("redirect:/connect/" + token);
    redirect.setStatus(HttpStatus.SEE_OTHER);
    return redirect;
  }

  /** Whether the holder may sign in by a password. */
  boolean takesPassword(ConnectLink link, LinkSubject subject) {
    Account account = subject.account();
    if (link.mended() != null && account != null) {
      return !MailboxConnection.isByToken(account)
          && (isPassword(account.settings().smtp()) || isPassword(account.settings().imap()));
    }
    return link.allows(ConnectLink.PASSWORD)
        && proposal(link).password()
        && (link.anyServers() || knowsServers(link));
  }

  /** Whether the servers of the address were found. */
  boolean knowsServers(ConnectLink link) {
    return proposal(link).smtp() != null && proposal(link).imap() != null;
  }

  static Map<String, String> byField(FieldsRefused e) {
    return e.problems().stream()
        .collect(
            Collectors.toMap(
                FieldProblem::field, FieldProblem::reason, (one, other) -> one + "; " + other));
  }

  private static boolean isPassword(@Nullable ServerSettings server) {
    return server != null && (server.auth() == Auth.PLAIN || server.auth() == Auth.LOGIN);
  }

  private static boolean hasServerProblem(Map<String, String> problems) {
    return problems.keySet().stream().anyMatch(field -> field.contains("."));
  }

  private static String hosts(@Nullable Account account) {
    return account == null
        ? ""
        : List.of(Protocol.values()).stream()
            .map(side -> account.settings().side(side))
            .filter(server -> server != null)
            .map(ServerSettings::host)
            .distinct()
            .collect(Collectors.joining(" and "));
  }

  private static String hosts(MailboxProposal proposal) {
    return proposal.smtp() == null || proposal.imap() == null
        ? ""
        : List.of(proposal.imap().host(), proposal.smtp().host()).stream()
            .distinct()
            .collect(Collectors.joining(" and "));
  }

  private static MailboxProposal proposal(ConnectLink link) {
    MailboxProposal proposal = link.progress().proposal();
    return proposal == null ? MailboxProposal.UNKNOWN : proposal;
  }

  private ModelAndView step(String view, String token, ConnectLink link, LinkSubject subject) {
    ModelAndView page = page(view);
    page.addObject("token", token);
    page.addObject("facts", facts(link, subject));
    back(page, link, Outcome.CANCELLED);
    return page;
  }

  private ConnectLinkSummary facts(ConnectLink link, LinkSubject subject) {
    return ConnectLinkSummary.of(link, subject, publicUrl.host().orElse("this gateway"));
  }

  private void back(ModelAndView page, ConnectLink link, Outcome outcome) {
    returnUrls
        .back(link, outcome)
        .ifPresent(
            url -> {
              page.addObject("back", url);
              page.addObject("backHost", host(url));
            });
  }

  private static String host(String url) {
    return String.valueOf(URI.create(url).getHost()).toLowerCase(Locale.ROOT);
  }

  private ModelAndView ended(HttpStatus status, String title, String message) {
    ModelAndView page = page("connect/ended");
    page.setStatus(status);
    page.addObject("title", title);
    page.addObject("message", message);
    return page;
  }

  private ModelAndView page(String view) {
    ModelAndView page = new ModelAndView(view);
    page.addObject("brandName", brand.name());
    page.addObject("brandLogo", brand.hasLogo());
    return page;
  }
}
