/**
 * Test mails: which ones an account was asked to send, and whether they have arrived in its
 * mailbox. They are known by their ids and reach no agent.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"account.connection", "account.registry"})
package org.byoemail.account.testmail;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
