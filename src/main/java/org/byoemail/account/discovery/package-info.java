/**
 * Finds the settings of a mailbox by its address: presets of providers, MX, Thunderbird's
 * autoconfig, SRV records (RFC 6186, RFC 8314), autodiscover, guesses that are tested. Everything
 * that DNS and web servers answer is untrusted: bounded in bytes, number, depth and time, and each
 * host is vetted.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"account.connection", "account.provider", "account.registry"})
package org.byoemail.account.discovery;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
