/**
 * The HTTP API under {@code /api/v1}: JSON in and out, problem details (RFC 9457) for whatever is
 * refused. Every caller sees and touches its own organisation only.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "access",
      "account",
      "bounce",
      "calendar",
      "composition",
      "connection",
      "conversation",
      "event",
      "inbound",
      "limit",
      "mailbox",
      "outbound",
      "outbox",
      "sentfolder",
      "setup",
      "submission",
      "suppression"
    })
package org.byoemail.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
