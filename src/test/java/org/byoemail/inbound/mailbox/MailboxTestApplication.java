package org.byoemail.inbound.mailbox;

import java.time.Clock;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.SettableClock;
import org.byoemail.support.TestDatabase;
import org.byoemail.support.TestTime;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistrar;

/**
 * Mailboxes with what they need, no route, and a clock that a test sets. No component itself, so
 * that no other test's scan finds it.
 */
@Import({MailboxFixture.class, TestTime.class})
@EnableAutoConfiguration(exclude = ArtemisAutoConfiguration.class)
@ComponentScan(
    basePackages = {
      "org.byoemail.account.registry",
      "org.byoemail.platform.dossier",
      "org.byoemail.platform.event",
      "org.byoemail.platform.trace",
      "org.byoemail.platform.audit",
      "org.byoemail.platform.cluster",
      "org.byoemail.platform.lease",
      "org.byoemail.account.rollout",
      "org.byoemail.account.connection",
      "org.byoemail.inbound.mailbox"
    },
    // Its publisher wants a broker.
    excludeFilters =
        @Filter(
            type = FilterType.REGEX,
            pattern = "org\\.byoemail\\.platform\\.event\\.camel\\..*"))
@ConfigurationPropertiesScan({
  "org.byoemail.account.registry",
  "org.byoemail.platform.dossier",
  "org.byoemail.platform.event",
  "org.byoemail.platform.audit",
  "org.byoemail.platform.cluster",
  "org.byoemail.platform.lease",
  "org.byoemail.account.rollout",
  "org.byoemail.account.connection",
  "org.byoemail.inbound.mailbox"
})
class MailboxTestApplication {
  @Bean
  DynamicPropertyRegistrar database() {
    return registry -> {
      TestDatabase.register(registry, "mailbox");
      registry.add(
          "byo.connection.trusted-certificates",
          () -> CertificateAuthority.shared().certificate().toString());
    };
  }

  @Bean
  SettableClock settableClock() {
    return SettableClock.at("2026-11-24T09:00:00Z");
  }

  @Bean
  Clock clock(SettableClock settable) {
    return settable;
  }
}
