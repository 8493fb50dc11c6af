package org.byoemail.platform.access;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.springframework.web.util.UrlPathHelper;

/**
 * The path of a request as the container matched it: decoded and normalised, without context path
 * and path parameters. The raw request URI says the same in many ways ({@code /%61pi}, {@code
 * //api}, {@code /api;x=y}), so nothing is decided by it.
 */
public final class RequestPath {
  /** The path of the MCP server, which is authenticated as the API is. */
  static final String MCP = "/mcp";

  private static final String API = "/api/";

  private RequestPath() {}

  /**
   * Whether a call of the API, or of the MCP server, was made; during an error dispatch, the one
   * that failed.
   */
  public static boolean isApi(HttpServletRequest request) {
    Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    String path =
        failed instanceof String uri
            ? UrlPathHelper.defaultInstance
                .removeSemicolonContent(
                    UrlPathHelper.defaultInstance.decodeRequestString(request, uri))
                .replaceAll("/{2,}", "/")
            : of(request);
    String root = failed instanceof String ? request.getContextPath() : "";
    return path.startsWith(root + API) || path.equals(root + MCP);
  }

  static String of(HttpServletRequest request) {
    return Objects.requireNonNullElse(request.getServletPath(), "")
        + Objects.requireNonNullElse(request.getPathInfo(), "");
  }
}
