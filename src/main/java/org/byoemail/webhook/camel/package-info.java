/** Camel adapters of the webhook routes: the threads that deliver. */
@NullMarked
package org.byoemail.webhook.camel;

import org.jspecify.annotations.NullMarked;
