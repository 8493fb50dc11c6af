package org.byoemail.platform.routes;

import io.micrometer.core.instrument.MeterRegistry;

/** Makes what is of this package alone for tests of its subpackage. */
public final class RoutesTestFiles {
  private RoutesTestFiles() {}

  public static LoadedRouteFiles create(MeterRegistry meters) {
    return new LoadedRouteFiles(meters);
  }
}
