/**
 * Takes mail in: the contact policy on the header, then message, conversation, attachments and
 * event in one transaction.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"account", "conversation", "mailbox", "event", "mime", "calendar"})
package org.byoemail.inbound;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
