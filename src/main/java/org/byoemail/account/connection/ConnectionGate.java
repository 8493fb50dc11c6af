package org.byoemail.account.connection;

import java.net.InetAddress;

/** Is asked before an address is connected to, which a host may have several of. */
@FunctionalInterface
public interface ConnectionGate {
  /** Returns to let the connection be made; what it throws, unchecked, is what the caller gets. */
  void pass(InetAddress address);
}
