/**
 * The only opener of SMTP and IMAP sessions: address vetting, TLS, authentication, the pool,
 * connection tests.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"account"})
package org.byoemail.connection;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
