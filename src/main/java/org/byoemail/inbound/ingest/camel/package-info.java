/** What the inbound routes need of Camel itself. */
@NullMarked
package org.byoemail.inbound.ingest.camel;

import org.jspecify.annotations.NullMarked;
