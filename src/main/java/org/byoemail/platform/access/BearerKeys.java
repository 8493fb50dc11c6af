package org.byoemail.platform.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Recognises a caller by its bearer key (RFC 6750). A request without one stays anonymous.
 *
 * <p>An address with too many wrong keys is refused without a database query, except for valid
 * keys: their 256 bits and the admin key cannot be guessed, so one bad client behind a proxy does
 * not lock out the others.
 */
class BearerKeys extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(BearerKeys.class);
  private static final String DOOR = "api";
  private static final String SCHEME = "bearer ";
  private static final int MAX_KEY_LENGTH = 1000;

  private final Keyring keyring;
  private final FailedLogins failures;
  private final ProblemResponses problems;

  BearerKeys(Keyring keyring, FailedLogins failures, ProblemResponses problems) {
    this.keyring = keyring;
    this.failures = failures;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String key = key(request.getHeader(HttpHeaders.AUTHORIZATION));
    if (key == null) {
      chain.doFilter(request, response);
      return;
    }
    String address = ClientAddress.of(request.getRemoteAddr());
    boolean admin = keyring.isAdminKey(key);
    if (!admin && failures.isBlocked(DOOR, address) && !keyring.mayBeMade(key)) {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(failures.retryAfterSeconds()));
      problems.write(
          response, ProblemCode.TOO_MANY_WRONG_KEYS, "too many wrong keys came from this address");
      return;
    }
    Optional<Caller> caller;
    try {
      caller = key.length() > MAX_KEY_LENGTH ? Optional.empty() : keyring.caller(key);
    } catch (KeyExpired e) {
      log.info("{}, and was used from {}", e.getMessage(), address);
      refuse(
          response,
          ProblemCode.KEY_EXPIRED,
          "the key has expired; an admin makes or rotates another");
      return;
    } catch (DataAccessException e) {
      log.warn("a key could not be looked up: {}", e.getMessage());
      problems.write(
          response, ProblemCode.DATABASE_UNAVAILABLE, "the database is unavailable; try again");
      return;
    }
    if (caller.isEmpty()) {
      failures.failed(DOOR, address);
      log.info("a wrong key came from {}", address);
      refuse(response, ProblemCode.KEY_UNKNOWN, "the key is not known");
      return;
    }
    ArrivingBody.belongsTo(caller.get(), request);
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(new KeyAuthentication(caller.get()));
    SecurityContextHolder.setContext(context);
    try {
      chain.doFilter(request, response);
    } finally {
      SecurityContextHolder.clearContext();
    }
  }

  private void refuse(HttpServletResponse response, ProblemCode code, String detail)
      throws IOException {
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"byo-email\", error=\"invalid_token\"");
    problems.write(response, code, detail);
  }

  private static @Nullable String key(@Nullable String header) {
    boolean bearer = header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    return bearer ? header.substring(SCHEME.length()).strip() : null;
  }
}
