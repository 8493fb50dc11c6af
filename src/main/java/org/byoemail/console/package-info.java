/**
 * The console: pages made on the server, for the people who run the gateway. Needs no JavaScript;
 * does nothing that the API does not.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "access",
      "account",
      "bounce",
      "composition",
      "connection",
      "conversation",
      "event",
      "inbound",
      "limit",
      "mailbox",
      "mime",
      "outbound",
      "outbox",
      "rollout",
      "sentfolder",
      "setup",
      "submission",
      "suppression"
    })
package org.byoemail.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
