/**
 * What the route {@code event-publish} needs of Camel: its pace and its transaction at the broker.
 */
@NullMarked
package org.byoemail.platform.event.camel;

import org.jspecify.annotations.NullMarked;
