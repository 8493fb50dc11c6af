package org.byoemail.api;

import org.byoemail.format.mail.OrganizationId;

/** A caller of one organisation requests another one's resources, or all organisations'. */
class OrganizationForbidden extends RuntimeException {
  private static final long serialVersionUID = 1;

  OrganizationForbidden(OrganizationId organization) {
    super("this key is limited to the organization " + organization);
  }
}
