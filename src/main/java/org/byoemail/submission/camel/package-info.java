/** What the routes that accept submissions name and that must know Camel. */
@NullMarked
package org.byoemail.submission.camel;

import org.jspecify.annotations.NullMarked;
