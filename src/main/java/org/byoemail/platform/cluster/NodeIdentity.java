package org.byoemail.platform.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The identity of this run of the program, by which it holds leases, claims deliveries and sends.
 * The id is new at each start, so that a restarted node does not own what its earlier run left
 * behind.
 */
@Component
public class NodeIdentity {
  private static final int MAX_HOST_LENGTH = 60;
  private static final int SUFFIX_LENGTH = 8;

  private final String id;
  private final String name;

  NodeIdentity(NodeSettings settings) {
    this.name = settings.node() == null ? host() : settings.node();
    this.id = name + "-" + UUID.randomUUID().toString().substring(0, SUFFIX_LENGTH);
  }

  /** Unique to each start. */
  public String id() {
    return id;
  }

  /** The same at each start; for operators. */
  public String name() {
    return name;
  }

  private static String host() {
    try {
      String host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "_");
      return host.substring(0, Math.min(host.length(), MAX_HOST_LENGTH));
    } catch (UnknownHostException e) {
      // The name is for display only: a machine that cannot resolve its own still runs.
      return "node";
    }
  }

  @Override
  public String toString() {
    return id;
  }
}
