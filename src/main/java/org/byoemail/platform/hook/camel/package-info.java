/** Calls hooks through Camel's direct endpoints. */
@NullMarked
package org.byoemail.platform.hook.camel;

import org.jspecify.annotations.NullMarked;
