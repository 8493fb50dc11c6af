/**
 * The families of servers that report in words of their own, a file each, with its samples in
 * {@code src/test/resources/bounce/FAMILY}. A new one is such a file, a line in {@link
 * org.byoemail.format.report.family.MtaSignatures}, and a sample.
 */
@NullMarked
package org.byoemail.format.report.family;

import org.jspecify.annotations.NullMarked;
