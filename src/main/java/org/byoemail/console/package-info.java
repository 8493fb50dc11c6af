/**
 * The console: server-rendered pages for operators. Needs no JavaScript, and offers nothing that
 * the API does not.
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
      "account.testmail",
      "account.testrun",
      "account.rollout",
      "format.mime",
      "format.report",
      "format.screen",
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
      "outbound.sentfolder",
      "outbound.finding",
      "outbound.submission",
      "outbound.suppression",
      "platform.access",
      "platform.audit",
      "platform.cluster",
      "platform.conversation",
      "platform.dossier",
      "platform.event",
      "platform.routes",
      "platform.search",
      "platform.restore",
      "platform.traffic",
      "operations.retention",
      "operations.setup",
      "operations.transfer",
      "webhook",
      "format.html"
    })
package org.byoemail.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
