package org.byoemail.platform.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * The default of {@code byo.lease.node}: the host name, with the HTTP port unless it is 8080, so
 * that two nodes on one host have different names in leases, metrics and the database's list of
 * sessions.
 */
class NodeName implements EnvironmentPostProcessor, Ordered {
  private static final String SETTING = "byo.lease.node";
  private static final int USUAL_PORT = 8080;
  private static final int MAX_HOST_LENGTH = 60;

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (!StringUtils.hasText(environment.getProperty(SETTING))) {
      String name = of(host(), environment.getProperty("server.port", Integer.class, USUAL_PORT));
      environment
          .getPropertySources()
          .addFirst(new MapPropertySource("byo-email node name", Map.of(SETTING, name)));
    }
  }

  /** Runs after the configuration files were read. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  /**
   * @param port 0 or less if it is chosen at the start
   */
  static String of(String host, int port) {
    String valid = host.replaceAll("[^A-Za-z0-9._-]", "_");
    String name = valid.substring(0, Math.min(valid.length(), MAX_HOST_LENGTH));
    return port == USUAL_PORT || port <= 0 ? name : name + "-" + port;
  }

  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // The name is for display only: a machine that cannot resolve its own still runs.
      return "node";
    }
  }
}
