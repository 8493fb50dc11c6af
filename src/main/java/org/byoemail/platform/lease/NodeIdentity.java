package org.byoemail.platform.lease;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * This run of the program. Its id is new at each start, so that nobody holds what an earlier run
 * left behind without knowing it.
 */
@Component
public class NodeIdentity {
  private static final int LONGEST_HOST = 60;
  private static final int RANDOM = 8;

  private final String id;
  private final String name;

  NodeIdentity(LeaseSettings settings) {
    this.name = settings.node() == null ? host() : settings.node();
    this.id = name + "-" + UUID.randomUUID().toString().substring(0, RANDOM);
  }

  /** Different for each start. */
  public String id() {
    return id;
  }

  /** For people. */
  public String name() {
    return name;
  }

  private static String host() {
    try {
      String host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "_");
      return host.substring(0, Math.min(host.length(), LONGEST_HOST));
    } catch (UnknownHostException e) {
      // A machine that does not know its own name still watches mailboxes.
      return "node";
    }
  }

  @Override
  public String toString() {
    return id;
  }
}
