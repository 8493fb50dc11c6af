/**
 * The value types that all features share: addresses, ids, status codes, and text with its
 * charsets.
 *
 * <p>Depends on no framework and on no other package of this program. Every type here is immutable
 * and safe for use by many threads.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package org.byoemail.format.mail;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
