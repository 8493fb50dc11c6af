package org.byoemail.platform.management;

import java.util.Map;
import java.util.Set;
import javax.management.ObjectName;
import org.jolokia.server.core.service.api.Restrictor;
import org.jolokia.server.core.util.HttpMethod;
import org.jolokia.server.core.util.RequestType;

/**
 * The MBeans that Jolokia reaches: the gateway's own, and of Camel's the states and numbers, with
 * operations that start, stop and show routes. All others are hidden: Camel's context sends to any
 * endpoint, its tracers and debugger show mail, and the JVM's beans load files and dump memory.
 * Immutable.
 */
final class OperatorMBeans implements Restrictor {
  private static final String OWN = "org.byoemail";
  private static final String CAMEL = "org.apache.camel";

  /**
   * Types of Camel's MBeans whose attributes may be read, with the operations that may be called.
   */
  private static final Map<String, Set<String>> OPERATIONS =
      Map.of(
          "context", Set.of("dumpRoutesAsXml()", "dumpRoutesStatsAsXml(boolean,boolean)"),
          "routes",
              Set.of(
                  "start()",
                  "stop()",
                  "suspend()",
                  "resume()",
                  "reset()",
                  "dumpRouteAsXml()",
                  "dumpRouteStatsAsXml(boolean,boolean)"),
          "consumers", Set.of("start()", "stop()", "suspend()", "resume()"),
          "components",
              Set.of(
                  "pollNow(java.lang.String)",
                  "pause(java.lang.String)",
                  "resume(java.lang.String)"),
          "endpoints", Set.of(),
          "processors", Set.of(),
          "producers", Set.of(),
          "threadpools", Set.of());

  private static final Set<RequestType> REQUESTS =
      Set.of(
          RequestType.READ,
          RequestType.WRITE,
          RequestType.EXEC,
          RequestType.LIST,
          RequestType.SEARCH,
          RequestType.VERSION);

  /** Spring Security lets no GET through but the one for the version. */
  @Override
  public boolean isHttpMethodAllowed(HttpMethod method) {
    return true;
  }

  @Override
  public boolean isTypeAllowed(RequestType type) {
    return REQUESTS.contains(type);
  }

  @Override
  public boolean isAttributeReadAllowed(ObjectName bean, String attribute) {
    return !isObjectNameHidden(bean);
  }

  @Override
  public boolean isAttributeWriteAllowed(ObjectName bean, String attribute) {
    return isOwn(bean);
  }

  @Override
  public boolean isOperationAllowed(ObjectName bean, String operation) {
    if (isOwn(bean)) {
      return true;
    }
    String signature = operation.replace(" ", "");
    return !isObjectNameHidden(bean)
        && OPERATIONS.get(bean.getKeyProperty("type")).stream()
            .anyMatch(
                allowed ->
                    allowed.equals(signature)
                        || allowed.substring(0, allowed.indexOf('(')).equals(signature));
  }

  /** Who may call is decided before, by Spring Security. */
  @Override
  public boolean isRemoteAccessAllowed(String... hostsOrAddresses) {
    return true;
  }

  /** Spring Security answers no preflight request, and asks for a CSRF token. */
  @Override
  public boolean isOriginAllowed(String origin, boolean strict) {
    return true;
  }

  @Override
  public boolean isObjectNameHidden(ObjectName bean) {
    String type = bean.getKeyProperty("type");
    return !isOwn(bean)
        && !(bean.getDomain().equals(CAMEL) && type != null && OPERATIONS.containsKey(type));
  }

  private static boolean isOwn(ObjectName bean) {
    return bean.getDomain().equals(OWN);
  }
}
