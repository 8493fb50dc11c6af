/** What the routes of the flow {@code outbound} name and that must know Camel. */
@NullMarked
package org.byoemail.outbound.camel;

import org.jspecify.annotations.NullMarked;
