package org.byoemail.support;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;

/**
 * Keeps the gateway under test as it is shipped: {@link RealAuthorizationServer} brings classes
 * that Spring Boot would configure in every application that has them.
 */
final class WithoutAuthorizationServer implements AutoConfigurationImportFilter {
  private static final String OAUTH2 = "org.springframework.boot.autoconfigure.security.oauth2.";

  @Override
  public boolean[] match(String[] candidates, AutoConfigurationMetadata metadata) {
    boolean[] kept = new boolean[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      String name = String.valueOf(candidates[i]);
      kept[i] = !name.startsWith(OAUTH2 + "server.") && !name.startsWith(OAUTH2 + "resource.");
    }
    return kept;
  }
}
