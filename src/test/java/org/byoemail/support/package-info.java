/**
 * What tests of several features share: real mail servers as JUnit extensions, a certificate
 * authority, a clock that is set by hand.
 *
 * <p>The servers are configured and run by the scripts in {@code src/test/servers}.
 */
@NullMarked
package org.byoemail.support;

import org.jspecify.annotations.NullMarked;
