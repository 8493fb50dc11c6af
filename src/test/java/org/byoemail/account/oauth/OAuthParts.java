package org.byoemail.account.oauth;

import static org.mockito.Mockito.mock;

import org.byoemail.account.link.ConnectLinks;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.support.TokenServer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistrar;

/** What fetches access tokens, with the {@link TokenServer} as the provider test. */
@Import({
  AccessTokens.class,
  ConnectLinks.class,
  IssuerDiscovery.class,
  OAuthClients.class,
  OAuthGrantRows.class,
  OAuthGrants.class,
  OAuthProviders.class,
  TokenRequests.class
})
@EnableConfigurationProperties(OAuthSettings.class)
public class OAuthParts {
  @Bean
  PublicUrl publicUrl() {
    return mock(PublicUrl.class);
  }

  @Bean
  DynamicPropertyRegistrar tokenServer() {
    return registry ->
        TokenServer.shared().settings().forEach((name, value) -> registry.add(name, () -> value));
  }
}
