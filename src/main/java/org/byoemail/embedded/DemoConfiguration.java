package org.byoemail.embedded;

import java.time.Clock;
import org.byoemail.embedded.ConditionalOnPart.Part;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The demo mail provider. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnPart(Part.DEMO)
class DemoConfiguration {

  @Bean(destroyMethod = "close")
  DemoServer demoServer(DataFolder data, DemoSettings settings, Clock clock) {
    return DemoServer.start(data, settings, clock);
  }

  @Bean
  DemoProvider demoProvider(DemoServer server) {
    return server.provider();
  }
}
