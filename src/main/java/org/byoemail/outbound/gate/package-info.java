/**
 * The gates that an agent's mail comes to before it is sent. A gate is a Spring bean that
 * implements {@link org.byoemail.outbound.gate.SendingGate}; {@link
 * org.byoemail.outbound.gate.Gates} asks all of them, and the strictest decision counts.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"account.registry", "platform.conversation"})
package org.byoemail.outbound.gate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
