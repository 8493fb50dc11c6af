/**
 * The pages for owners of mailboxes, without login or session: where a provider sends the browser
 * after its consent page, and where a connect link leads.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.link",
      "account.oauth",
      "account.registry",
      "account.testrun",
      "inbound.mailbox",
      "outbound.suppression",
      "platform.access",
      "operations.setup",
      "format.html",
      "outbound.outbox",
      "outbound.review",
      "platform.conversation"
    })
package org.byoemail.connect;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
