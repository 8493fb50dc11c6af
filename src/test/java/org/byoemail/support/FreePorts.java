package org.byoemail.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are stopped and started again during a test. They lie below the range that
 * clients are given (32768 and up on Linux): a port of that range might be taken while its server
 * is down, and a client that keeps trying it may even connect to itself. Forks of one test run have
 * no port in common.
 */
public final class FreePorts {
  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;
  private static final int FORKS = 8;
  private static final int FORK = Math.floorMod(Integer.getInteger("byo.test.fork", 0), FORKS);
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePorts() {}

  /** One that nothing listens on and that was not given before. */
  public static int next() {
    for (int tries = 0; tries < 10_000; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (port % FORKS == FORK && isFree(port) && GIVEN.add(port)) {
        return port;
      }
    }
    throw new IllegalStateException("No free port from " + LOWEST + " to " + HIGHEST);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
