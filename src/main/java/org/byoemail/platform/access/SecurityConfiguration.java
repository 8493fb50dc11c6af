package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.util.pattern.PathPattern;

/** Authentication: the API by key, the actuator by key or login, the console by login. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  private static final Set<String> JOLOKIA =
      Set.of("/actuator/jolokia", "/actuator/hawtio/jolokia");

  /** No spans for its filters and decisions: a trace shows requests and mail. */
  @Bean
  SecurityObservationSettings securityObservations() {
    return SecurityObservationSettings.noObservations();
  }

  @Bean
  @Order(1)
  SecurityFilterChain apiSecurity(
      HttpSecurity http,
      Keyring keyring,
      FailedLogins failures,
      RequestRates rates,
      ProblemResponses problems,
      SecurityErrorResponses denials)
      throws Exception {
    http.securityMatcher("/api/**", RequestPath.MCP)
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .logout(AbstractHttpConfigurer::disable)
        .addFilterBefore(
            new BearerKeys(keyring, failures, problems), UsernamePasswordAuthenticationFilter.class)
        .addFilterAfter(new RequestRateFilter(rates, problems), BearerKeys.class)
        .exceptionHandling(e -> e.authenticationEntryPoint(denials).accessDeniedHandler(denials))
        .headers(h -> headers(h, "default-src 'none'; frame-ancestors 'none'; sandbox"))
        .authorizeHttpRequests(
            requests -> {
              for (ApiPermissions.Rule rule : ApiPermissions.RULES) {
                String[] patterns = rule.patterns().toArray(String[]::new);
                var matched =
                    rule.method() == null
                        ? requests.requestMatchers(patterns)
                        : requests.requestMatchers(rule.method(), patterns);
                if (rule.permission() == null) {
                  matched.permitAll();
                } else {
                  matched.access(CallerNeeds.permission(rule.permission()));
                }
              }
              // Each tool checks its own permissions.
              requests.requestMatchers(RequestPath.MCP).authenticated();
              requests.anyRequest().access(CallerNeeds.permission(ApiPermissions.OTHERS));
            });
    return http.build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain actuatorSecurity(
      HttpSecurity http,
      AccessSettings settings,
      Keyring keyring,
      FailedLogins failures,
      ProblemResponses problems,
      SecurityErrorResponses denials,
      ConsoleSecurityContextRepository sessions)
      throws Exception {
    CallerNeeds operatorOfAll = CallerNeeds.role(Role.OPERATOR).overAll();
    AuthorizationManager<RequestAuthorizationContext> everybody =
        (who, request) -> new AuthorizationDecision(true);
    http.securityMatcher(EndpointRequest.toAnyEndpoint())
        .csrf(csrf -> csrf.csrfTokenRepository(new ConsoleCsrfTokens()))
        // A console login is accepted here, but not created.
        .securityContext(c -> c.securityContextRepository(sessions.withoutLogin()))
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .addFilterBefore(
            new BearerKeys(keyring, failures, problems), UsernamePasswordAuthenticationFilter.class)
        .exceptionHandling(e -> e.authenticationEntryPoint(denials).accessDeniedHandler(denials))
        .headers(h -> headers(h, "default-src 'none'; frame-ancestors 'none'; sandbox"))
        .authorizeHttpRequests(
            requests ->
                requests
                    // Its details are for those who see all organisations (application.yaml).
                    .requestMatchers(EndpointRequest.to(HealthEndpoint.class))
                    .permitAll()
                    .requestMatchers(EndpointRequest.to("prometheus"))
                    .access(settings.openMetrics() ? everybody : operatorOfAll)
                    .anyRequest()
                    .access(operatorOfAll));
    return http.build();
  }

  /**
   * Hawtio's pages by the console's session, and JMX over HTTP by that or by the console's name and
   * password with each request. There is no challenge, so no browser keeps the password and sends
   * it along; a page of another origin can neither set the header nor read the token.
   */
  @Bean
  @Order(0)
  SecurityFilterChain hawtioSecurity(
      HttpSecurity http,
      KnownBrowsers browsers,
      SecurityErrorResponses denials,
      ConsoleSecurityContextRepository sessions)
      throws Exception {
    PathPatternRequestMatcher.Builder path = PathPatternRequestMatcher.withDefaults();
    RequestMatcher jolokia =
        new OrRequestMatcher(
            path.matcher("/actuator/jolokia/**"), path.matcher("/actuator/hawtio/jolokia/**"));
    CookieCsrfTokenRepository tokens = CookieCsrfTokenRepository.withHttpOnlyFalse();
    tokens.setCookieCustomizer(cookie -> cookie.sameSite("Strict"));
    CsrfTokenRequestAttributeHandler asSent = new CsrfTokenRequestAttributeHandler();
    // The page needs the cookie before it posts.
    asSent.setCsrfRequestAttributeName(null);
    http.securityMatcher(new OrRequestMatcher(jolokia, path.matcher("/actuator/hawtio/**")))
        .csrf(
            csrf ->
                csrf.csrfTokenRepository(tokens)
                    .csrfTokenRequestHandler(asSent)
                    .ignoringRequestMatchers(
                        request -> request.getHeader(HttpHeaders.AUTHORIZATION) != null))
        .securityContext(c -> c.securityContextRepository(sessions.withoutLogin()))
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .logout(AbstractHttpConfigurer::disable)
        .httpBasic(
            basic ->
                basic
                    .authenticationEntryPoint(denials)
                    .authenticationDetailsSource(
                        request ->
                            new ConsoleLogin.Attempt(
                                browsers.clientOf(request, null),
                                ClientAddress.of(request.getRemoteAddr()),
                                false)))
        .exceptionHandling(
            e ->
                e.defaultAuthenticationEntryPointFor(denials, jolokia)
                    .defaultAuthenticationEntryPointFor(
                        (request, response, needed) ->
                            response.sendRedirect(request.getContextPath() + "/login"),
                        AnyRequestMatcher.INSTANCE)
                    .accessDeniedHandler(denials))
        .headers(
            h ->
                headers(
                    h,
                    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
                        + " font-src 'self' data:; object-src 'none'; base-uri 'self';"
                        + " form-action 'self'; frame-ancestors 'self'"))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(new AndRequestMatcher(jolokia, SecurityConfiguration::changes))
                    .denyAll()
                    .anyRequest()
                    .access(CallerNeeds.role(Role.ADMIN).overAll()));
    return http.build();
  }

  /** A GET that names more than Jolokia itself: it could call an operation. */
  private static boolean changes(HttpServletRequest request) {
    return !request.getMethod().equals("POST")
        && !(request.getMethod().equals("GET")
            && request.getQueryString() == null
            && JOLOKIA.contains(RequestPath.of(request)));
  }

  /** What providers post: its controller checks the secret. */
  @Bean
  @Order(3)
  SecurityFilterChain hookSecurity(HttpSecurity http) throws Exception {
    http.securityMatcher("/hooks/**")
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .logout(AbstractHttpConfigurer::disable)
        .headers(h -> headers(h, "default-src 'none'; frame-ancestors 'none'; sandbox"))
        .authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
    return http.build();
  }

  @Bean
  @Order(4)
  SecurityFilterChain consoleSecurity(
      HttpSecurity http,
      KnownBrowsers browsers,
      ConsoleSecurityContextRepository sessions,
      UnfinishedLogins unfinished,
      SecondFactors factors)
      throws Exception {
    ConsoleRequestCache asked = new ConsoleRequestCache();
    http.securityContext(c -> c.securityContextRepository(sessions))
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterAfter(new OrganizationParameterFilter(), AuthorizationFilter.class)
        .csrf(csrf -> csrf.csrfTokenRepository(new ConsoleCsrfTokens()))
        .requestCache(cache -> cache.requestCache(asked))
        // A relative redirect: the Host header of a request is not repeated.
        .exceptionHandling(
            e ->
                e.authenticationEntryPoint(
                    (request, response, needed) -> askForLogin(request, response)))
        .headers(
            h ->
                headers(
                    h,
                    "default-src 'self'; object-src 'none'; base-uri 'none';"
                        + " form-action 'self'; frame-ancestors 'self'"))
        .formLogin(
            form ->
                form.loginPage("/login")
                    .authenticationDetailsSource(
                        request ->
                            new ConsoleLogin.Attempt(
                                browsers.clientOf(request, request.getParameter("username")),
                                ClientAddress.of(request.getRemoteAddr()),
                                true))
                    .successHandler(new RequestedPage(asked, browsers))
                    .failureHandler(
                        (request, response, e) ->
                            refuseLogin(request, response, e, unfinished, factors)))
        .logout(logout -> logout.logoutSuccessUrl("/login?out"))
        .authorizeHttpRequests(
            requests -> {
              requests
                  .requestMatchers(
                      "/login",
                      "/login/oidc/**",
                      "/login/code",
                      "/login/passkey",
                      "/login/passkey/options",
                      "/passkeys.js",
                      "/invitations/*",
                      "/error",
                      "/style.css",
                      "/favicon.svg")
                  .permitAll();
              for (ConsolePermissions.Rule rule : ConsolePermissions.RULES) {
                String[] patterns =
                    rule.patterns().stream()
                        .map(PathPattern::getPatternString)
                        .toArray(String[]::new);
                // No method: any.
                requests.requestMatchers(rule.method(), patterns).access(rule.needs());
              }
              requests.anyRequest().access(ConsolePermissions.OTHERS);
            });
    return http.build();
  }

  private static void refuseLogin(
      HttpServletRequest request,
      HttpServletResponse response,
      AuthenticationException e,
      UnfinishedLogins unfinished,
      SecondFactors factors)
      throws IOException {
    if (e instanceof ConsoleLogin.SecondFactorNeeded needed) {
      Person person = needed.person();
      String login = unfinished.begin(person, request, response);
      if (person.credentials().secondFactor() == null) {
        factors.begin(person.id(), login);
      }
      response.sendRedirect(request.getContextPath() + "/login/code");
      return;
    }
    if (e instanceof AuthenticationServiceException) {
      response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    }
    response.sendRedirect(
        request.getContextPath()
            + (e instanceof LockedException ? "/login?blocked" : "/login?wrong"));
  }

  /** Sends a page that updates itself to the login; without the database, nobody can log in. */
  private static void askForLogin(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (ConsoleSecurityContextRepository.isDatabaseUnavailable(request)) {
      response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    } else if (request.getHeader(ConsoleSecurityContextRepository.POLL) != null) {
      response.setHeader("HX-Redirect", request.getContextPath() + "/login");
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    } else {
      response.sendRedirect(request.getContextPath() + "/login");
    }
  }

  /** Redirects to the page that was requested before the login. */
  private record RequestedPage(ConsoleRequestCache asked, KnownBrowsers browsers)
      implements AuthenticationSuccessHandler {

    @Override
    public void onAuthenticationSuccess(
        HttpServletRequest request, HttpServletResponse response, Authentication who)
        throws IOException {
      browsers.remember(request, response, String.valueOf(request.getParameter("username")));
      response.sendRedirect(request.getContextPath() + asked.take(request, response));
    }
  }

  private static void headers(HeadersConfigurer<HttpSecurity> headers, String contentPolicy) {
    headers
        .contentSecurityPolicy(policy -> policy.policyDirectives(contentPolicy))
        .frameOptions(HeadersConfigurer.FrameOptionsConfig::sameOrigin)
        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN));
  }
}
