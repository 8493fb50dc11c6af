/**
 * Whether a mail comes from the address in its From field: DKIM signatures (RFC 6376, RFC 8463),
 * alignment by DMARC's tree walk (RFC 9989), Authentication-Results fields (RFC 8601), and the
 * verdict. DNS is reached through {@link org.byoemail.format.authentication.TxtRecords}; needs no
 * framework.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"format.mime"})
package org.byoemail.format.authentication;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
