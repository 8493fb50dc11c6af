package org.byoemail.account.connection;

import java.net.InetAddress;

/** Decides before each connect whether an address of the host may be tried. */
@FunctionalInterface
public interface ConnectionGate {
  /**
   * Returns if the connection may be made; throws an unchecked exception, which the caller of
   * connect gets, if not.
   */
  void pass(InetAddress address);
}
