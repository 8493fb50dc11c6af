package org.byoemail.api;

/** A caller of one organisation asks for something to be made in another, or in all. */
class OrganizationForbidden extends RuntimeException {
  private static final long serialVersionUID = 1;

  OrganizationForbidden(String organization) {
    super("this key is for the organization " + organization + " only");
  }
}
