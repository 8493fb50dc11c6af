package org.byoemail.platform.management;

import java.util.Map;
import org.jolokia.server.core.http.AgentServlet;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Serves Jolokia's protocol, also where Hawtio's pages look for it. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("byo.hawtio.enabled")
class JolokiaConfiguration {
  /** Several times what the list of a node's MBeans has. */
  private static final int MAX_OBJECTS = 200_000;

  /** Its classes are loaded by the first request. */
  @Bean
  ServletRegistrationBean<AgentServlet> jolokia() {
    ServletRegistrationBean<AgentServlet> servlet =
        new ServletRegistrationBean<>(
            new AgentServlet(new OperatorMBeans()),
            "/actuator/jolokia/*",
            "/actuator/hawtio/jolokia/*");
    servlet.setName("jolokia");
    servlet.setInitParameters(
        Map.of(
            "discoveryEnabled", "false",
            "agentDescription", "byo-email",
            "allowErrorDetails", "false",
            "includeStackTrace", "false",
            "maxObjects", String.valueOf(MAX_OBJECTS),
            "mimeType", "application/json"));
    return servlet;
  }
}
