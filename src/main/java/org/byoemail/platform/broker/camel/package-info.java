/** How Camel's components make the clients of the selected broker. */
@NullMarked
package org.byoemail.platform.broker.camel;

import org.jspecify.annotations.NullMarked;
