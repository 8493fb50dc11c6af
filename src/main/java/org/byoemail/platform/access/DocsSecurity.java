package org.byoemail.platform.access;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.NullRequestCache;

/**
 * The guide, the reference of the API and the pages of error codes ({@code /docs/**}, {@code
 * /llms.txt}): open to everybody, without login or session. Scripts and styles come only from this
 * gateway, and the page connects to nothing else.
 */
@Configuration(proxyBeanMethods = false)
class DocsSecurity {

  @Bean
  @Order(0)
  SecurityFilterChain docsPages(HttpSecurity http) throws Exception {
    http.securityMatcher("/docs/**", "/llms.txt")
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .logout(AbstractHttpConfigurer::disable)
        .headers(
            h ->
                h.contentSecurityPolicy(
                        policy ->
                            policy.policyDirectives(
                                "default-src 'none'; script-src 'self'; connect-src 'self';"
                                    + " style-src 'self'; img-src 'self' data:;"
                                    + " base-uri 'none'; form-action 'self';"
                                    + " frame-ancestors 'none'"))
                    .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER)))
        .authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(HttpMethod.GET, "/**")
                    .permitAll()
                    .requestMatchers(HttpMethod.HEAD, "/**")
                    .permitAll()
                    .anyRequest()
                    .denyAll());
    return http.build();
  }
}
