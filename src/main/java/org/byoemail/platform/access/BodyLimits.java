package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** The largest request body, by path. */
@Component
class BodyLimits {
  private static final String FILES = "/api/v1/attachments";
  private static final Set<String> SUBMISSIONS =
      Set.of(
          "/api/v1/messages",
          "/api/v1/messages/batch",
          "/api/v1/messages/validate",
          "/api/v1/accounts/import");

  /** Submissions that take the rest from the message of that id. */
  private static final Pattern REPLIES =
      Pattern.compile("/api/v1/messages/[^/]+/(?:reply|reply-all|forward)");

  private final long forMail;
  private final long forOthers;

  BodyLimits(ApiSettings settings) {
    this.forMail = settings.maxMessageSize().toBytes();
    this.forOthers = settings.maxRequestSize().toBytes();
  }

  long of(HttpServletRequest request) {
    return takesFiles(request) || isHeldInMemory(request) ? forMail : forOthers;
  }

  /** Whether a multipart form is accepted, which is spooled to a file. */
  boolean takesFiles(HttpServletRequest request) {
    return RequestPath.of(request).equals(FILES);
  }

  /** Whether a large body is held in memory as a whole. */
  boolean isHeldInMemory(HttpServletRequest request) {
    String path = RequestPath.of(request);
    return SUBMISSIONS.contains(path) || REPLIES.matcher(path).matches();
  }

  /** The limit for all other requests. */
  long small() {
    return forOthers;
  }
}
