/**
 * Accounts as files: import and export, as CSV and as JSON lines. Secrets are only read from files,
 * never written.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.oauth",
      "account.registry",
      "outbound.delivery",
      "outbound.limit",
      "platform.audit",
      "operations.setup"
    })
package org.byoemail.operations.transfer;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
