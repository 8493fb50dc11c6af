package org.byoemail.platform.cluster;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How this node appears to operators.
 *
 * @param node its name; by default the host name
 */
@ConfigurationProperties("byo.lease")
record NodeSettings(@Nullable String node) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  NodeSettings {
    if (node != null && node.isBlank()) {
      node = null;
    }
    if (node != null && !NAME.matcher(node).matches()) {
      throw new IllegalArgumentException("byo.lease.node: letters, digits, dot, dash, underscore");
    }
  }
}
