/**
 * What is known about mail providers: their servers, how their users sign in, and what their
 * servers say when they refuse. All of it is data, in {@code mail/providers.yaml}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"account.registry", "format.authentication"})
package org.byoemail.account.provider;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
