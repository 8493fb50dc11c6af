package org.byoemail.platform.access;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.coyote.ContinueResponseTiming;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Puts the limits of bodies in front of everything. */
@Configuration(proxyBeanMethods = false)
class WebServerConfiguration {

  /** Behind the valve of forwarded headers, which says whose address it is. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> bodyLimitValve(
      BodyLimits limits,
      BodySettings settings,
      WaitingBodyThreads waiting,
      ProblemResponses problems,
      ObjectProvider<MeterRegistry> meters,
      ServerProperties server) {
    if (settings.waiting() >= server.getTomcat().getThreads().getMax()) {
      throw new IllegalArgumentException(
          "byo.access.body.waiting must be less than server.tomcat.threads.max ("
              + server.getTomcat().getThreads().getMax()
              + "), so that requests without a body are answered");
    }
    return factory -> {
      factory.addEngineValves(new BodyLimitValve(limits, settings, waiting, problems, meters));
      // Innermost, so that it answers before the valve of Spring Boot, which writes HTML.
      factory.addContextCustomizers(
          context -> context.getParent().getPipeline().addValve(new ContainerErrors()));
      // A client that asks before it sends (Expect: 100-continue) is refused before it has sent.
      factory.addConnectorCustomizers(
          connector ->
              connector.setProperty(
                  "continueResponseTiming",
                  ContinueResponseTiming.ON_REQUEST_BODY_READ.toString()));
    };
  }
}
