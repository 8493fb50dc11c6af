/** Asks hooks by direct endpoints of Camel. */
@NullMarked
package org.byoemail.platform.hook.camel;

import org.jspecify.annotations.NullMarked;
