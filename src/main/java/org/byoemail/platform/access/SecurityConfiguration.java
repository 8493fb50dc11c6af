package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;

/** Authentication: the API by key, the actuator by key or login, the console by login. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  private static final String API = "/api/v1";

  @Bean
  @Order(1)
  SecurityFilterChain apiSecurity(
      HttpSecurity http,
      Keyring keyring,
      FailedLogins failures,
      ProblemResponses problems,
      SecurityErrorResponses denials)
      throws Exception {
    http.securityMatcher("/api/**")
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .logout(AbstractHttpConfigurer::disable)
        .addFilterBefore(
            new BearerKeys(keyring, failures, problems), UsernamePasswordAuthenticationFilter.class)
        .exceptionHandling(e -> e.authenticationEntryPoint(denials).accessDeniedHandler(denials))
        .headers(h -> headers(h, "default-src 'none'; frame-ancestors 'none'; sandbox"))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(HttpMethod.GET, API + "/openapi.json", API + "/schema/*")
                    .permitAll()
                    .requestMatchers(API + "/api-keys/**")
                    .access(needs(Permission.KEYS_MANAGE))
                    .requestMatchers(API + "/oauth-clients/**")
                    .access(needs(Permission.OAUTH_CLIENTS_MANAGE))
                    .requestMatchers(HttpMethod.DELETE, API + "/accounts/connect-links/*")
                    .access(needs(Permission.ACCOUNTS_CONNECT))
                    // Whoever may trust a way may take that back.
                    .requestMatchers(HttpMethod.DELETE, API + "/agents/*/trusted-ways/*")
                    .access(needs(Permission.HELD_DECIDE))
                    .requestMatchers(HttpMethod.DELETE, API + "/agents/**")
                    .access(needs(Permission.AGENTS_DELETE))
                    .requestMatchers(HttpMethod.DELETE, API + "/accounts/**")
                    .access(needs(Permission.ACCOUNTS_DELETE))
                    .requestMatchers(API + "/erasures/**", API + "/exports")
                    .access(needs(Permission.PERSONAL_DATA_MANAGE))
                    .requestMatchers(HttpMethod.GET, API + "/retention")
                    .access(needs(Permission.RETENTION_READ))
                    .requestMatchers(API + "/retention")
                    .access(needs(Permission.RETENTION_WRITE))
                    .requestMatchers(
                        HttpMethod.POST,
                        API + "/messages",
                        API + "/messages/validate",
                        API + "/messages/*/reply",
                        API + "/messages/*/reply-all",
                        API + "/messages/*/forward",
                        API + "/attachments")
                    .access(needs(Permission.MESSAGES_SEND))
                    .requestMatchers(HttpMethod.DELETE, API + "/messages/*")
                    .access(needs(Permission.MESSAGES_SEND))
                    .requestMatchers(
                        HttpMethod.GET,
                        API + "/messages/**",
                        API + "/attachments/**",
                        API + "/conversations/**")
                    .access(needs(Permission.MESSAGES_READ))
                    .requestMatchers(
                        HttpMethod.POST,
                        API + "/messages/*/release",
                        API + "/messages/*/resend",
                        API + "/dead-letters/*/resend")
                    .access(needs(Permission.MESSAGES_MANAGE))
                    .requestMatchers(API + "/event-cursors/**")
                    .access(needs(Permission.EVENTS_READ))
                    .requestMatchers(HttpMethod.GET, API + "/events/**")
                    .access(needs(Permission.EVENTS_READ))
                    .requestMatchers(HttpMethod.GET, API + "/agents/**")
                    .access(needs(Permission.AGENTS_READ))
                    .requestMatchers(API + "/agents/**")
                    .access(needs(Permission.AGENTS_WRITE))
                    .requestMatchers(
                        HttpMethod.GET, API + "/accounts/**", API + "/rollout/accounts")
                    .access(needs(Permission.ACCOUNTS_READ))
                    .requestMatchers(API + "/accounts/**")
                    .access(needs(Permission.ACCOUNTS_CONNECT))
                    .requestMatchers(HttpMethod.GET, API + "/bounces/**")
                    .access(needs(Permission.BOUNCES_READ))
                    .requestMatchers(HttpMethod.GET, API + "/dead-letters")
                    .access(needs(Permission.DEAD_LETTERS_READ))
                    .requestMatchers(HttpMethod.GET, API + "/suppressions")
                    .access(needs(Permission.SUPPRESSIONS_READ))
                    .requestMatchers(API + "/suppressions")
                    .access(needs(Permission.SUPPRESSIONS_WRITE))
                    .requestMatchers(HttpMethod.GET, API + "/quarantine")
                    .access(needs(Permission.QUARANTINE_READ))
                    .requestMatchers(API + "/quarantine/**")
                    .access(needs(Permission.QUARANTINE_RETRY))
                    .requestMatchers(HttpMethod.GET, API + "/held/**")
                    .access(needs(Permission.HELD_READ))
                    .requestMatchers(API + "/held/**")
                    .access(needs(Permission.HELD_DECIDE))
                    .requestMatchers(HttpMethod.GET, API + "/webhooks/**")
                    .access(needs(Permission.WEBHOOKS_READ))
                    .requestMatchers(API + "/webhooks/**")
                    .access(needs(Permission.WEBHOOKS_WRITE))
                    .requestMatchers(HttpMethod.GET, API + "/audit")
                    .access(needs(Permission.AUDIT_READ))
                    .anyRequest()
                    .access(needs(Permission.OPERATIONS_MANAGE)));
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
      SecurityErrorResponses denials)
      throws Exception {
    CallerNeeds operator = CallerNeeds.role(Role.OPERATOR);
    AuthorizationManager<RequestAuthorizationContext> everybody =
        (who, request) -> new AuthorizationDecision(true);
    AuthorizationManager<RequestAuthorizationContext> operatorOfAll =
        (who, request) ->
            who.get().getPrincipal() instanceof Caller caller && caller.organization() != null
                ? new AuthorizationDecision(false)
                : operator.check(who, request);
    http.securityMatcher(EndpointRequest.toAnyEndpoint())
        .csrf(csrf -> csrf.csrfTokenRepository(new ConsoleCsrfTokens()))
        // A console login is accepted here, but not created.
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.NEVER))
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
      HttpSecurity http, ConsoleSettings settings, KnownBrowsers browsers) throws Exception {
    ConsoleRequestCache asked = new ConsoleRequestCache();
    http.csrf(csrf -> csrf.csrfTokenRepository(new ConsoleCsrfTokens()))
        .requestCache(cache -> cache.requestCache(asked))
        // A relative redirect: the Host header of a request is not repeated.
        .exceptionHandling(
            e ->
                e.authenticationEntryPoint(
                    (request, response, needed) ->
                        response.sendRedirect(request.getContextPath() + "/login")))
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
                                browsers.clientOf(request),
                                ClientAddress.of(request.getRemoteAddr())))
                    .successHandler(
                        new LongSession(
                            asked,
                            browsers,
                            Math.toIntExact(settings.sessionTimeout().toSeconds())))
                    .failureHandler(
                        (request, response, e) ->
                            response.sendRedirect(
                                request.getContextPath()
                                    + (e instanceof LockedException
                                        ? "/login?blocked"
                                        : "/login?wrong"))))
        .logout(logout -> logout.logoutSuccessUrl("/login?out"))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers("/login", "/error", "/style.css", "/favicon.svg")
                    .permitAll()
                    .anyRequest()
                    .access(CallerNeeds.role(Role.ADMIN)));
    return http.build();
  }

  /** Redirects to the requested page; from here on the session has its full lifetime. */
  private record LongSession(ConsoleRequestCache asked, KnownBrowsers browsers, int seconds)
      implements AuthenticationSuccessHandler {

    @Override
    public void onAuthenticationSuccess(
        HttpServletRequest request, HttpServletResponse response, Authentication who)
        throws IOException {
      request.getSession().setMaxInactiveInterval(seconds);
      browsers.remember(request, response);
      SavedRequest page = asked.getRequest(request, response);
      asked.removeRequest(request, response);
      response.sendRedirect(
          request.getContextPath() + (page == null ? "/console" : page.getRedirectUrl()));
    }
  }

  private static CallerNeeds needs(Permission permission) {
    return CallerNeeds.permission(permission);
  }

  private static void headers(HeadersConfigurer<HttpSecurity> headers, String contentPolicy) {
    headers
        .contentSecurityPolicy(policy -> policy.policyDirectives(contentPolicy))
        .frameOptions(HeadersConfigurer.FrameOptionsConfig::sameOrigin)
        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN));
  }
}
