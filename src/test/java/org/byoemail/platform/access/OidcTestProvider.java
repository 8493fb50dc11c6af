package org.byoemail.platform.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import jakarta.servlet.Filter;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configuration.OAuth2AuthorizationServerConfiguration;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;

/** The provider: the password logs in, and no consent is asked for. */
@TestConfiguration
@EnableWebSecurity
class OidcTestProvider {
  @Bean
  TomcatServletWebServerFactory webServer() {
    TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory(0);
    tomcat.setAddress(InetAddress.getLoopbackAddress());
    tomcat.setRegisterDefaultServlet(true);
    return tomcat;
  }

  @Bean
  DelegatingFilterProxyRegistrationBean security() {
    return new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
  }

  @Bean
  SecurityFilterChain endpoints(HttpSecurity http) throws Exception {
    return http.with(
            OAuth2AuthorizationServerConfigurer.authorizationServer(),
            server -> server.oidc(Customizer.withDefaults()))
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .csrf(csrf -> csrf.ignoringRequestMatchers(r -> r.getRequestURI().equals("/login")))
        .formLogin(Customizer.withDefaults())
        .build();
  }

  @Bean
  FilterRegistrationBean<Filter> keyRequests() {
    FilterRegistrationBean<Filter> counter =
        new FilterRegistrationBean<>(
            (request, response, chain) -> {
              OidcLoginTest.KEY_REQUESTS.incrementAndGet();
              chain.doFilter(request, response);
            });
    counter.addUrlPatterns("/oauth2/jwks");
    counter.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return counter;
  }

  @Bean
  RegisteredClientRepository clients() {
    return new InMemoryRegisteredClientRepository(
        RegisteredClient.withId(OidcLoginTest.CLIENT)
            .clientId(OidcLoginTest.CLIENT)
            .clientSecret(QuickPasswords.ENCODER.encode(OidcLoginTest.SECRET))
            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
            .redirectUri(OidcLoginTest.GATEWAY + OidcProvider.CALLBACK)
            .scopes(scopes -> scopes.addAll(List.of("openid", "email", "profile")))
            .clientSettings(ClientSettings.builder().requireProofKey(true).build())
            .build());
  }

  @Bean
  PasswordEncoder passwords() {
    return QuickPasswords.ENCODER;
  }

  @Bean
  UserDetailsService users() {
    return name ->
        User.withUsername(name)
            .password(QuickPasswords.ENCODER.encode("pass"))
            .roles("USER")
            .build();
  }

  @Bean
  JWKSource<SecurityContext> keys() throws JOSEException {
    return new ImmutableJWKSet<>(new JWKSet(new RSAKeyGenerator(2048).keyID("key-1").generate()));
  }

  @Bean
  JwtDecoder decoder(JWKSource<SecurityContext> keys) {
    return OAuth2AuthorizationServerConfiguration.jwtDecoder(keys);
  }

  @Bean
  OAuth2TokenCustomizer<JwtEncodingContext> claims() {
    return token ->
        OidcLoginTest.CLAIMS
            .getOrDefault(token.getPrincipal().getName(), Map.of())
            .forEach(token.getClaims()::claim);
  }

  @Bean
  AuthorizationServerSettings settings() {
    return AuthorizationServerSettings.builder().build();
  }
}
