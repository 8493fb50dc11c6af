/** What the routes that send name and that must know Camel. */
@NullMarked
package org.byoemail.outbound.delivery.camel;

import org.jspecify.annotations.NullMarked;
