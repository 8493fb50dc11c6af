/**
 * The only opener of SMTP and IMAP sessions: address vetting, TLS, authentication, the pool,
 * connection tests. Also fetches small documents of web servers that strangers name.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"account.provider", "account.registry"})
package org.byoemail.account.connection;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
