/** What the routes that accept submissions name and that must know Camel. */
@NullMarked
package org.byoemail.outbound.submission.camel;

import org.jspecify.annotations.NullMarked;
