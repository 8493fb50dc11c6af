/**
 * OAuth 2.0 for mailboxes: providers, clients, grants, and the access tokens that connections sign
 * in with.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.registry",
      "account.connection",
      "account.link",
      "platform.access",
      "platform.event",
      "platform.health"
    })
package org.byoemail.account.oauth;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
