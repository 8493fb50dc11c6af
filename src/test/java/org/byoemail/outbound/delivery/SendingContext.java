package org.byoemail.outbound.delivery;

import org.byoemail.account.oauth.OAuthParts;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.SettableClock;
import org.byoemail.support.TestDatabase;
import org.byoemail.support.TestTime;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistrar;

/** The features that send, on a clock that the test sets. */
@Import({SendingParts.class, OAuthParts.class, TestTime.class})
public class SendingContext {
  @Bean
  DynamicPropertyRegistrar database() {
    return registry -> {
      TestDatabase.register(registry, "sending");
      registry.add(
          "byo.connection.trusted-certificates",
          () -> CertificateAuthority.shared().certificate().toString());
    };
  }

  @Bean
  SettableClock clock() {
    return SettableClock.at("2026-11-24T09:00:00Z");
  }
}
