/** JMX over HTTP for the operator, by Jolokia: chosen MBeans only. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.management;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
