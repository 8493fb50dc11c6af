package org.byoemail.api;

import org.byoemail.platform.access.Permission;

/** An operation needs a further permission for what the request asks of it. */
class PermissionMissing extends RuntimeException {
  private static final long serialVersionUID = 1;

  PermissionMissing(Permission needed) {
    super("this needs the permission " + needed.word());
  }
}
