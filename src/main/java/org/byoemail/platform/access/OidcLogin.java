package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * Logs people in at the OpenID provider of the settings: with the authorization code flow, PKCE and
 * a nonce. Issuer and subject identify a person. Somebody with neither an invitation nor a role
 * from claims is refused.
 */
@Controller
class OidcLogin {
  private static final Logger log = LoggerFactory.getLogger(OidcLogin.class);
  private static final int MAX_NAME = 100;
  private static final int MAX_SUBJECT = 255;

  private final OidcProvider provider;
  private final OidcRequests requests;
  private final People people;
  private final CompletedLogins completed;

  OidcLogin(
      OidcProvider provider, OidcRequests requests, People people, CompletedLogins completed) {
    this.provider = provider;
    this.requests = requests;
    this.people = people;
    this.completed = completed;
  }

  @GetMapping("/login/oidc")
  ModelAndView begin(HttpServletRequest request, HttpServletResponse response) {
    if (!provider.isOn()) {
      throw new ResourceNotFound("login at a provider");
    }
    OidcRequests.Begun begun = OidcRequests.Begun.fresh();
    String to;
    try {
      to = authorization(provider.registration(), begun).getAuthorizationRequestUri();
    } catch (PublicUrlMissing e) {
      return refused(HttpStatus.CONFLICT, "BYO_PUBLIC_URL is not set: the provider needs it.");
    } catch (RuntimeException e) {
      log.warn("the OpenID provider of the console does not answer: {}", e.getMessage());
      return away();
    }
    requests.remember(begun, request, response);
    return new ModelAndView("redirect:" + to);
  }

  @GetMapping(OidcProvider.CALLBACK)
  ModelAndView complete(
      @RequestParam(required = false) @Nullable String code,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String error,
      HttpServletRequest request,
      HttpServletResponse response) {
    Optional<OidcRequests.Begun> begun = requests.take(request, response);
    if (!provider.isOn() || begun.isEmpty() || !begun.get().state().equals(state)) {
      return refused(
          HttpStatus.BAD_REQUEST, "This login began in another browser, or too long ago.");
    }
    if (error != null || code == null) {
      return refused(HttpStatus.FORBIDDEN, "The provider did not log you in.");
    }
    OidcUser user;
    try {
      ClientRegistration registration = provider.registration();
      user =
          provider.user(
              new OAuth2AuthorizationExchange(
                  authorization(registration, begun.get()),
                  OAuth2AuthorizationResponse.success(code)
                      .state(state)
                      .redirectUri(registration.getRedirectUri())
                      .build()));
    } catch (RuntimeException e) {
      log.warn("a login at the OpenID provider failed: {}", e.getMessage());
      if (isAway(e)) {
        return away();
      }
      return refused(HttpStatus.FORBIDDEN, "The provider's answer cannot be used.");
    }
    Optional<Person> person;
    try {
      person = person(user);
    } catch (People.TooManyPeople e) {
      log.warn("a person of the OpenID provider was not added: {}", e.getMessage());
      return refused(
          HttpStatus.CONFLICT,
          "Your organization has the maximum number of people. Ask an admin to delete some.");
    }
    if (person.isEmpty()) {
      return refused(
          HttpStatus.FORBIDDEN,
          "Nobody has given you access"
              + (user.getEmail() == null ? "" : " as " + user.getEmail())
              + ". Ask an admin to invite you by this address.");
    }
    return new ModelAndView(
        "redirect:" + completed.complete(person.get(), SessionFactor.PROVIDER, request, response));
  }

  private static OAuth2AuthorizationRequest authorization(
      ClientRegistration registration, OidcRequests.Begun begun) {
    return OAuth2AuthorizationRequest.authorizationCode()
        .authorizationUri(registration.getProviderDetails().getAuthorizationUri())
        .clientId(registration.getClientId())
        .redirectUri(registration.getRedirectUri())
        .scopes(registration.getScopes())
        .state(begun.state())
        .additionalParameters(
            Map.of(
                "nonce", OidcRequests.nonceHash(begun.nonce()),
                "code_challenge", OidcRequests.challenge(begun.verifier()),
                "code_challenge_method", "S256"))
        .attributes(
            Map.of(
                "registration_id", registration.getRegistrationId(),
                "nonce", begun.nonce(),
                "code_verifier", begun.verifier()))
        .build();
  }

  private Optional<Person> person(OidcUser user) {
    String subject = user.getSubject();
    if (subject == null || subject.length() > MAX_SUBJECT) {
      return Optional.empty();
    }
    String email = email(user);
    return people.atProvider(
        new People.Identity(
            String.valueOf(user.getIssuer()),
            subject,
            email,
            Boolean.TRUE.equals(user.getEmailVerified()),
            name(user, email)),
        claims(user));
  }

  /** The rights that the claims give; null: the provider gives no roles. */
  private People.@Nullable Rights claims(OidcUser user) {
    OidcSettings settings = provider.settings();
    if (settings.rolesClaim().isBlank()) {
      return null;
    }
    Set<PersonRole> roles = EnumSet.noneOf(PersonRole.class);
    for (Object value : values(user.getClaims().get(settings.rolesClaim()))) {
      String role = settings.roles().get(String.valueOf(value));
      if (role != null) {
        roles.add(PersonRole.of(role));
      }
    }
    if (settings.organizationClaim().isBlank()) {
      return new People.Rights(null, roles);
    }
    // Without a usable claim, nobody may become a person who sees everything.
    try {
      if (user.getClaims().get(settings.organizationClaim()) instanceof String organization) {
        return new People.Rights(OrganizationId.parse(organization), roles);
      }
      log.info(
          "a login gets no roles: the claim {} is missing, or is not a text",
          settings.organizationClaim());
    } catch (IllegalArgumentException e) {
      log.info(
          "a login gets no roles: the claim {} {}", settings.organizationClaim(), e.getMessage());
    }
    return new People.Rights(null, Set.of());
  }

  private static Collection<?> values(@Nullable Object claim) {
    return claim instanceof Collection<?> list ? list : claim == null ? List.of() : List.of(claim);
  }

  private static @Nullable String email(OidcUser user) {
    try {
      return user.getEmail() == null
          ? null
          : EmailAddress.parse(user.getEmail().strip()).value().toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return null; // Some providers put a name there.
    }
  }

  private static String name(OidcUser user, @Nullable String email) {
    String name = user.getFullName() == null ? "" : user.getFullName();
    String line = name.replaceAll("\\p{Cntrl}", " ").strip();
    line = line.isEmpty() ? String.valueOf(email) : line;
    return line.length() > MAX_NAME ? line.substring(0, MAX_NAME) : line;
  }

  /** Whether the provider did not answer, rather than refuse or answer wrongly. */
  private static boolean isAway(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException || cause instanceof IllegalStateException) {
        return true;
      }
    }
    return false;
  }

  private static ModelAndView away() {
    return refused(
        HttpStatus.SERVICE_UNAVAILABLE, "The provider does not answer. Try again in a moment.");
  }

  private static ModelAndView refused(HttpStatus status, String words) {
    return new ModelAndView("people/login-refused", Map.of("words", words), status);
  }
}
