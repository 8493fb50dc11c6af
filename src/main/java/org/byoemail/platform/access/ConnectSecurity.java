package org.byoemail.platform.access;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.NullRequestCache;

/**
 * The pages for owners of mailboxes ({@code /connect/**}): open to everybody, without login and
 * session. A console login of the same browser counts for nothing there. Their addresses hold
 * secrets, so no referrer leaves them, and nobody frames them.
 */
@Configuration(proxyBeanMethods = false)
class ConnectSecurity {
  private static final String PATH = "/connect";

  /** RFC 8058 section 3.1: posted without cookies, so that its address alone permits it. */
  private static final String UNSUBSCRIBE = PATH + "/unsubscribe/*";

  @Bean
  @Order(0)
  SecurityFilterChain connectPages(HttpSecurity http, FailedLogins failures) throws Exception {
    http.securityMatcher(PATH + "/**")
        .csrf(csrf -> csrf.csrfTokenRepository(tokens()).ignoringRequestMatchers(UNSUBSCRIBE))
        .addFilterBefore(new ConnectLinkThrottle(failures), CsrfFilter.class)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .logout(AbstractHttpConfigurer::disable)
        .headers(
            h ->
                h.contentSecurityPolicy(
                        policy ->
                            policy.policyDirectives(
                                "default-src 'none'; style-src 'self'; img-src 'self';"
                                    + " base-uri 'none'; form-action 'self';"
                                    + " frame-ancestors 'none'"))
                    .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER)))
        .authorizeHttpRequests(requests -> requests.anyRequest().permitAll());
    return http.build();
  }

  /** In a cookie, since there is no session. */
  private static CookieCsrfTokenRepository tokens() {
    CookieCsrfTokenRepository cookies = new CookieCsrfTokenRepository();
    cookies.setCookieName("byo-connect-csrf");
    cookies.setParameterName("_csrf");
    cookies.setHeaderName("X-CSRF-TOKEN");
    cookies.setCookiePath(PATH);
    cookies.setCookieCustomizer(cookie -> cookie.httpOnly(true).sameSite("Lax"));
    return cookies;
  }
}
