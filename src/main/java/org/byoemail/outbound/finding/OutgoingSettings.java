package org.byoemail.outbound.finding;

import org.byoemail.account.registry.OutgoingAction;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the operator of the whole gateway asks of outgoing mail.
 *
 * @param otherTenants what becomes of mail that names an address whose account belongs to another
 *     organisation: allow, mark, review or refuse. Not a part of sending policies, as an
 *     organisation would learn by it who else is a customer
 */
@ConfigurationProperties("byo.outbound.findings")
record OutgoingSettings(@DefaultValue("allow") String otherTenants) {
  OutgoingSettings {
    try {
      OutgoingAction.of(otherTenants);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "byo.outbound.findings.other-tenants " + e.getMessage(), e);
    }
  }
}
