/**
 * Additional addresses of accounts: aliases, plus-addresses, and catch-all domains with rules that
 * assign mail to agents. An account may send from such an address after a probe: a mail from the
 * alias to the account's own address that arrived with From unchanged. Gmail, among others,
 * silently rewrites it.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"account.connection", "account.registry", "platform.event"})
package org.byoemail.account.alias;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
