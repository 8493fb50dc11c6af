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
      "setup"
    })
package org.byoemail.transfer.accounts;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
