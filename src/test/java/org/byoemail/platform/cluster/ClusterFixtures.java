package org.byoemail.platform.cluster;

/** Nodes for the tests of other packages. */
public final class ClusterFixtures {
  private ClusterFixtures() {}

  /** A run of the node of that name. */
  public static NodeIdentity node(String name) {
    return new NodeIdentity(new NodeSettings(name));
  }
}
