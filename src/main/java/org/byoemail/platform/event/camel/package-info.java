/** Camel adapters of the route {@code event-publish}: its pace and its JMS transaction. */
@NullMarked
package org.byoemail.platform.event.camel;

import org.jspecify.annotations.NullMarked;
