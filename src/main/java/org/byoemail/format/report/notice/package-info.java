/**
 * Reads notices that are written for people: whether one reports a failed or delayed mail, and its
 * recipients. {@code bounce/signatures.txt} holds what is particular to one kind of server.
 *
 * <p>Everything works line by line on a bounded text, with plain searches instead of regular
 * expressions, so that time is linear in its length.
 */
@NullMarked
package org.byoemail.format.report.notice;

import org.jspecify.annotations.NullMarked;
