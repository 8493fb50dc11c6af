/** Checks, loads and replaces routes in Camel's context. */
@NullMarked
package org.byoemail.platform.routes.camel;

import org.jspecify.annotations.NullMarked;
