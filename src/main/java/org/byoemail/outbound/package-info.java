/**
 * From a producer's submission to its outcome, bounces included.
 *
 * <p>Features: {@code submission} accepts, {@code delivery} claims, sends and records, {@code
 * composition} writes the mail, {@code limit}, {@code suppression}, {@code sentfolder} and {@code
 * bounce} do what their names say, {@code finding} examines mail, {@code outbox} is what people see
 * and may do. Uses {@code account}, {@code platform} and {@code format}; never {@code inbound},
 * which routes join to it.
 */
@NullMarked
package org.byoemail.outbound;

import org.jspecify.annotations.NullMarked;
