/** Where the recipients of an outbound mail come from, and who vouches for them. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"account.registry", "outbound.gate", "platform.conversation"})
package org.byoemail.outbound.provenance;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
