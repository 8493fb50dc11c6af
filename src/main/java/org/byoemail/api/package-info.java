/**
 * The HTTP API under {@code /api/v1}: JSON in and out, problem details (RFC 9457) for errors. Every
 * caller sees and changes its own organisation only.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.alias",
      "account.connection",
      "account.discovery",
      "account.oauth",
      "account.provider",
      "account.link",
      "account.receiving",
      "account.registry",
      "account.rollout",
      "account.testmail",
      "account.testrun",
      "format.authentication",
      "format.calendar",
      "format.html",
      "format.report",
      "inbound.ingest",
      "inbound.mailbox",
      "outbound.bounce",
      "outbound.composition",
      "outbound.delivery",
      "outbound.draft",
      "outbound.foldercopy",
      "outbound.limit",
      "outbound.outbox",
      "outbound.provenance",
      "outbound.quota",
      "outbound.review",
      "outbound.reconciliation",
      "outbound.sentfolder",
      "outbound.finding",
      "outbound.submission",
      "outbound.suppression",
      "platform.access",
      "platform.audit",
      "platform.conversation",
      "platform.dossier",
      "platform.event",
      "platform.hook",
      "platform.routes",
      "platform.restore",
      "platform.retry",
      "platform.trace",
      "platform.search",
      "operations.retention",
      "operations.setup",
      "operations.transfer",
      "webhook"
    })
package org.byoemail.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
