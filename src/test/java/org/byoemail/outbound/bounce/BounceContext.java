package org.byoemail.outbound.bounce;

import org.byoemail.outbound.delivery.SendingParts;
import org.byoemail.support.SettableClock;
import org.byoemail.support.TestDatabase;
import org.byoemail.support.TestTime;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistrar;

/** What sends and what reads reports, on a clock that the test sets, without routes. */
@Import({SendingParts.class, TestTime.class})
@ConfigurationPropertiesScan("org.byoemail.outbound.bounce")
@ComponentScan(
    basePackages = "org.byoemail.outbound.bounce",
    excludeFilters =
        @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*(Test|Context)(\\$.*)?"))
class BounceContext {
  @Bean
  DynamicPropertyRegistrar database() {
    return registry -> TestDatabase.register(registry, "bounce");
  }

  @Bean
  SettableClock clock() {
    return SettableClock.at("2026-11-24T09:00:00Z");
  }
}
