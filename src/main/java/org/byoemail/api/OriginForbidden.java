package org.byoemail.api;

/** A web page calls the MCP server from an origin that the operator has not allowed. */
class OriginForbidden extends RuntimeException {
  private static final long serialVersionUID = 1;

  OriginForbidden() {
    super("the origin of this request is not allowed to call the MCP server");
  }
}
