package org.byoemail.platform.cluster;

import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The identity of this run of the program, by which it holds leases, claims deliveries and sends.
 * The id is new at each start, so that a restarted node does not own what its earlier run left
 * behind.
 */
@Component
public class NodeIdentity {
  private static final int SUFFIX_LENGTH = 8;

  private final String id;
  private final String name;

  NodeIdentity(NodeSettings settings) {
    this.name = settings.node() == null ? NodeName.of(NodeName.host(), 0) : settings.node();
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

  @Override
  public String toString() {
    return id;
  }
}
