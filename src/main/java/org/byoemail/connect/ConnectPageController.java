package org.byoemail.connect;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLink.Binding;
import org.byoemail.account.link.ConnectLink.Status;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.link.MailboxProposal;
import org.byoemail.account.oauth.BegunAuthorization;
import org.byoemail.account.oauth.OAuthFailed;
import org.byoemail.account.registry.Account;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.operations.setup.AccountDraft;
import org.byoemail.operations.setup.AddressField;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.LinkApplications;
import org.byoemail.operations.setup.LinkProviders.Offer;
import org.byoemail.operations.setup.LinkSignIns;
import org.byoemail.operations.setup.MailboxConnection;
import org.byoemail.operations.setup.MailboxConnection.LinkSubject;
import org.byoemail.operations.setup.MailboxProposals;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The page of a connect link. Opening it changes nothing; its first button binds the link to the
 * browser, and a mailbox that passes its tests uses the link up. The link can do nothing else.
 */
@Controller
@RequestMapping("/connect/{token:[A-Za-z0-9_-]{20,100}}")
class ConnectPageController {
  private static final Logger log = LoggerFactory.getLogger(ConnectPageController.class);

  private final ConnectLinks links;
  private final MailboxConnection connection;
  private final MailboxProposals proposals;
  private final LinkPages pages;
  private final LinkSignIns signIns;
  private final LinkTests tests;
  private final LinkApplications applications;

  ConnectPageController(
      ConnectLinks links,
      MailboxConnection connection,
      MailboxProposals proposals,
      LinkPages pages,
      LinkSignIns signIns,
      LinkTests tests,
      LinkApplications applications) {
    this.applications = applications;
    this.tests = tests;
    this.signIns = signIns;
    this.links = links;
    this.connection = connection;
    this.proposals = proposals;
    this.pages = pages;
  }

  @GetMapping
  ModelAndView show(@PathVariable String token, HttpServletRequest request) {
    ConnectLink link = links.find(token, BrowserCookie.of(request, token)).orElse(null);
    TestRun last = link == null ? null : tests.latest(link).orElse(null);
    if (last != null && last.state() == TestRun.State.PASSED && link.status() == Status.OPEN) {
      // Connected since the link was read.
      link = links.find(token, BrowserCookie.of(request, token)).orElse(null);
    }
    return link == null ? pages.unknown() : show(token, link, last);
  }

  /** The page of a link, with its newest test as it was read before. */
  private ModelAndView show(String token, ConnectLink link, @Nullable TestRun last) {
    LinkSubject subject = connection.subject(link).orElse(null);
    Binding binding = link.progress().binding();
    if (link.status() == Status.USED && binding == Binding.THIS) {
      return pages.connected(
          link, subject, last == null ? List.of() : LinkTests.result(last).sides());
    }
    if (link.status() != Status.OPEN || subject == null) {
      return pages.over(link);
    }
    if (binding == Binding.OTHER) {
      return pages.otherBrowser();
    }
    if (binding == Binding.NONE) {
      return pages.begin(token, link, subject);
    }
    if (link.mailbox() == null) {
      return pages.address(token, link, subject, "", null);
    }
    if (last == null) {
      return pages.signIn(token, link, subject, null, Map.of(), null);
    }
    return last.isRunning()
        ? pages.testing(token, link, subject, last)
        : pages.signIn(token, link, subject, tests.typed(last), Map.of(), LinkTests.result(last));
  }

  @PostMapping("/begin")
  ModelAndView begin(
      @PathVariable String token, HttpServletRequest request, HttpServletResponse response) {
    ConnectLink link = links.find(token, BrowserCookie.of(request, token)).orElse(null);
    if (link == null) {
      return pages.unknown();
    }
    if (link.progress().binding() == Binding.NONE) {
      links
          .bind(link.id())
          .ifPresent(
              secret -> {
                BrowserCookie.set(request, response, pages.isSecure(), token, secret);
                proposeFixed(link);
              });
    }
    return pages.again(token);
  }

  /** A fixed address is looked up at once; a mended account has its servers. */
  private void proposeFixed(ConnectLink link) {
    if (link.address() == null || link.mended() != null || !links.attempt(link.id())) {
      return;
    }
    try {
      links.choose(link.id(), null, proposals.of(link.address(), link.organization()));
    } catch (TooManyTests e) {
      // Its owner can have it looked up again.
      log.info("Nothing is proposed for connect link {}: {}", link.id(), e.getMessage());
    }
  }

  @PostMapping("/address")
  ModelAndView address(
      @PathVariable String token,
      @RequestParam(defaultValue = "") String address,
      HttpServletRequest request) {
    return bound(
        token,
        request,
        (link, subject) -> {
          if (link.address() != null) {
            if (!pages.knowsServers(link)) {
              proposeFixed(link);
            }
            return pages.again(token);
          }
          EmailAddress parsed;
          try {
            parsed = AddressField.read(address);
          } catch (FieldsRefused e) {
            String reason = e.problems().get(0).reason();
            return pages.address(token, link, subject, address, "The address " + reason);
          }
          if (!links.attempt(link.id())) {
            return pages.tooManyAttempts();
          }
          try {
            links.choose(link.id(), parsed, proposals.of(parsed, link.organization()));
            tests.forget(link);
            return pages.again(token);
          } catch (TooManyTests e) {
            return pages.busy(pages.address(token, link, subject, address, null));
          }
        });
  }

  @PostMapping("/other-address")
  ModelAndView otherAddress(@PathVariable String token, HttpServletRequest request) {
    return bound(
        token,
        request,
        (link, subject) -> {
          if (link.address() == null) {
            links.choose(link.id(), null, null);
            tests.forget(link);
          }
          return pages.again(token);
        });
  }

  @PostMapping("/password")
  ModelAndView password(
      @PathVariable String token, @ModelAttribute SignInForm form, HttpServletRequest request) {
    return bound(token, request, (link, subject) -> password(token, link, subject, form));
  }

  private ModelAndView password(
      String token, ConnectLink link, LinkSubject subject, SignInForm form) {
    EmailAddress address = link.mailbox();
    if (address == null || !pages.takesPassword(link, subject)) {
      return pages.again(token);
    }
    try {
      AccountDraft draft = draft(link, subject.account(), form);
      Account candidate = connection.candidate(subject, address, draft);
      if (!links.attempt(link.id())) {
        return pages.tooManyAttempts();
      }
      tests.begin(
          link,
          link.anyServers() && link.mended() == null ? form : null,
          listener -> connection.byPassword(link, subject, candidate, listener));
      return pages.again(token);
    } catch (FieldsRefused e) {
      return pages.signIn(token, link, subject, form, LinkPages.byField(e), null);
    } catch (TooManyTests e) {
      return pages.busy(pages.signIn(token, link, subject, form, Map.of(), null));
    }
  }

  /** Connects by the access of the application that the link names: nobody signs in. */
  @PostMapping("/application")
  ModelAndView application(@PathVariable String token, HttpServletRequest request) {
    return bound(token, request, (link, subject) -> application(token, link, subject));
  }

  private ModelAndView application(String token, ConnectLink link, LinkSubject subject) {
    Offer offer = applications.of(link).orElse(null);
    if (offer == null) {
      return pages.again(token);
    }
    if (!links.attempt(link.id())) {
      return pages.tooManyAttempts();
    }
    try {
      tests.begin(link, null, listener -> applications.connect(link, subject, offer, listener));
      return pages.again(token);
    } catch (TooManyTests e) {
      return pages.busy(pages.signIn(token, link, subject, null, Map.of(), null));
    }
  }

  /** Leads to the provider, by an intermediate page: its form may only lead to this gateway. */
  @PostMapping("/provider/{name}")
  ModelAndView provider(
      @PathVariable String token,
      @PathVariable String name,
      HttpServletRequest request,
      HttpServletResponse response) {
    return bound(
        token,
        request,
        (link, subject) -> {
          Offer offer = signIns.offer(link, subject, name).orElse(null);
          if (offer == null || link.mailbox() == null) {
            return pages.again(token);
          }
          if (!links.attempt(link.id())) {
            return pages.tooManyAttempts();
          }
          try {
            BegunAuthorization begun = signIns.begin(link, subject, link.mailbox(), offer);
            response.addHeader(HttpHeaders.SET_COOKIE, begun.cookie().toString());
            BrowserCookie.expectReturn(request, response, pages.isSecure(), token);
            return new ModelAndView(
                "connect/continue",
                Map.of("url", begun.url(), "provider", offer.provider().displayName()));
          } catch (OAuthFailed | StateConflict e) {
            log.info("Connect link {} cannot begin a sign-in: {}", link.id(), e.getMessage());
            return pages.noToken(
                token,
                link,
                subject,
                offer.provider().displayName() + " cannot be reached at present. Try again later.",
                null);
          }
        });
  }

  private static AccountDraft draft(ConnectLink link, @Nullable Account mended, SignInForm form) {
    if (link.mended() != null && mended != null) {
      return MailboxConnection.mending(mended, form.requiredPassword());
    }
    MailboxProposal found = link.progress().proposal();
    return link.anyServers() || found == null ? form.draft() : form.at(found).draft();
  }

  /** Does a step of an open link in the browser that it is bound to. */
  private ModelAndView bound(
      String token,
      HttpServletRequest request,
      BiFunction<ConnectLink, LinkSubject, ModelAndView> step) {
    ConnectLink link = links.find(token, BrowserCookie.of(request, token)).orElse(null);
    if (link == null) {
      return pages.unknown();
    }
    LinkSubject subject = connection.subject(link).orElse(null);
    boolean may =
        link.status() == Status.OPEN
            && link.progress().binding() == Binding.THIS
            && subject != null;
    return may ? step.apply(link, subject) : show(token, link, tests.latest(link).orElse(null));
  }
}
