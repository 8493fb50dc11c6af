package org.byoemail.platform.trace;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Adds ids to the lines that the current thread logs, until it is closed on that thread. Structured
 * logging shows them. Ids only: nothing else belongs into every line.
 */
public final class LogContext implements AutoCloseable {
  private final Map<String, @Nullable String> before = new LinkedHashMap<>();

  private LogContext() {}

  /** What is null is not shown. */
  public static LogContext of(
      @Nullable UUID message,
      @Nullable UUID account,
      @Nullable UUID attempt,
      @Nullable TraceParent trace) {
    LogContext context = new LogContext();
    context.show("messageId", Objects.toString(message, null));
    context.show("accountId", Objects.toString(account, null));
    context.show("attemptId", Objects.toString(attempt, null));
    if (trace != null) {
      // The names of Micrometer, which shows its current span by them.
      context.show("traceId", trace.traceId());
      context.show("spanId", trace.spanId());
    }
    return context;
  }

  private void show(String key, @Nullable String value) {
    before.put(key, MDC.get(key));
    set(key, value);
  }

  private static void set(String key, @Nullable String value) {
    if (value == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, value);
    }
  }

  @Override
  public void close() {
    before.forEach(LogContext::set);
  }
}
