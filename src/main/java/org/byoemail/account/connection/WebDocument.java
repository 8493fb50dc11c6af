package org.byoemail.account.connection;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a web server.
 *
 * @param uri where it is from, after redirects
 * @param location where a redirect that was not followed leads to; null if it is none
 * @param body at most {@link WebFetch#MAX_BODY} bytes
 */
public record WebDocument(URI uri, int status, @Nullable URI location, byte[] body) {
  /** Whether it is what was asked for (RFC 9110 section 15.3.1). */
  public boolean isOk() {
    return status == 200;
  }
}
