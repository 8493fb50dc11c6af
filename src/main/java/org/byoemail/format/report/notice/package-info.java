/**
 * Reads notices that are written for people: whether one says that a mail did not arrive, and for
 * whom. {@code bounce/signatures.txt} holds what is particular to one kind of server.
 *
 * <p>Everything works line by line on a bounded text, with plain searches instead of regular
 * expressions over what a stranger wrote, so that the time grows with the length alone.
 */
@NullMarked
package org.byoemail.format.report.notice;

import org.jspecify.annotations.NullMarked;
