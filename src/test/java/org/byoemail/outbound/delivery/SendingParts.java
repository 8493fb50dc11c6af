package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.byoemail.account.alias.CatchAlls;
import org.byoemail.account.alias.PatternSenders;
import org.byoemail.platform.access.PublicUrl;
import org.byoemail.support.TestHooks;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.autoconfigure.transaction.TransactionAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;

/** The features that send, without Camel. */
@ImportAutoConfiguration({
  DataSourceAutoConfiguration.class,
  DataSourceTransactionManagerAutoConfiguration.class,
  FlywayAutoConfiguration.class,
  JacksonAutoConfiguration.class,
  JdbcClientAutoConfiguration.class,
  JdbcTemplateAutoConfiguration.class,
  RedisAutoConfiguration.class,
  TransactionAutoConfiguration.class
})
@ComponentScan(
    basePackages = {
      "org.byoemail.account.registry",
      "org.byoemail.outbound.composition",
      "org.byoemail.account.connection",
      "org.byoemail.platform.audit",
      "org.byoemail.platform.bucket",
      "org.byoemail.platform.cluster",
      "org.byoemail.platform.conversation",
      "org.byoemail.platform.dossier",
      "org.byoemail.platform.event",
      "org.byoemail.platform.trace",
      "org.byoemail.platform.restore",
      "org.byoemail.outbound.reconciliation",
      "org.byoemail.platform.hook",
      "org.byoemail.outbound.finding",
      "org.byoemail.outbound.foldercopy",
      "org.byoemail.outbound.gate",
      "org.byoemail.outbound.limit",
      "org.byoemail.outbound.delivery",
      "org.byoemail.outbound.draft",
      "org.byoemail.outbound.review",
      "org.byoemail.outbound.outbox",
      "org.byoemail.account.rollout",
      "org.byoemail.outbound.provenance",
      "org.byoemail.outbound.sentfolder",
      "org.byoemail.outbound.submission",
      "org.byoemail.outbound.suppression"
    },
    excludeFilters = {
      @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*\\.camel\\..*"),
      @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*(Test|Context)(\\$.*)?")
    })
@ConfigurationPropertiesScan({
  "org.byoemail.account.registry",
  "org.byoemail.outbound.composition",
  "org.byoemail.account.connection",
  "org.byoemail.platform.access",
  "org.byoemail.platform.audit",
  "org.byoemail.platform.cluster",
  "org.byoemail.platform.conversation",
  "org.byoemail.platform.dossier",
  "org.byoemail.platform.event",
  "org.byoemail.platform.hook",
  "org.byoemail.outbound.delivery",
  "org.byoemail.outbound.finding",
  "org.byoemail.outbound.outbox",
  "org.byoemail.outbound.review",
  "org.byoemail.account.rollout",
  "org.byoemail.outbound.sentfolder",
  "org.byoemail.outbound.submission",
  "org.byoemail.outbound.suppression"
})
@Import({CatchAlls.class, PatternSenders.class, PublicUrl.class})
public class SendingParts {
  @Bean
  MeterRegistry meters() {
    return new SimpleMeterRegistry();
  }

  /** What the operator's routes would be. */
  @Bean
  TestHooks hookRoutes() {
    return new TestHooks();
  }

  @Bean
  ObservationRegistry observations() {
    return ObservationRegistry.create();
  }
}
