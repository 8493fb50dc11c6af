/**
 * The pure reading of mail: addresses, MIME, TNEF, calendars, and reports about mail.
 *
 * <p>Depends on no framework and on nothing else of this program, so that it serves as a library
 * and {@code inspect} needs nothing else. Features: {@code mail} (the words all share), {@code
 * mime}, {@code html} (what a person sees), {@code tnef}, {@code calendar}, {@code report}.
 */
@NullMarked
package org.byoemail.format;

import org.jspecify.annotations.NullMarked;
