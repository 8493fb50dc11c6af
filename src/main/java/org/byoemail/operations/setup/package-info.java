/**
 * Setting a mailbox up and looking after it: what the API and the console both do to agents and
 * accounts. Checks what was typed, seals passwords, tests connections, and enables a side only when
 * its test has passed.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.alias",
      "account.connection",
      "account.discovery",
      "account.link",
      "account.oauth",
      "account.provider",
      "account.receiving",
      "account.registry",
      "account.rollout",
      "account.testmail",
      "account.testrun",
      "format.authentication",
      "format.screen",
      "inbound.ingest",
      "inbound.mailbox",
      "outbound.delivery",
      "outbound.limit",
      "outbound.outbox",
      "outbound.finding",
      "outbound.submission",
      "platform.access",
      "platform.audit",
      "platform.event",
      "webhook",
      "outbound.review"
    })
package org.byoemail.operations.setup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
