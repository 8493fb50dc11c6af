package org.byoemail.platform.hook;

/** A hook gave no valid answer; it is called again for the same mail later. */
public class HookFailed extends RuntimeException {
  HookFailed(HookPoint point, String reason) {
    super("hook-" + point.word() + ": " + reason);
  }

  HookFailed(HookPoint point, String reason, Throwable cause) {
    super("hook-" + point.word() + ": " + reason, cause);
  }
}
